"""
The log that the workloads of the reading side read: tasks of fourteen messages, ten at a time.

Each is an action with three actions in it, of which each has a message, and three messages more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import UUID

MESSAGES_OF_A_TASK = 14

_AT_A_TIME = 10


def write_log(path: Path, messages: int) -> int:
    """
    Write a log.

    :param path: The file.
    :param messages: About how many messages there are to be.
    :returns: How many tasks there are, which are complete.
    """
    tasks = max(1, messages // MESSAGES_OF_A_TASK)
    with path.open("wb") as file:
        file.writelines(lines(tasks))
    return tasks


def lines(tasks: int) -> Iterator[bytes]:
    """
    Make the lines of a log.

    :param tasks: How many tasks there are to be.
    """
    waiting = (_task(number) for number in range(tasks))
    running = list(islice(waiting, _AT_A_TIME))
    time = 1_764_000_000.0
    while running:
        for task in list(running):
            fields = next(task, None)
            if fields is None:
                running[running.index(task) : running.index(task) + 1] = islice(waiting, 1)
                continue
            time += 0.000125
            yield f"{json.dumps({**fields, 'timestamp': time})}\n".encode()


def _task(number: int) -> Iterator[dict[str, object]]:
    # The digits of such numbers are spread like those of random ones.
    task_uuid = str(UUID(int=(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))

    def message(*level: int, **fields: object) -> dict[str, object]:
        return {"task_uuid": task_uuid, "task_level": level, **fields}

    def start(*level: int, action: str, **fields: object) -> dict[str, object]:
        return message(*level, 1, action_type=action, action_status="started", **fields)

    def end(*level: int, action: str, **fields: object) -> dict[str, object]:
        return message(*level, action_type=action, action_status="succeeded", **fields)

    yield start(action="harbour:request", method="GET", path=f"/ships/{number}")
    for place in (2, 3, 4):
        yield start(place, action="harbour:query", table="ships", key=number * place)
        yield message(place, 2, message_type="harbour:row", name="Frisia IV", length=71.7)
        yield end(place, 3, action="harbour:query", rows=1)
    for place in (5, 6, 7):
        yield message(
            place, message_type="harbour:note", text="moored at the west pier", place=place
        )
    yield end(8, action="harbour:request", status=200)
