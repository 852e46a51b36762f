"""
A message of three fields outside any action, written to a file and flushed.

Such a message is a task of its own, so each one needs a new task id.
"""

from __future__ import annotations

from _timing import arguments, expect_lines, report, warm_and_measure

from eliot import FileDestination, add_destinations, log_message


def log_messages(operations: int) -> None:
    for number in range(operations):
        log_message(message_type="bench:message", number=number, text="a short text", part=0.25)


def main() -> None:
    asked = arguments(__doc__)
    with asked.path.open("wb") as file:
        add_destinations(FileDestination(file=file))
        nanoseconds = warm_and_measure(log_messages, asked)
        expect_lines(asked.path, asked.total)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
