"""
Showing how far reading has come, in the last line of the terminal.

The line is taken away before anything else is shown on the same terminal, and comes again when
that has been quiet for a while: nothing is ever shown in its midst, and what scrolls by is
progress enough.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from io import BufferedWriter, FileIO, TextIOWrapper
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

from eliot.read import LogFile

if TYPE_CHECKING:
    from eliot.cli._bar import Bar

#: How long, in seconds, nothing must have been shown before there is a bar.
QUIET: Final = 0.5

# How long a bar stays as it is.
_BETWEEN: Final = 0.1

_ERASE: Final = "\r\x1b[K"

# What others begin with that are piped into us, and then write nothing for long, needs no bar.
_LONG: Final = 1_000_000


class Progress:
    """
    A bar, if there is need for one.

    :param stream: the terminal.
    :param clock: tells the time in seconds.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._due = clock() + QUIET
        self._files: Sequence[LogFile] = ()
        self._bar: Bar | None = None
        self._is_shown = False

    def watch(self, files: Sequence[LogFile]) -> None:
        """
        Say what is read.

        :param files: all files.
        """
        self._files = files

    def advance(self) -> None:
        """
        Draw the bar anew, if it is time for it.
        """
        if self._clock() < self._due:
            return
        position, size = self._state()
        if size is None and position < _LONG:
            return
        if self._bar is None:
            bar: type[Bar] = import_module("eliot.cli._bar").Bar
            self._bar = bar(self._stream, is_sized=size is not None)
        line = self._bar.line(position, size)
        # First: Ctrl-C may come in between.
        self._is_shown = True
        self._stream.write(f"\r{line}\x1b[K")
        self._stream.flush()
        self._due = self._clock() + _BETWEEN

    def make_room(self) -> None:
        """
        Take the bar away, since something else will be shown.
        """
        if self._is_shown:
            self._stream.write(_ERASE)
            self._stream.flush()
            self._is_shown = False
        self._due = self._clock() + QUIET

    def _state(self) -> tuple[int, int | None]:
        """
        :returns: how many bytes were read, and how many there are, if that is known of all files.
        """
        position, size = 0, 0
        is_sized = True
        for file in self._files:
            position += file.position
            is_sized = is_sized and file.size is not None
            size += file.size or 0
        return position, size if is_sized else None


@contextmanager
def progress_shown(wanted: bool | None) -> Iterator[Progress | None]:
    """
    Show a bar on standard error, as long as the context lasts.

    :param wanted: whether there should be one; ``None``: where it is in nobody's way.
    :returns: what shows it; ``None`` if there is none, which is so where standard error is no
        terminal.
    """
    if wanted is False or not _is_terminal(sys.stderr) or not (wanted or _is_apart(sys.stdout)):
        yield None
        return
    progress = Progress(sys.stderr)
    with ExitStack() as stack:
        stack.callback(_take_away, progress)
        for name in ("stderr", "stdout"):
            stream = getattr(sys, name)
            if stream.isatty() and isinstance(stream, TextIOWrapper):
                stack.enter_context(_watched(name, stream, progress.make_room))
        yield progress


def _take_away(progress: Progress) -> None:
    # A terminal may have gone.
    with suppress(OSError):
        progress.make_room()


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _is_apart(stream: TextIO) -> bool:
    """
    Whether whatever is written there cannot come to the terminal by itself, as it does from a
    pipe: a pager at its other end has the whole screen.
    """
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISCHR(mode)


class _Screen(FileIO):
    """
    A terminal where somebody must make room before it is written to.
    """

    def __init__(self, descriptor: int, make_room: Callable[[], None]) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._make_room = make_room

    def write(self, data: object, /) -> int:
        """
        Write, once there is room.
        """
        self._make_room()
        return super().write(data)  # type: ignore[arg-type]  # bytes of all kinds have no name yet


@contextmanager
def _watched(name: str, stream: TextIOWrapper, make_room: Callable[[], None]) -> Iterator[None]:
    """
    Have room made for whatever is written to a stream of the process, by whomever.
    """
    stream.flush()
    watched = TextIOWrapper(
        BufferedWriter(_Screen(stream.fileno(), make_room)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
    )
    setattr(sys, name, watched)
    try:
        yield
    finally:
        setattr(sys, name, stream)
        # If it has gone, whoever wrote to it last was told.
        with suppress(OSError):
            watched.flush()
