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
from threading import Lock, RLock
from typing import Literal, NamedTuple, TypeAlias, get_args

from eliot._encode import FAILURE_MARKS
from eliot.twisted._counts import Ledger
from eliot.twisted._threads import is_writing

#: What happens to lines for which there is no room: see :class:`LineQueue`.
Overflow: TypeAlias = Literal["drop-newest", "drop-oldest", "block"]

#: The names of all choices.
OVERFLOWS: tuple[Overflow, ...] = get_args(Overflow)

#: How many bytes a line takes beside its own: the header of the object (33),
#: what is lost to the granularity of the allocator (up to 15), and its place
#: in the queue (8).
LINE_OVERHEAD = 56

# For how many times that something was put is taken at once, at the most, and
# about how many bytes: joining them must not keep other threads waiting.
_BATCH_PUTS = 5000
_BATCH_BYTES = 1 << 20

#: Beyond the bound, failures may use this part of it again.
_RESERVE = 8

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

    Putting costs little and takes no lock, so signal handlers, finalizers and
    forked children may log.  The thread is not woken for every line: once awake
    it lets more come for a moment, and takes all.

    The size is kept by plain additions, which CPython does not interrupt; if
    one were lost, the bound would be off by a line until the queue is empty.

    Where there is no room for a line, that depends on ``overflow``:

    ``"drop-newest"``
        it is dropped, unless it tells of a failure and there is room in a
        reserve of another eighth;
    ``"drop-oldest"``
        the oldest lines are dropped, but those that tell of failures only when
        there are no others left;
    ``"block"``
        whoever puts it waits for room, as long as there is somebody to make it,
        the queue is not closed, and this is not the thread of a writer;
        otherwise it is as with ``"drop-newest"``.

    :param bound: how many bytes are held, with those that were taken last,
        until the next are taken; each line counts :data:`LINE_OVERHEAD` more
        than its length.
    :param linger: how many seconds the reader waits for more.
    :param overflow: what happens when there is no room.
    :param marks: a line that has one of these in it tells of a failure.
    :param ledger: where dropped lines are counted.
    """

    def __init__(
        self,
        bound: int,
        linger: float,
        overflow: Overflow = "drop-newest",
        marks: tuple[bytes, ...] = FAILURE_MARKS,
        ledger: Ledger | None = None,
    ) -> None:
        self.bound = bound
        self.ledger = Ledger() if ledger is None else ledger
        #: How many times something was put that is no longer here.
        self.gone = 0
        #: Whether nobody shall wait any more.
        self.given_up = False
        self._linger = linger
        self._overflow = overflow
        self._marks = marks
        self._lines: deque[bytes] = deque()
        # Failures that were older than anything in the other one when they
        # came here: the oldest others had to go.
        self._kept: deque[bytes] = deque()
        self._size = 0
        # How much of it has been taken, but may not have been written yet.
        self._taken = 0
        self._closed = False
        self._asleep = False
        self._hurried = False
        self._attended = False
        self._orphaned = False
        self._direct: Callable[[bytes], object] | None = None
        self._direct_lock = RLock()
        self._told = False
        self._bell: SimpleQueue[None] = SimpleQueue()
        # What those wait for who wait for room.
        self._gates: deque[Lock] = deque()

    def put(self, line: bytes) -> None:
        """
        Add one or more whole lines, or drop them.  May be called in any thread.
        """
        size = len(line) + LINE_OVERHEAD
        if self._size + size > self.bound and not self._find_room(line, size):
            return
        self._size += size
        # A copy, since what orjson gives may occupy some kilobytes, however
        # short the line is.
        self._lines.append(b"%b" % line)
        if self._asleep:
            self._wake()
        elif self._size * 2 > self.bound and not self._hurried:
            self.hurry()

    # -- Where there is no room

    def _find_room(self, line: bytes, size: int) -> bool:
        try:
            if self._find_room_as_chosen(line, size):
                return True
        except BaseException:
            # Somebody has interrupted who waits.
            self.ledger.dropped += line.count(b"\n")
            raise
        count = line.count(b"\n")
        self.ledger.dropped += count
        if self._direct is not None:
            self._write_directly()
        elif self._asleep:
            # Nothing is queued, so nothing else would have this told.
            self.hurry()
        return False

    def _find_room_as_chosen(self, line: bytes, size: int) -> bool:
        # What is written directly takes no room.
        if self._is_direct():
            return True
        if self._overflow == "drop-oldest" and not self._orphaned:
            return self._evict(line, size)
        if self._overflow == "block" and self._wait(size):
            return True
        # The reader may have gone meanwhile.
        if self._is_direct():
            return True
        if self._orphaned:
            self._tell_of_orphan()
            return False
        reserve = self.bound // _RESERVE
        return self._size + size <= self.bound + reserve and self._is_failure(line)

    def _is_direct(self) -> bool:
        return self._direct is not None

    def _is_failure(self, line: bytes) -> bool:
        return any(mark in line for mark in self._marks)

    def _evict(self, line: bytes, size: int) -> bool:
        # Each line is looked at once, for it goes or is put aside.
        if self._taken + size > self.bound:
            return False
        while self._size + size > self.bound:
            try:
                oldest = self._lines.popleft()
            except IndexError:
                return self._is_failure(line) and self._evict_failures(size)
            if self._is_failure(oldest):
                self._kept.append(oldest)
            else:
                self._forget(oldest)
        return True

    def _evict_failures(self, size: int) -> bool:
        while self._size + size > self.bound:
            try:
                oldest = self._kept.popleft()
            except IndexError:
                return False
            self._forget(oldest)
        return True

    def _forget(self, line: bytes) -> None:
        size = len(line) + LINE_OVERHEAD
        count = line.count(b"\n")
        self._size -= size
        self.gone += 1
        self.ledger.dropped += count

    def _wait(self, size: int) -> bool:
        """
        Wait for room.  No lock is shared by those who wait, so none can be held
        by whom a signal has interrupted, or by who is not there after a fork.
        """
        waited = False
        while not self._has_room(size):
            if not self._may_wait(waited):
                return False
            gate = Lock()
            gate.acquire()
            self._gates.append(gate)
            # Whoever makes room or ends the waiting from now on sees the gate.
            if self._has_room(size) or not self._may_wait(True):
                continue
            gate.acquire()
            waited = True
        return True

    def _has_room(self, size: int) -> bool:
        # A line that is larger than the bound goes where nothing else is.
        return self._size + size <= self.bound or (self._size <= 0 and not self._orphaned)

    def _may_wait(self, waits: bool) -> bool:
        if self._orphaned or self.given_up or self._direct is not None:
            return False
        if self._closed and not waits:
            return False
        return self._attended and not is_writing()

    def _open_gates(self) -> None:
        with suppress(IndexError):
            while True:
                self._gates.popleft().release()

    # -- When there is no reader yet, or no longer

    def expect_reader(self, expected: bool) -> None:
        """
        Tell whether there is, or will be at once, a thread that takes lines.
        """
        self._attended = expected

    def orphan(self) -> None:
        """
        Empty the queue and let nothing in: it is in a forked child, where
        there is no thread to read it.  Says so on standard error once
        something is logged, since most children only start other programs.
        """
        self._lines = deque()
        self._kept = deque()
        self._bell = SimpleQueue()
        self._size = self._taken = 0
        self.bound = -1
        self._orphaned = True
        # A signal handler may have forked while the thread that it interrupted
        # waited.
        self._open_gates()

    def renew_after_fork(self) -> None:
        """
        Replace the lock that another thread may have held at the fork.
        """
        self._direct_lock = RLock()

    def _tell_of_orphan(self) -> None:
        if not self._told:
            self._told = True
            with suppress(OSError):
                os.write(2, _ORPHANED)

    def give_up(self) -> None:
        """
        Let nobody wait any more, neither for room nor in :meth:`pause`.
        """
        self.given_up = True
        self._bell.put(None)
        self._open_gates()

    def hand_over(self, write: Callable[[bytes], object]) -> None:
        """
        From now on, let those who put lines write them: the reader is gone.

        :param write: writes one or more lines.
        """
        self._taken = 0
        self._direct = write
        self._asleep = True
        self._open_gates()
        self._write_directly()

    def _wake(self) -> None:
        if self._direct is not None:
            self._write_directly()
        else:
            self._asleep = False
            self._bell.put(None)

    def _write_directly(self) -> None:
        write = self._direct
        assert write is not None
        # One at a time, and in order.
        with self._direct_lock:
            while self._kept or self._lines:
                try:
                    line = (self._kept or self._lines).popleft()
                except IndexError:
                    # Taken away just now by somebody who needed room.
                    continue
                size = len(line) + LINE_OVERHEAD
                self._size -= size
                self.gone += 1
                write(line)

    def call_alone(self, function: Callable[[], None]) -> None:
        """
        Call a function while nobody writes lines directly.
        """
        with self._direct_lock:
            function()

    # -- The reader

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

    def pause(self, seconds: float) -> None:
        """
        Do nothing for a while, or until somebody hurries: the reading thread's
        side, where it cannot write.
        """
        with suppress(Empty):
            self._bell.get(timeout=seconds)

    def take(self) -> Batch | None:
        """
        Wait for lines, and take them: the reading thread's side.  What was
        taken before has been written then.

        :returns: perhaps no lines, where the reader was told to hurry; ``None``
            once the queue is closed and empty.
        """
        taken, self._taken = self._taken, 0
        self._size -= taken
        self._open_gates()
        while True:
            # In this order: what was put before the queue was closed is there then.
            closed = self._closed
            if self._lines or self._kept:
                break
            self._size = 0
            self._open_gates()
            if closed:
                return None
            if self._hurried:
                self._hurried = False
                return Batch(b"", 0)
            self._asleep = True
            # What came before we fell asleep has rung no bell.
            if self._is_quiet():
                self._bell.get()
            self._asleep = False
        if not self._closed and not self._hurried:
            with suppress(Empty):
                self._bell.get(timeout=self._linger)
        return self._take_batch()

    def _take_batch(self) -> Batch:
        puts = self._puts_at_once()
        taken: list[bytes] = []
        for lines in (self._kept, self._lines):
            # Those who need room may take some away meanwhile.
            with suppress(IndexError):
                taken.extend(starmap(lines.popleft, repeat((), puts - len(taken))))
        joined = b"".join(taken)
        size = len(joined) + len(taken) * LINE_OVERHEAD
        self._taken = size
        count = len(taken)
        self.gone += count
        return Batch(joined, count)

    def _puts_at_once(self) -> int:
        puts = len(self)
        average = self._size // puts if puts else 1
        most = min(_BATCH_BYTES, self.bound // 4) // max(average, 1)
        return max(1, min(puts, _BATCH_PUTS, most))

    def _is_quiet(self) -> bool:
        return not (self._lines or self._kept or self._closed or self._hurried)

    def __len__(self) -> int:
        """
        Tell how many times something was put that has not been taken.
        """
        return len(self._kept) + len(self._lines)

    @property
    def size(self) -> int:
        """
        How many bytes of the bound are taken.
        """
        return max(0, self._size)

    def count(self) -> int:
        """
        Tell how many lines are queued.
        """
        return sum(
            sum(map(bytes.count, list(lines), repeat(b"\n"))) for lines in (self._kept, self._lines)
        )
