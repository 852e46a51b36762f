"""
Exceptions as structures that programs can read: with their causes, notes and
frames, within bounds.

The standard library's ``TracebackException`` reads every frame of every
exception in a chain before anything can be left out, so it is not used here.
"""

from __future__ import annotations

import linecache
from collections import deque
from collections.abc import Iterable, Iterator
from types import CodeType, TracebackType
from typing import Final, NamedTuple, Self, TypeAlias

from eliot import _errors
from eliot._errors import traceback_of_error
from eliot._guests import class_name, exception_of, frames_of, traceback_of
from eliot._public import show_in
from eliot._text import MAXIMUM_LENGTH, safe_str, scrub, shorten, shorten_middle
from eliot._where import is_ours

#: How many frames of one exception are told: as many outer as inner ones.
MAXIMUM_FRAMES: Final = 50

#: How many exceptions are told, the first one's causes and members included.
MAXIMUM_EXCEPTIONS: Final = 20

#: How many notes of one exception are told.
MAXIMUM_NOTES: Final = 10

#: How many characters there are in all texts together, about.
MAXIMUM_SIZE: Final = 100_000

_MAXIMUM_NOTE = 1_000
_MAXIMUM_LINE = 300


_Told: TypeAlias = dict[str, object]

# What an exception's own class cannot redefine.
_cause_of_error = BaseException.__dict__["__cause__"].__get__
_context_of_error = BaseException.__dict__["__context__"].__get__
_suppresses_context = BaseException.__dict__["__suppress_context__"].__get__
_members_of_group = BaseExceptionGroup.__dict__["exceptions"].__get__


def include_tracebacks(enabled: bool = True) -> None:
    """
    Have the end messages of failed actions carry the exception with its frames
    and its causes, in the field ``eliot:stack``: a structure for programs,
    where the message ``eliot:traceback`` has text for people.

    An exception is told by ``exception``, ``reason``, ``notes`` and
    ``frames`` (the outermost first, each with ``file``, ``line``, ``function`` and
    ``source``), and in the same way by its ``cause``, its ``context``, and the
    ``exceptions`` of a group.  All this is bounded: ``frames_left_out`` and the
    like say how many there were beyond that.

    May be called from any thread.

    :param enabled: whether actions that fail from now on do so.
    """
    _errors.tell_stack = stack_of if enabled else None


def stack_of(reason: object) -> dict[str, object]:
    """
    Tell of an exception as a structure that can be encoded.

    :param reason: an exception, or a Twisted Failure, whose frames are known
        even where the exception has lost its traceback.
    :returns: its class as ``exception``, its text as ``reason``, its
        ``notes``, and its ``frames``, the outermost first, each with ``file``,
        ``line``, ``function`` and ``source``.  Frames of this package are left out
        where frames of others follow.  The exceptions that it comes from are
        told likewise, in ``cause``, ``context`` and (those of a group)
        ``exceptions``.  Beyond the bounds, ``frames_left_out``,
        ``notes_left_out`` and ``exceptions_left_out`` say how many there were.
    """
    error = exception_of(reason)
    teller = _Teller()
    try:
        told = teller.tell(error)
        if not told.get("frames"):
            frames = [Frame(*each) for each in frames_of(reason)]
            if frames:
                teller.tell_frames(told, cut(without_ours(frames)))
            elif text := traceback_of(reason):
                told["traceback"] = shorten_middle(text, MAXIMUM_SIZE)
    except Exception as failure:
        told = {
            "exception": class_name(error),
            "reason": f"<telling of it raises {class_name(failure)}>",
        }
    return told


class Frame(NamedTuple):
    """
    One line of code that was being run.
    """

    file: str
    line: int
    function: str

    @classmethod
    def of(cls, code: CodeType, line: int, names: dict[str, object]) -> Self:
        """
        Tell of a line of code.

        :param names: the globals of its module.
        """
        # The source of modules that are not files, as in an archive.
        linecache.lazycache(code.co_filename, names)
        return cls(code.co_filename, line, code.co_qualname)

    def source(self) -> str:
        """
        Read the line, if it can be had.
        """
        return linecache.getline(self.file, self.line).strip()


