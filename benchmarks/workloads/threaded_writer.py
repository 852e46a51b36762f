"""
Messages of three fields inside an action, through ``ThreadedWriter`` to a file.

They are logged in the thread of a running reactor. ``caller`` is the time spent there; ``durable``
lasts until ``stopService`` says that all has been written. The messages come in batches, each
through a writer of its own: a batch fits into any sensible queue, and each starts with an empty
one.
"""

from __future__ import annotations

import time

from _timing import arguments, elapsed, expect_lines, report
from twisted.internet import task
from twisted.internet.interfaces import IReactorCore

from eliot import FileDestination, log_message, start_action
from eliot.logwriter import ThreadedWriter

#: The most messages that are logged before the queue is drained: about one megabyte.
BATCH = 5_000


def log_messages(operations: int) -> None:
    for number in range(operations):
        log_message(message_type="bench:message", number=number, text="a short text", part=0.25)


def batches(operations: int) -> list[int]:
    """Cut a number of operations into batches, the last of which may be smaller."""
    whole, rest = divmod(operations, BATCH)
    return [BATCH] * whole + ([rest] if rest else [])


async def main(reactor: IReactorCore) -> None:
    asked = arguments(__doc__)
    with asked.path.open("wb") as file:
        destination = FileDestination(file=file)

        async def write(operations: int) -> tuple[int, int]:
            writer = ThreadedWriter(destination, reactor)
            writer.startService()
            with start_action(action_type="bench:batch"):
                start = time.perf_counter_ns()
                caller = elapsed(log_messages, operations)
            await writer.stopService()
            return caller, time.perf_counter_ns() - start

        warm_up = batches(asked.warm_up)
        measured = batches(asked.operations)
        for batch in warm_up:
            await write(batch)
        times = [await write(batch) for batch in measured]
        # The start and the end of each batch's action are two lines more.
        expect_lines(asked.path, asked.total + 2 * len(warm_up + measured))
    report(
        asked.operations,
        caller=sum(caller for caller, durable in times) / asked.operations,
        durable=sum(durable for caller, durable in times) / asked.operations,
    )


if __name__ == "__main__":
    task.react(main)
