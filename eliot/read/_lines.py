"""
From lines to messages.

A log file lives in the real world: a process is killed in the middle of a
line, a disk fills up, another program writes in between.  So a line that is
no message is a :class:`Problem`, which is told, and reading goes on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from operator import attrgetter
from typing import Final, Protocol, final

from orjson import JSONDecodeError, loads

from eliot.read._lenient import decode_leniently
from eliot.read._message import MalformedMessage, Message
from eliot.read._problems import Problem, excerpt
from eliot.read._text_log import begins_text_log, message_in

#: Longer lines, in bytes, are skipped unseen: decoding takes many times the
#: length of a line in memory, and no program means to log that much at once.
MAXIMUM_LINE: Final = 16 * 1024 * 1024

#: How many bytes are read at once.  Larger ones are not read any faster.
PIECE: Final = 256 * 1024

# What is kept of a line that is too long: its excerpt, behind what a text log has in front of it.
_BEGINNING: Final = 1_000


class BytesFile(Protocol):
    """
    What bytes are read from.
    """

    def read(self, size: int = -1, /) -> bytes:
        """
        Give so many bytes at most; none at the end.
        """


def read_messages(
    file: BytesFile,
    name: str,
    on_problem: Callable[[Problem], object],
    before_piece: Callable[[], object] = bool,
) -> Iterator[Message]:
    """
    Read messages from lines of JSON, one by one, as they come.

    Empty lines are passed over.  Nothing that the file holds, and no error of
    the operating system, is raised; both are told to ``on_problem``.

    A file that begins as Twisted's own log in text does, such as trial's, has messages
    among its lines: the others are passed over then.

    :param file: a file opened for reading bytes.  More of it than one line is read at once,
        but no message waits for what has not come yet.
    :param name: what to call the file in problems.
    :param on_problem: called with each :class:`Problem`, in order, between the messages.
    :param before_piece: called before more is read, which may take long: what was made of the
        messages so far can be shown then, all at once.
    :returns: the messages, in the order of the file.
    """
    # What is buffered reads as much as was asked for, and waits for it, unless told otherwise.
    read: Callable[[int], bytes] = getattr(file, "read1", file.read)
    reader = LineReader(name, on_problem)
    failure = None
    while True:
        before_piece()
        try:
            piece = read(PIECE)
        except (OSError, EOFError, zlib.error) as error:
            failure = str(getattr(error, "strerror", None) or error)
            break
        if not piece:
            break
        yield from reader.feed(piece)
    number = reader.number
    yield from reader.end()
    if failure is not None:
        on_problem(Problem(name, number, f"cannot be read further: {failure}"))


@final
class LineReader:
    """
    Makes messages of the bytes of a file, which come in pieces.

    :param name: what to call the file in problems.
    :param on_problem: called with each :class:`Problem`, in order, between the messages.
    :param opening: the first line of the file, if the pieces begin with a later one: their
        lines have no numbers then.
    :ivar number: the number of the line that is read next, or is being read.
    """

    __slots__ = ("_held", "_length", "_name", "_numbered", "_on_problem", "_within_text", "number")

    def __init__(
        self, name: str, on_problem: Callable[[Problem], object], opening: bytes | None = None
    ) -> None:
        self.number = 1
        self._name = name
        self._on_problem = on_problem
        self._numbered = opening is None
        self._within_text = opening is not None and begins_text_log(opening)
        # Of a line whose end has not come: what there is of it, or as much as is shown of one
        # that is too long; and how long it is so far.
        self._held = bytearray()
        self._length = 0

    def feed(self, piece: bytes) -> Iterator[Message]:
        """
        Take the next piece, wherever it begins and ends.

        :param piece: not more than :data:`MAXIMUM_LINE`.
        :returns: the messages of the lines that end in it, to be taken before the next piece.
        """
        lines = piece.split(b"\n")
        rest = lines.pop()
        if lines:
            if self._length:
                self._hold(lines[0])
                del lines[0]
                yield from self._end_line(b"\n")
            elif self.number == 1 and self._numbered:
                self._within_text = begins_text_log(lines[0])
            within_text = self._within_text
            for number, line in enumerate(lines, self.number):
                found = message_in(line) if within_text else line
                if found is None:
                    continue
                try:
                    message = Message(loads(found))
                except ValueError as error:
                    again = self._second_try(found, b"\n", number, error)
                    if again is None:
                        continue
                    message = again
                yield message
            self.number += len(lines)
        if rest:
            self._hold(rest)

    def end(self) -> Iterator[Message]:
        """
        Take what is left as the last line: no more will come.  If it does, then it begins
        with a line of its own.

        :returns: its message, if it is one.
        """
        if self._length:
            yield from self._end_line(b"")

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length <= MAXIMUM_LINE:
            self._held += part
        elif len(self._held) > _BEGINNING:
            self._held = self._held[:_BEGINNING]

    def _end_line(self, end: bytes) -> Iterator[Message]:
        line = bytes(self._held)
        length = self._length + len(end)
        number = self.number
        self._held = bytearray()
        self._length = 0
        self.number += 1
        if number == 1 and self._numbered:
            self._within_text = begins_text_log(line)
        part = message_in(line) if self._within_text else line
        if part is None:
            return
        if length > MAXIMUM_LINE:
            self._tell(number, f"a line of {length:,} bytes, which is too long", part)
            return
        try:
            yield Message(loads(part))
        except ValueError as error:
            message = self._second_try(part, end, number, error)
            if message is not None:
                yield message

    def _second_try(
        self, line: bytes, end: bytes, number: int, refusal: ValueError
    ) -> Message | None:
        """
        Find out what is wrong with a line: perhaps nothing is.
        """
        if not line or line.isspace():
            return None
        try:
            if isinstance(refusal, JSONDecodeError):
                return Message(decode_leniently(line, end, refusal))
            raise refusal
        except MalformedMessage as error:
            self._tell(number, str(error), line)
            return None

    def _tell(self, number: int, what: str, line: bytes) -> None:
        self._on_problem(
            Problem(self._name, number if self._numbered else None, what, excerpt(line))
        )


def merge_messages(sources: Iterable[Iterable[Message]]) -> Iterator[Message]:
    """
    Merge messages from several sources, such as the logs of several processes.

    Of all the messages that stand next in their sources, the oldest comes
    first.  So a task that crosses processes is found whole at about the time
    when it ended, without keeping one log in memory until the other is read.
    Sources that are out of order lose nothing but this.

    :param sources: the sources; each is read lazily, and keeps its order.
    :returns: the messages of all of them.
    """
    return merge(*sources, key=attrgetter("timestamp"))
