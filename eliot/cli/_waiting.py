"""
Waiting for more of a log, until somebody has seen enough.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Final, Self

#: How often a log is looked at that is followed, in seconds.
INTERVAL: Final = 0.25


class Waiting:
    """
    Waits while nothing is to be read, once all that was written can be seen.  As long as its
    context lasts, Ctrl-C does not interrupt the command but ends the waiting; only a second one
    interrupts.

    :param interval: how long to wait each time, in seconds.
    :ivar is_ended: whether Ctrl-C was pressed.
    """

    def __init__(self, interval: float = INTERVAL) -> None:
        self.is_ended = False
        self._interval = interval

    def go_on(self, idle: bool) -> bool:
        """
        Wait, if there is nothing else to be done.

        :param idle: whether there is not.
        :returns: whether to go on.
        :raises BrokenPipeError: if nobody reads standard output any more.
        """
        if idle and not self.is_ended:
            sys.stdout.flush()
            for descriptor, _ in self._poll.poll(self._interval * 1_000):
                if descriptor != self._readable:
                    # Otherwise it would be noticed with the next message, which may never come.
                    raise BrokenPipeError
        return not self.is_ended

    def __enter__(self) -> Self:
        self._readable, self._writable = os.pipe()
        self._poll = select.poll()
        self._poll.register(self._readable, select.POLLIN)
        with suppress(OSError):
            self._poll.register(sys.stdout.fileno(), 0)
        self._before = signal.getsignal(signal.SIGINT)
        # A program that was started in the background does not heed it.
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)
        os.close(self._readable)
        os.close(self._writable)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.is_ended:
            raise KeyboardInterrupt
        self.is_ended = True
        os.write(self._writable, b"\0")
