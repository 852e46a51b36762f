"""
The queue between those who log and the thread that writes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import repeat, starmap
from queue import Empty, SimpleQueue
from threading import RLock
from typing import NamedTuple

# For how many times that something was put is taken at once, at the most.
_BATCH_PUTS = 5000

#: Beyond the bound, failures may use this part of it again.
_RESERVE = 8

# How lines show that something failed, as they come from the usual encoders.
_FAILURES = (
    b'"action_status":"failed"',
    b'"action_status": "failed"',
    b'"message_type":"eliot:traceback"',
    b'"message_type": "eliot:traceback"',
)


_ORPHANED = (
    b"eliot: this process was forked while a log writer ran; the writer's thread is not here, "
    b"so what is logged is lost until its service is stopped and started again.\n"
)


class Batch(NamedTuple):
    """
    What was taken from the queue at once.
    """

    #: Whole lines.
    lines: bytes
    #: How many times something was put for them.
    puts: int


class LineQueue:
    """
    A queue of lines for one reading thread, bounded in bytes.

    Putting costs little, takes no lock (so signal handlers, finalizers and
    forked children may log) and never waits.  The thread is not woken for
    every line: once awake it lets more come for a moment, and takes all.

    The size is kept by plain additions, which CPython does not interrupt; if
    one were lost, the bound would be off by a line until the queue is empty.

    :param bound: how many bytes are held.  A line beyond that is dropped and
        counted, unless it tells of a failure and there is room in a reserve
        of another eighth.
    :param linger: how many seconds the reader waits for more.
    """

    def __init__(self, bound: int, linger: float) -> None:
        self.bound = bound
        #: How many lines were dropped since that was last told.
        self.dropped = 0
        self._linger = linger
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._closed = False
        self._asleep = False
        self._hurried = False
        self._orphaned = False
        self._direct: Callable[[bytes], object] | None = None
        self._direct_lock = RLock()
        self._told = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def put(self, line: bytes) -> None:
        """
        Add one or more whole lines, or drop them.  May be called in any thread.
        """
        length = len(line)
        if self._size + length > self.bound and not self._may_exceed(line, length):
            count = line.count(b"\n")
            self.dropped += count
            if self._asleep:
                # Nothing is queued, so nothing else would have this told.
                self.hurry()
            return
        self._size += length
        self._lines.append(line)
        if self._asleep:
            self._wake()
        elif self._size * 2 > self.bound and not self._hurried:
            self.hurry()

    def _may_exceed(self, line: bytes, length: int) -> bool:
        if self._orphaned:
            if not self._told:
                self._told = True
                with suppress(OSError):
                    os.write(2, _ORPHANED)
            return False
        return self._size + length <= self.bound + self.bound // _RESERVE and any(
            mark in line for mark in _FAILURES
        )

    def orphan(self) -> None:
        """
        Empty the queue and let nothing in: it is in a forked child, where
        there is no thread to read it.  Says so on standard error once
        something is logged, since most children only start other programs.
        """
        self._lines = deque()
        self._bell = SimpleQueue()
        self._direct_lock = RLock()
        self._size = self.dropped = 0
        self.bound = -1
        self._orphaned = True

    def _wake(self) -> None:
        if self._direct is not None:
            self._write_directly(self._direct)
        else:
            self._asleep = False
            self._bell.put(None)

    def hand_over(self, write: Callable[[bytes], object]) -> None:
        """
        From now on, let those who put lines write them: the reader is gone.

        :param write: writes one or more lines.
        """
        self._direct = write
        self._asleep = True
        self._write_directly(write)

    def _write_directly(self, write: Callable[[bytes], object]) -> None:
        # One at a time, and in order.
        with self._direct_lock:
            while self._lines:
                line = self._lines.popleft()
                self._size -= len(line)
                write(line)

    def hurry(self) -> None:
        """
        Have the reader take what there is at once.
        """
        self._hurried = True
        self._bell.put(None)

    def close(self) -> None:
        """
        Have the reader take what there is, and then no more.
        """
        self._closed = True
        self._bell.put(None)

    def take(self) -> Batch | None:
        """
        Wait for lines, and take them: the reading thread's side.

        :returns: perhaps no lines, where the reader was told to hurry; ``None``
            once the queue is closed and empty.
        """
        while not self._lines:
            if self._closed:
                return None
            if self._hurried:
                self._hurried = False
                return Batch(b"", 0)
            self._size = 0
            self._asleep = True
            # What came before we fell asleep has rung no bell.
            if self._is_quiet():
                self._bell.get()
            self._asleep = False
        if not self._closed and not self._hurried:
            with suppress(Empty):
                self._bell.get(timeout=self._linger)
        puts = min(len(self._lines), _BATCH_PUTS)
        lines = b"".join(starmap(self._lines.popleft, repeat((), puts)))
        self._size -= len(lines)
        return Batch(lines, puts)

    def _is_quiet(self) -> bool:
        return not (self._lines or self._closed or self._hurried)

    def __len__(self) -> int:
        """
        Tell how many times something was put that has not been taken.
        """
        return len(self._lines)

    def count(self) -> int:
        """
        Tell how many lines are queued.
        """
        return b"".join(list(self._lines)).count(b"\n")
