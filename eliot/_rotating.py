"""
A log file that is known by its path: written to, and rotated when that is due.
"""

from __future__ import annotations

import errno
import math
import os
import sys
from collections.abc import Callable
from time import time

from zope.interface import implementer

from eliot._encode import Encoder, encode
from eliot._file_options import check_rights, check_sizes, checked_path
from eliot._held import HeldFile
from eliot._interfaces import IOpenedDestination, NotWritten
from eliot._period import End, period
from eliot._public import show_in
from eliot._succession import Succession
from eliot._torn import Torn
from eliot._ways import LockedWay

_write = os.write


@implementer(IOpenedDestination)
class RotatingFile(LockedWay):
    """
    A destination that writes each message to a file, as one line of JSON, and
    begins a new file when it is time for it.

    It is opened, then added::

        file = RotatingFile("app.log", rotate=100_000_000, keep=10, compress=True)
        file.open()
        add_destinations(file)

    A line has been handed to the operating system when the call returns.  Lines
    are never split over two files.  Old files get the time of their rotation, in
    UTC, as a part of their names: ``app.log.20261124T083105Z``, and ``.gz`` where
    they are compressed; so names sort by age.

    A file that is rotated has one writer: other processes are refused, by locks
    that all users of this class respect.  Without rotation several processes may
    append whole lines to a file, which may also be a FIFO that somebody reads, or
    a character device.

    May be called from any thread.  A forked child shares a file that is not
    rotated; one that is rotated stays with the parent, and the child gets it when
    the parent has closed it.

    :param path: where the file is; it is created where there is none.  Where it
        is a symbolic link, the file that it leads to is rotated, in its place.
    :param rotate: how many bytes a file may have: a new one is begun rather than
        exceed this.  A line that is longer than that has a file of its own.
    :param every: how often a new file is begun: ``"hour"``, ``"day"`` or
        ``"week"``, in local time, or a number of seconds, counted from the epoch.
    :param keep: how many old files stay.
    :param total: how many bytes all files may have together, the present one
        counted as a full one: the oldest are removed.  Needs ``rotate``.
    :param compress: whether old files are compressed, in a thread of its own.
    :param mode: the permissions of new files; otherwise what the process usually
        gives.
    :param owner: the user and group that new files are given by root.
    :param encoder: turns a message into a line.
    :param clock: tells the time, in seconds since the epoch.
    :raises TypeError: if an argument is of a wrong type; the message names it.
    :raises ValueError: if an argument has a value that is not allowed, or does not
        go with the others; the message names it.
    :ivar encoder: the same.
    """

    __slots__ = (
        "_begun",
        "_busy",
        "_clock",
        "_due",
        "_end",
        "_file",
        "_limit",
        "_rotate",
        "_succession",
        "_torn",
        "_waiting",
        "encoder",
    )

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        rotate: int | None = None,
        every: str | float | None = None,
        keep: int | None = None,
        total: int | None = None,
        compress: bool = False,
        mode: int | None = None,
        owner: tuple[int, int] | None = None,
        encoder: Encoder = encode,
        clock: Callable[[], float] = time,
    ) -> None:
        path = checked_path(path)
        check_sizes(rotate, every, keep, total, compress)
        check_rights(mode, owner)
        super().__init__()
        self.encoder = encoder
        self._rotate = rotate
        self._clock = clock
        self._end: End | None = None if every is None else period(every)
        alone = rotate is not None or every is not None
        # The present file counts as a full one.
        rest = None if total is None or rotate is None else total - rotate
        self._succession = Succession(
            path, alone=alone, keep=keep, total=rest, compress=compress, mode=mode, owner=owner
        )
        self._file: HeldFile | None = None
        # Whatever the error of a write is, it is known what was not written.
        self._torn = Torn(alone=alone, passing=range(1, 1 << 16))
        # Up to which size there is nothing to be thought of; -1 if there is.
        self._limit = -1
        # When the present period began, and when the next one does.
        self._begun = self._due = -math.inf
        # What a signal handler has logged in the midst of something.
        self._busy = False
        self._waiting: list[bytes] = []

    def __call__(self, message: dict[str, object]) -> None:
        """
        Write one message.

        :raises OSError: if it cannot be written.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines: those for one file by one call to the
        operating system.  Opens the file if it is not open.

        :param lines: each ended by a newline; the first may be the rest of one that
            was not written before.
        :raises NotWritten: if not all can be written now.
        """
        with self._lock:
            taken = 0
            file = self._file
            if (
                file is not None
                and file.size + len(lines) <= self._limit
                and (self._end is None or self._begun <= self._clock() < self._due)
            ):
                try:
                    taken = _write(file.fd, lines)
                except OSError:
                    # What it means is seen below, where it is tried once more.
                    taken = 0
                file.size += taken
                if taken == len(lines):
                    return
            error = self._write_slowly(lines, taken)
        # No lock is held while others are told, who may have trouble as well.
        self._succession.tell()
        if error is not None:
            raise error

    def open(self) -> None:
        """
        Open the file, lock it, and look after the old ones.  Does nothing if it is
        open.  No thread is started yet.

        :raises OSError: if that fails, or another process writes the file; the
            text begins with the path.
        """
        with self._lock:
            if self._file is None:
                self._adopt(self._succession.open())
        self._succession.tell()

    def settle(self) -> None:
        """
        Look whether the file can be rotated, or opened anew, with the rights that
        the process has now.  If not, a message of the type
        ``eliot:rotation_impossible`` says so once, with the ``path`` and the
        ``reason``, and the present file is gone on with.  Begins to compress what
        was left behind.  Never raises.
        """
        with self._lock:
            if self._file is None:
                return
            self._succession.compress()
            reason = self._succession.settle(self._file)
            self._set_limit()
        if reason is not None:
            self._succession.tell_reason(reason)
        self._succession.tell()

    def reopen(self) -> None:
        """
        Open the path anew, if somebody has moved the file away, as ``logrotate``
        does.  Does nothing if the file is not open.

        :raises OSError: if that fails; what is open stays so.  The text begins
            with the path.
        """
        with self._lock:
            if self._file is None:
                return
            new = self._succession.follow(self._file)
            if new is not None:
                self._adopt(new)
            else:
                # It may have been cut short instead.
                self._file.look_again()

    def close(self) -> None:
        """
        Close the file; another process may write it then.  Old files go on being
        compressed while the program runs, and the rest of them when the file has
        been opened the next time.
        """
        with self._lock:
            file, self._file = self._file, None
            self._limit = -1
            if file is not None:
                file.close()
        if file is not None:
            self._succession.wait()

    @property
    def path(self) -> str:
        """
        The path; it is absolute once the file has been opened.
        """
        return self._succession.path

    def __repr__(self) -> str:
        return f"<RotatingFile {self.path!r}>"

    # Below, the lock is held.

    def _set_limit(self) -> None:
        if (
            self._file is None
            or self._busy
            or self._waiting
            or self._succession.leftovers
            or not self._torn.is_past
        ):
            self._limit = -1
        else:
            self._limit = sys.maxsize if self._rotate is None else self._rotate

    def _adopt(self, file: HeldFile) -> None:
        """
        Go on with a file.
        """
        former, self._file = self._file, file
        if former is not None:
            former.close()
        self._torn.unended = not file.ends_whole
        if self._end is not None:
            now = self._clock()
            self._mark(min(now, file.last_written) if file.size else now)
        self._set_limit()

    def _mark(self, begun: float) -> None:
        if self._end is not None:
            self._begun = begun
            self._due = self._end(begun)

    def _write_slowly(self, lines: bytes, taken: int) -> OSError | None:
        """
        Write lines when there is something to be thought of.

        :param taken: how much of them has been written.
        :returns: what went wrong.
        """
        if self._busy:
            # This is a signal handler's, in the midst of what is below.
            self._waiting.append(lines)
            return None
        self._busy = True
        self._limit = -1
        try:
            self._write_parts(lines, taken)
            while self._waiting:
                self._write_parts(self._waiting.pop(0))
        except NotWritten as error:
            waiting, self._waiting = self._waiting, []
            error.unwritten += b"".join(waiting)
            return error
        finally:
            self._busy = False
            self._set_limit()
        return None

    def _write_parts(self, lines: bytes, taken: int = 0) -> None:
        """
        Write lines, each to the file where it belongs.

        :raises NotWritten: if not all can be written now.
        """
        if self._file is None:
            try:
                self._adopt(self._succession.open())
            except OSError as error:
                raise NotWritten(error, lines) from error
        assert self._file is not None
        if self._succession.leftovers:
            self._succession.compress()
        goes_on = bool(taken) or self._torn.goes_on(lines)
        if not goes_on:
            self._rotate_by_time()
        begin = 0
        while begin < len(lines):
            if not goes_on:
                end = self._end_of_part(lines, begin)
            elif taken:
                end = len(lines)
            else:
                end = lines.find(b"\n") + 1 or len(lines)
            goes_on = False
            try:
                self._torn.write(self._file.put, lines[begin:end], taken)
            except NotWritten as error:
                rest = error.unwritten + lines[end:]
                if error.errno != errno.EBADF:
                    error.unwritten = rest
                    raise
                # Somebody has closed it, as those do who make a process a daemon.
                self._file.fd = -1
                self._file = None
                self._write_parts(rest)
                return
            begin = end

    def _end_of_part(self, lines: bytes, begin: int) -> int:
        """
        Tell how much belongs to the same file, and rotate if that is the next one.
        """
        if self._rotate is None:
            return len(lines)
        for _ in range(3):
            assert self._file is not None
            room = self._rotate - self._file.size
            if len(lines) - begin <= room:
                return len(lines)
            end = lines.rfind(b"\n", begin, begin + max(room, 0)) + 1
            if end > begin:
                return end
            if not self._file.size:
                break
            if not self._rotate_now(self._clock()):
                return len(lines)
        # It is longer than a file may be.
        return lines.find(b"\n", begin) + 1 or len(lines)

    def _rotate_by_time(self) -> None:
        if self._end is None or self._file is None:
            return
        now = self._clock()
        if now < self._begun:
            # The clock has been set back.
            self._mark(now)
        elif now >= self._due and (not self._file.size or self._rotate_now(now)):
            self._mark(now)

    def _rotate_now(self, now: float) -> bool:
        """
        Begin a new file.

        :returns: whether it has been done.
        """
        assert self._file is not None
        new = self._succession.rotate(self._file, now, ends_whole=not self._torn.unended)
        if new is None:
            return False
        self._adopt(new)
        self._succession.compress()
        return True

    def _renew_after_fork(self) -> None:
        super()._renew_after_fork()
        self._busy = False
        self._waiting = []
        self._succession.forget()
        if self._succession.alone and self._file is not None:
            # It is the parent's, which may rotate it any time.  Closing it here
            # leaves the parent's lock alone, which must not outlast the parent.
            self._file.close()
            self._file = None
            self._limit = -1


show_in("eliot", RotatingFile)
