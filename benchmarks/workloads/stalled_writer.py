"""
The reactor's pauses while the disk behind a ``ThreadedWriter`` stands still.

The disk is a FIFO that nobody reads, so that a write never returns once it is full. A timer of the
reactor ticks each millisecond. In every second stretch of time each tick also logs what makes ten
thousand messages a second; the stretches between show what the loop does by itself. An operation
is a tick that logs. ``p99.9`` and ``maximum`` are those of the time between two ticks that log,
less those of the time between two that do not; ``p99.9 alone`` and ``maximum alone`` are the
latter. ``memory`` is by how much the process has grown.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from _timing import arguments, expect, report_with_memory
from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from eliot import FileDestination, log_message
from eliot.logwriter import ThreadedWriter

#: Messages a second.
RATE = 10_000

#: Nanoseconds from tick to tick.
TICK = 1_000_000

#: Ticks in a stretch of time, at most.
STRETCH = 250

#: So many messages are more than a FIFO holds, which is 64 kB.
FILLING = 1_000


def log_messages(count: int) -> None:
    for number in range(count):
        log_message(message_type="bench:message", number=number, text="a short text", part=0.25)


def memory() -> int:
    """Tell how many bytes of memory the process has."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


class Ticks:
    """
    Ticks of a reactor.

    :ivar gaps: Nanoseconds from tick to tick: without logging, and with it.
    """

    def __init__(self, reactor: IReactorTime, count: int) -> None:
        self._reactor = reactor
        self._left = 2 * count
        self._stretch = min(STRETCH, count)
        self._done = 0
        self._last = self._due = self._began = time.perf_counter_ns()
        self._logged = 0
        self.gaps: tuple[list[int], list[int]] = ([], [])
        self.finished: Deferred[None] = Deferred()

    def tick(self) -> None:
        """Note how long it has been, log what is due, and tick again."""
        now = time.perf_counter_ns()
        logs = self._done // self._stretch % 2
        if self._done % self._stretch:
            self.gaps[logs].append(now - self._last)
        else:
            self._began, self._logged = now, 0
            self._due = now
        self._last = now
        self._done += 1
        if logs:
            due = (now - self._began + TICK) * RATE // 1_000_000_000
            log_messages(due - self._logged)
            self._logged = due
        if self._done >= self._left:
            self.finished.callback(None)
            return
        self._due += TICK
        wait = max(0, self._due - time.perf_counter_ns())
        self._reactor.callLater(wait / 1_000_000_000, self.tick)


def at(part: float, gaps: list[int]) -> int:
    """Find the gap than which so large a part of all are shorter or equal."""
    ordered = sorted(gaps)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


async def main(reactor: IReactorTime) -> None:
    asked = arguments(__doc__)
    os.mkfifo(asked.path)
    # Open for reading, too, or opening it would wait for a reader.
    file = os.fdopen(os.open(asked.path, os.O_RDWR), "r+b", buffering=0)
    writer = ThreadedWriter(FileDestination(file=file), reactor)
    writer.startService()
    log_messages(FILLING)
    before = memory()
    ticks = Ticks(reactor, max(2, asked.operations))
    ticks.tick()
    await ticks.finished
    alone, logging = ticks.gaps
    grown = memory() - before
    # Whoever opens the FIFO can read what has got through: some of it, and no more.
    os.set_blocking(file.fileno(), False)
    through = len(os.read(file.fileno(), 1 << 24))
    expect("stalled writers", 1, int(0 < through < 1 << 20))
    report_with_memory(
        asked.operations,
        {"memory": grown},
        {
            "p99.9": at(0.999, logging) - at(0.999, alone),
            "maximum": at(1.0, logging) - at(1.0, alone),
            "p99.9 alone": at(0.999, alone),
            "maximum alone": at(1.0, alone),
        },
    )
    # A thread that waits for the disk would keep the process from ending.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    task.react(main)
