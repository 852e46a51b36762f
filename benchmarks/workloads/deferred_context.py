"""
An action that a Deferred finishes: ``DeferredContext``, three callbacks, ``addActionFinish``.

The Deferred fires when all that is set up. The only destination does nothing, so that what is
measured is the context and the callbacks, not the disk.
"""

from __future__ import annotations

from collections.abc import Callable

from _timing import arguments, expect, report, warm_and_measure
from twisted.internet.defer import Deferred

from eliot import add_destinations, remove_destination, start_action
from eliot.twisted import DeferredContext


def pass_on(result: int) -> int:
    return result


def discard(message: object) -> None:
    pass


def run_actions(operations: int) -> None:
    for number in range(operations):
        deferred: Deferred[int] = Deferred()
        with start_action(action_type="bench:deferred").context():
            context = DeferredContext(deferred)
            context.addCallback(pass_on)
            context.addCallback(pass_on)
            context.addCallback(pass_on)
            context.addActionFinish()
        deferred.callback(number)


def counted(loop: Callable[[int], None], operations: int) -> int:
    """Run the loop with a destination that counts its messages, since the measured one cannot."""
    messages: list[object] = []
    count = messages.append
    add_destinations(count)
    loop(operations)
    remove_destination(count)
    return len(messages)


def main() -> None:
    asked = arguments(__doc__)
    expect("messages", 2 * asked.warm_up, counted(run_actions, asked.warm_up))
    add_destinations(discard)
    nanoseconds = warm_and_measure(run_actions, asked)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
