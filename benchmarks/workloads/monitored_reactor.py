"""
A reactor that is busy all the time, with and without a ``ReactorMonitor``.

An operation is a turn of the reactor: a timed call that does a little, and asks for the next one.
The service runs in every second stretch of them, so that both times come from the same process.
``monitored`` is the time of a turn while it runs, ``alone`` that of one while it does not.
"""

from __future__ import annotations

import time

from _timing import arguments, expect, report
from twisted.internet import task
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred

from eliot import add_destinations
from eliot.twisted import ReactorMonitor

#: How many stretches of each kind there are.
STRETCHES = 5

#: What a turn does beside, so that it is not quite empty.
WORK = range(50)


class Turns:
    """
    Turns of a reactor, one after the other.

    :param count: How many.
    :ivar finished: Fires after the last one.
    """

    def __init__(self, reactor: ReactorBase, count: int) -> None:
        self._reactor = reactor
        self._left = count
        self.finished: Deferred[None] = Deferred()

    def turn(self) -> None:
        """Do a little, and ask for the next turn."""
        sum(WORK)
        self._left -= 1
        if self._left:
            self._reactor.callLater(0, self.turn)
        else:
            self.finished.callback(None)


async def stretch(reactor: ReactorBase, count: int) -> int:
    """Measure a stretch of turns, in nanoseconds."""
    turns = Turns(reactor, count)
    began = time.perf_counter_ns()
    reactor.callLater(0, turns.turn)
    await turns.finished
    return time.perf_counter_ns() - began


async def main(reactor: ReactorBase) -> None:
    asked = arguments(__doc__)
    messages: list[object] = []
    add_destinations(messages.append)
    count = max(1, asked.operations // STRETCHES)
    service = ReactorMonitor(reactor)
    await stretch(reactor, asked.warm_up)
    alone, monitored = 0, 0
    for _ in range(STRETCHES):
        alone += await stretch(reactor, count)
        service.startService()
        monitored += await stretch(reactor, count)
        service.stopService()
    expect("messages", 0, len(messages))
    turns = count * STRETCHES
    report(asked.operations, monitored=monitored / turns, alone=alone / turns)


if __name__ == "__main__":
    task.react(main)