class _Teller:
    """
    Tells of one exception, and of those that it comes from.
    """

    def __init__(self) -> None:
        # Python prints each exception once, too: they may form a circle.
        self._seen: set[int] = set()
        self._size = 0

    def tell(self, error: BaseException) -> _Told:
        """
        Make the structure of an exception that has not been told yet.
        """
        # The depth of the recursion is bounded by the number of exceptions.
        self._seen.add(id(error))
        told: _Told = {"exception": class_name(error), "reason": self._text(safe_str(error))}
        self._tell_notes(told, error)
        self.tell_frames(told, cut(without_ours(_walk(traceback_of_error(error)))))
        cause = _cause_of_error(error)
        if cause is not None:
            self._tell_other(told, "cause", cause)
        elif not _suppresses_context(error):
            context = _context_of_error(error)
            if context is not None:
                self._tell_other(told, "context", context)
        if issubclass(type(error), BaseExceptionGroup):
            self._tell_members(told, _members_of_group(error))
        return told

    def _tell_other(self, told: _Told, name: str, other: BaseException) -> None:
        if id(other) in self._seen:
            return
        if self._is_full():
            told["exceptions_left_out"] = 1
        else:
            told[name] = self.tell(other)

    def _tell_members(self, told: _Told, members: tuple[BaseException, ...]) -> None:
        told_members: list[_Told] = []
        told["exceptions"] = told_members
        for number, each in enumerate(members):
            if self._is_full():
                told["exceptions_left_out"] = len(members) - number
                break
            if id(each) not in self._seen:
                told_members.append(self.tell(each))

    def _is_full(self) -> bool:
        return len(self._seen) >= MAXIMUM_EXCEPTIONS or self._size >= MAXIMUM_SIZE

    def _tell_notes(self, told: _Told, error: BaseException) -> None:
        try:
            notes = error.__notes__
        except Exception:
            # There are none, or they cannot be had.
            return
        if type(notes) is list and notes:
            told["notes"] = [
                self._text(safe_str(each), _MAXIMUM_NOTE) for each in notes[:MAXIMUM_NOTES]
            ]
            if len(notes) > MAXIMUM_NOTES:
                told["notes_left_out"] = len(notes) - MAXIMUM_NOTES

    def tell_frames(self, told: _Told, shown: tuple[list[Frame], int]) -> None:
        """
        Add frames to the structure of an exception.

        :param shown: the frames, and how many were left out in the middle.
        """
        frames, left_out = shown
        told["frames"] = [
            {
                "file": self._text(each.file, _MAXIMUM_LINE),
                "line": each.line,
                "function": self._text(each.function, _MAXIMUM_LINE),
                "source": self._text(each.source(), _MAXIMUM_LINE),
            }
            for each in frames
        ]
        if left_out:
            told["frames_left_out"] = left_out

    def _text(self, text: str, maximum: int = MAXIMUM_LENGTH) -> str:
        text = scrub(shorten(text, maximum))
        self._size += len(text)
        return text


def _walk(traceback: TracebackType | None) -> Iterator[Frame]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield Frame.of(frame.f_code, traceback.tb_lineno, frame.f_globals)
        traceback = traceback.tb_next


def without_ours(frames: Iterable[Frame]) -> Iterator[Frame]:
    """
    Leave out frames of this package, where frames of others follow.

    :param frames: the outermost first.
    """
    ours: deque[Frame] = deque(maxlen=MAXIMUM_FRAMES)
    for each in frames:
        if is_ours(each.file):
            ours.append(each)
        else:
            ours.clear()
            yield each
    # The error is ours.
    yield from ours


def cut(frames: Iterable[Frame]) -> tuple[list[Frame], int]:
    """
    Leave out frames in the middle beyond :data:`MAXIMUM_FRAMES`.

    :returns: the frames, and how many were left out.
    """
    outer: list[Frame] = []
    inner: deque[Frame] = deque(maxlen=MAXIMUM_FRAMES // 2)
    count = 0
    for each in frames:
        count += 1
        if len(outer) < MAXIMUM_FRAMES // 2:
            outer.append(each)
        else:
            inner.append(each)
    return [*outer, *inner], count - len(outer) - len(inner)


show_in("eliot", include_tracebacks)
