"""
Writing to what the process was given open: standard output, a pipe.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from contextlib import suppress
from typing import Final

from zope.interface import implementer

from eliot._encode import Encoder
from eliot._interfaces import IOpenedDestination
from eliot._ways import Way, way_into

#: What people call the first three.
NAMES: Final = {0: "standard input", 1: "standard output", 2: "standard error"}


@implementer(IOpenedDestination)
class Descriptor:
    """
    A destination that writes to a file descriptor, which is not closed.

    May be called from any thread.

    :param number: the descriptor.  It is looked at by :meth:`open`.
    :param encoder: turns a message into a line.
    :ivar number: the same.
    :ivar encoder: the same.
    """

    __slots__ = ("_made_by", "_way", "encoder", "number")

    def __init__(self, number: int, encoder: Encoder) -> None:
        self.number = number
        self.encoder = encoder
        self._way: Way | None = None
        # Standard output after a fork may be that of a daemon.
        self._made_by = os.getpid()

    def __call__(self, message: dict[str, object]) -> None:
        """
        Write one message.

        :raises OSError: if it cannot be written.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines.

        :raises OSError: if they cannot be written, or not in full.
        """
        if self._way is None:
            raise OSError(errno.EBADF, "is not open as a destination", str(self))
        self._way.write(lines)

    def open(self) -> None:
        """
        See that the descriptor can be written to.

        :raises OSError: if it cannot, or leads nowhere since the process has
            become a daemon.
        """
        if self._way is None:
            reason = reason_against_descriptor(self.number)
            if reason is None and os.getpid() != self._made_by and _leads_nowhere(self.number):
                reason = "leads nowhere, since this process went into the background"
            if reason is not None:
                raise OSError(f"{self} {reason}")
            self._way = way_into(io.FileIO(self.number, "wb", closefd=False))

    def settle(self) -> None:
        """
        Nothing depends on rights any more.
        """

    def reopen(self) -> None:
        """
        What was given open cannot be opened anew; it stays as it is.
        """

    def close(self) -> None:
        """
        Use the descriptor no more; it stays open.
        """
        self._way = None

    def __str__(self) -> str:
        return NAMES.get(self.number, f"file descriptor {self.number}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.number}>"


def reason_against_descriptor(number: int) -> str | None:
    """
    Find out why a file descriptor cannot be written to.

    :returns: a part of a sentence; ``None`` if it can be.
    """
    try:
        os.fstat(number)
    except (OSError, OverflowError):
        return "is not open"
    try:
        # Writes nothing, but only where something could be written.
        os.write(number, b"")
    except BlockingIOError:
        return None
    except OSError:
        return "is not open for writing"
    return None


def _leads_nowhere(number: int) -> bool:
    with suppress(OSError):
        own = os.fstat(number)
        return stat.S_ISCHR(own.st_mode) and own.st_rdev == os.stat(os.devnull).st_rdev
    return False
