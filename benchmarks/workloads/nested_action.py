"""
An action inside an action: start with one field, add one success field, finish.

That makes two messages, each written to a file and flushed.
"""

from __future__ import annotations

from _timing import arguments, expect_lines, report, warm_and_measure

from eliot import FileDestination, add_destinations, start_action


def run_actions(operations: int) -> None:
    for number in range(operations):
        with start_action(action_type="bench:nested", number=number) as action:
            action.add_success_fields(result=number)


def main() -> None:
    asked = arguments(__doc__)
    with asked.path.open("wb") as file:
        add_destinations(FileDestination(file=file))
        with start_action(action_type="bench:round"):
            nanoseconds = warm_and_measure(run_actions, asked)
        # Two lines for each action, the outer one too.
        expect_lines(asked.path, 2 * (asked.total + 1))
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
