"""A message of three fields inside an action, written to a file and flushed."""

from __future__ import annotations

from _timing import arguments, expect_lines, report, warm_and_measure

from eliot import FileDestination, add_destinations, log_message, start_action


def log_messages(operations: int) -> None:
    for number in range(operations):
        log_message(message_type="bench:message", number=number, text="a short text", part=0.25)


def main() -> None:
    asked = arguments(__doc__)
    with asked.path.open("wb") as file:
        add_destinations(FileDestination(file=file))
        with start_action(action_type="bench:round"):
            nanoseconds = warm_and_measure(log_messages, asked)
        # The start and the end of the action are two lines more.
        expect_lines(asked.path, asked.total + 2)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
