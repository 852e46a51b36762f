"""
What becomes of lines that a file takes only in part: the disk is full, or a pipe.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Container
from typing import Final

from eliot._interfaces import NotWritten

#: Errors after which it may go on later.
PASSING: Final = frozenset(
    [
        errno.EAGAIN,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENOSPC,
    ]
)


class Torn:
    """
    The end of a file, as far as a line was left unfinished there.

    Who is told that lines were not written may try again or not, and others may
    write in between: whatever they do, no line spoils another one, and none is
    there twice.

    :param alone: whether nobody but the user of this object writes to the file.
        Then a line that was torn is gone on with when it is tried again.
        Otherwise it is ended, and written once more as a whole.
    :param passing: the numbers of the errors that leave nothing half done, and
        after which it may go on later.
    :ivar unended: whether the file ends within a line; to be set by whoever goes
        on with another file.
    """

    __slots__ = ("_alone", "_line", "_passing", "_tail", "unended")

    def __init__(self, *, alone: bool, passing: Container[int] = PASSING) -> None:
        self._alone = alone
        self._passing = passing
        self.unended = False
        # The line that was torn last, and what is missing of it.
        self._line = b""
        self._tail = b""

    @property
    def is_past(self) -> bool:
        """
        Whether there is nothing to observe: lines can be written as they are.
        """
        return not (self.unended or self._tail)

    def goes_on(self, lines: bytes) -> bool:
        """
        Tell whether what comes is the rest of the line that the file ends within.
        """
        return self.unended and bool(self._tail) and lines.startswith(self._tail)

    def write(self, put: Callable[[bytes], int | None], lines: bytes, taken: int = 0) -> None:
        """
        Write lines, or the rest of them.

        :param put: hands bytes to the file; tells how many it has taken, or
            ``None`` if it takes nothing now.
        :param lines: what to write; it may begin within a line, where that is
            what was not written before.
        :param taken: how much of it has been taken already.
        :raises NotWritten: if not all can be written now.
        """
        rest = self._cut(lines, taken) if taken else lines
        while rest:
            given = self._mend(rest)
            try:
                count = put(given)
            except OSError as error:
                if error.errno in self._passing:
                    raise NotWritten(error, rest) from error
                raise
            if not count:
                raise NotWritten(BlockingIOError(errno.EAGAIN, "It takes no more"), rest)
            rest = self._cut(given, count)

    def _mend(self, lines: bytes) -> bytes:
        """
        Tell what has to be written for ``lines``.
        """
        if self.unended:
            return lines if self.goes_on(lines) else b"\n" + lines
        if self._tail and lines.startswith(self._tail):
            # Somebody else has written in between, or it is another file by now.
            return self._line + lines[len(self._tail) :]
        return lines

    def _cut(self, given: bytes, count: int) -> bytes:
        """
        Note that the file has taken some bytes, and tell what is left.
        """
        goes_on = self.goes_on(given)
        begin = given.rfind(b"\n", 0, count) + 1
        self.unended = begin < count
        if not self.unended:
            if goes_on or given.startswith(self._line):
                self._line = self._tail = b""
            return given[count:]
        end = given.find(b"\n", count) + 1 or len(given)
        if given[count:end] == b"\n":
            # All of the line is there: it must not come a second time.
            self._line = self._tail = b"\n"
            return given[count:]
        if not self._alone:
            return given[begin:]
        if begin or not goes_on:
            self._line = given[begin:end]
        self._tail = given[count:end]
        return given[count:]
