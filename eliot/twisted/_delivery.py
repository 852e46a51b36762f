"""
Handing lines to a destination that may fail.
"""

from __future__ import annotations

from collections.abc import Callable
from errno import EAGAIN
from typing import TypeAlias

from orjson import loads

from eliot._interfaces import Destination, NotWritten
from eliot.twisted._counts import Ledger
from eliot.twisted._notes import Notes
from eliot.twisted._queue import LineQueue

#: Writes one or more lines.  What it gives, if anything, is how many messages
#: were lost all the same, about which it has complained itself.
Write: TypeAlias = Callable[[bytes], "int | None"]

#: How many seconds the thread waits before it tries again: at first, and at the
#: most.  Each time it waits twice as long.
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0

# How many seconds it waits for a pipe that has taken a part.
_PIPE_PAUSE = 0.005


class Delivery:
    """
    Hands lines to a destination: again and again where that makes sense, and
    tells it what it has missed once it works.

    :param write: writes lines.
    :param queue: where the lines come from, and which knows when to hurry.
    :param ledger: where all is counted.
    :param notes: makes the lines that tell of what was missed.
    :param complain: is told what ``write`` raised.
    """

    def __init__(
        self,
        write: Write,
        queue: LineQueue,
        ledger: Ledger,
        notes: Notes,
        complain: Callable[[Exception], object],
    ) -> None:
        self._write = write
        self._queue = queue
        self._ledger = ledger
        self._notes = notes
        self._complain = complain
        # Could what was written last be written?
        self._works = True
        #: How many lines are being written.
        self.in_flight = 0
        #: Called between two attempts.  Tells whether something was done after
        #: which no line is to be continued.
        self.try_to_help: Callable[[], bool] = lambda: False

    def deliver(self, lines: bytes) -> None:
        """
        Write lines, as often as it takes, then tell what there is to be told:
        in the thread.
        """
        if lines:
            self.in_flight = lines.count(b"\n")
            lost = self._write_persistently(lines)
            self._count(self.in_flight, lost)
            self.in_flight = 0
        self.tell()

    def deliver_once(self, lines: bytes) -> None:
        """
        Write lines for somebody who cannot wait, likewise.  Never raises.
        """
        self._count(lines.count(b"\n"), self._write_once(lines))
        self._tell(self._write_once)

    def abandon(self) -> None:
        """
        Count what is being written as lost: something has ended the thread.
        """
        self._ledger.dropped += self.in_flight
        self.in_flight = 0

    def tell(self) -> None:
        """
        Tell the destination what it has missed, unless it does not work.
        """
        self._tell(self._write_persistently)

    def _tell(self, write: Callable[[bytes], int]) -> None:
        ledger = self._ledger
        trouble = ledger.trouble
        count = ledger.dropped - ledger.told
        if self._works and (trouble is not None or count):
            lines = b"" if trouble is None else self._notes.recovered(trouble)
            if count:
                lines += self._notes.dropped(count)
            if not write(lines):
                ledger.told += count
                if ledger.trouble is trouble:
                    ledger.trouble = None

    def _count(self, count: int, lost: int) -> None:
        written = count - lost
        self._ledger.written += written
        # Others count what they drop meanwhile, so this is added at once.
        self._ledger.dropped += lost

    # -- These give how many lines were lost.

    def _write_once(self, lines: bytes) -> int:
        try:
            lost = self._write(lines) or 0
        except Exception as error:
            self._fail(error)
            return (error.unwritten if isinstance(error, NotWritten) else lines).count(b"\n")
        self._works = True
        return lost

    def _write_persistently(self, lines: bytes) -> int:
        pause = FIRST_PAUSE
        left = lines
        while True:
            try:
                lost = self._write(left) or 0
            except NotWritten as error:
                moved = len(error.unwritten) < len(left)
                left = error.unwritten
                if moved:
                    pause = FIRST_PAUSE
                if moved and error.errno == EAGAIN:
                    # A pipe that takes a part at a time works.
                    self._queue.pause(_PIPE_PAUSE)
                    continue
                self._fail(error)
                if self._queue.given_up:
                    return left.count(b"\n")
                self._queue.pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                if self.try_to_help():
                    lines = left = _whole_lines(lines, left)
            except Exception as error:
                self._fail(error)
                return left.count(b"\n")
            else:
                self._works = True
                return lost

    def _fail(self, error: Exception) -> None:
        self._works = False
        self._ledger.fail(error)
        self._complain(error)


def _whole_lines(lines: bytes, rest: bytes) -> bytes:
    """
    Begin the rest of some lines where the first of it begins.
    """
    if not lines.endswith(rest):
        return rest
    return lines[lines.rfind(b"\n", 0, len(lines) - len(rest)) + 1 :]


class OneByOne:
    """
    Gives lines to a destination that takes messages.

    :param destination: called with each message.
    :param complain: is told what it raised.
    """

    __slots__ = ("_complain", "_destination")

    def __init__(self, destination: Destination, complain: Callable[[Exception], object]) -> None:
        self._destination = destination
        self._complain = complain

    def __call__(self, lines: bytes) -> int:
        lost = 0
        for line in lines.splitlines():
            try:
                self._destination(loads(line))
            except Exception as error:
                lost += 1
                self._complain(error)
        return lost
