"""
A call of a decorated function: two arguments, a result, two messages, inside an action.

The only destination does nothing, so that what is measured is the decorator, not the disk.
"""

from __future__ import annotations

from _timing import arguments, expect, report, warm_and_measure

from eliot import add_destinations, log_call, remove_destination, start_action


@log_call
def add(x: int, y: int) -> int:
    return x + y


def discard(message: object) -> None:
    pass


def run_calls(operations: int) -> None:
    for number in range(operations):
        add(number, 1)


def main() -> None:
    asked = arguments(__doc__)
    messages: list[object] = []
    count = messages.append
    add_destinations(count)
    with start_action(action_type="bench:round"):
        # Counted now, since the destination that is measured cannot count.
        run_calls(asked.warm_up)
        expect("messages", 2 * asked.warm_up + 1, len(messages))
        remove_destination(count)
        add_destinations(discard)
        nanoseconds = warm_and_measure(run_calls, asked)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
