"""
What keeps the action across timers, threads and locks, beside Twisted's own, with a real reactor.

An operation is all of it: to ask for a call and to have it made, to wait for a lock and to get it.
Both are done in every second stretch each, inside an action, so both times come from the same
process. Nothing is logged but the action, and those of the loop.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TypeAlias

from _timing import Arguments, arguments, expect, report
from twisted.internet import defer, task, threads
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred

from eliot import add_destinations, start_action
from eliot.twisted import (
    Cooperator,
    DeferredLock,
    DeferredQueue,
    LoopingCall,
    bind,
    call_from_thread,
    call_later,
    defer_later,
    defer_to_thread,
    gather_results,
)

#: How many stretches of each kind there are.
STRETCHES = 5

#: How many are under way at the same time.
TOGETHER = 50

#: Does a number of operations.
Work: TypeAlias = Callable[[int], Awaitable[object]]


class Countdown:
    """
    Fires when it has been called often enough.

    :param count: How often.
    :ivar finished: Fires then.
    """

    def __init__(self, count: int) -> None:
        self._left = count
        self.finished: Deferred[None] = Deferred()

    def __call__(self) -> None:
        """Count."""
        self._left -= 1
        if not self._left:
            self.finished.callback(None)


def nothing() -> None:
    pass


async def calls(function: Callable[[], object], count: int) -> None:
    for _ in range(count):
        function()


async def asked(ask: Callable[[Callable[[], None]], object], count: int) -> None:
    """Ask for calls, some at a time, and wait for them."""
    for begin in range(0, count, TOGETHER):
        called = Countdown(min(TOGETHER, count - begin))
        for _ in range(min(TOGETHER, count - begin)):
            ask(called)
        await called.finished


async def waited(ask: Callable[[Callable[[], None]], Deferred[None]], count: int) -> None:
    """The same with Deferreds, each of which is waited for."""
    for begin in range(0, count, TOGETHER):
        several = [ask(nothing) for _ in range(min(TOGETHER, count - begin))]
        for each in several:
            await each


async def loop(make: Callable[[Callable[[], None]], task.LoopingCall], count: int) -> None:
    """Have a loop call without a pause."""
    called = Countdown(count)
    looping = make(called)
    looping.start(0)
    await called.finished
    looping.stop()


async def steps(cooperator: task.Cooperator, count: int) -> None:
    def work() -> Iterator[None]:
        for _ in range(count):
            yield

    await cooperator.coiterate(work())


async def turns(lock: defer.DeferredLock, count: int) -> None:
    """Wait for a lock that somebody holds, and let go of it."""
    await lock.acquire()
    for _ in range(count):
        lock.acquire()
        lock.release()
    lock.release()


async def handed(queue: defer.DeferredQueue[int], count: int) -> None:
    """Wait for an object, and put it there."""
    for number in range(count):
        queue.get()
        queue.put(number)


async def gathered(
    gather: Callable[[list[Deferred[int]]], Deferred[list[int]]], count: int
) -> None:
    """Wait for two Deferreds, and fire them."""
    for number in range(count):
        both: list[Deferred[int]] = [Deferred(), Deferred()]
        gather(both)
        both[0].callback(number)
        both[1].callback(number)


def pairs(reactor: ReactorBase) -> dict[str, tuple[Work, Work]]:
    """Make what is measured, ours and Twisted's, by name."""
    at_once = partial(reactor.callLater, 0)
    return {
        "bind": (partial(calls, bind(nothing)), partial(calls, nothing)),
        "call_later": (
            partial(asked, partial(call_later, reactor, 0)),
            partial(asked, at_once),
        ),
        "defer_later": (
            partial(waited, partial(defer_later, reactor, 0)),
            partial(waited, partial(task.deferLater, reactor, 0)),
        ),
        "LoopingCall": (partial(loop, LoopingCall), partial(loop, task.LoopingCall)),
        "Cooperator": (
            partial(steps, Cooperator(scheduler=at_once)),
            partial(steps, task.Cooperator(scheduler=at_once)),
        ),
        "defer_to_thread": (
            partial(waited, partial(defer_to_thread, reactor)),
            partial(waited, threads.deferToThread),
        ),
        "call_from_thread": (
            partial(asked, partial(call_from_thread, reactor)),
            partial(asked, reactor.callFromThread),
        ),
        "DeferredLock": (partial(turns, DeferredLock()), partial(turns, defer.DeferredLock())),
        "DeferredQueue": (
            partial(handed, DeferredQueue()),
            partial(handed, defer.DeferredQueue()),
        ),
        "gather_results": (
            partial(gathered, gather_results),
            partial(gathered, defer.gatherResults),
        ),
    }


async def stretch(work: Work, count: int) -> int:
    """Measure a stretch, in nanoseconds."""
    began = time.perf_counter_ns()
    await work(count)
    return time.perf_counter_ns() - began


async def compared(ours: Work, bare: Work, told: Arguments) -> tuple[float, float]:
    """Measure both, in nanoseconds per operation."""
    count = max(1, told.operations // STRETCHES)
    await stretch(ours, told.warm_up)
    await stretch(bare, told.warm_up)
    times = [0, 0]
    for _ in range(STRETCHES):
        times[0] += await stretch(ours, count)
        times[1] += await stretch(bare, count)
    return times[0] / count / STRETCHES, times[1] / count / STRETCHES


async def main(reactor: ReactorBase) -> None:
    told = arguments(__doc__)
    found: list[object] = []
    add_destinations(lambda message: found.append(message["action_type"]))
    figures: dict[str, float] = {}
    with start_action(action_type="bench:all"):
        for name, (ours, bare) in pairs(reactor).items():
            figures[name], figures[f"bare {name}"] = await compared(ours, bare, told)
    runs = told.warm_up + STRETCHES * max(1, told.operations // STRETCHES)
    expect("messages of the loop", 2 * runs, found.count("eliot:looping_call"))
    expect("messages", 2 * runs + 2, len(found))
    report(told.operations, **figures)


if __name__ == "__main__":
    task.react(main)
