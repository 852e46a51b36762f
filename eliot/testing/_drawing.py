"""
What a test has logged, as a tree of text.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain
from typing import Final

from eliot._encode import encode
from eliot._memory import MemoryLogger
from eliot._text import type_name
from eliot.read import Problem, Task, TextOptions, draw_task, read_messages, read_tasks

#: So many lines are shown at most: the last ones, which tell most of what went wrong.
MAXIMUM_LINES: Final = 500


def draw_log(logger: MemoryLogger) -> str:
    """
    Draw what a logger has kept, one task after the other.

    :param logger: what has kept it.
    :returns: printable lines; nothing if nothing was logged.
    """
    try:
        return "\n".join(_bounded(_draw(logger)))
    except Exception as error:
        # Shown beside what went wrong in a test, which must not be hidden by this.
        return f"<drawing what was logged raises {type_name(error)}>"


def _draw(logger: MemoryLogger) -> Iterator[str]:
    log = BytesIO(b"".join(map(encode, logger.serialize())))
    problems: list[Problem] = []
    messages = list(read_messages(log, "log", problems.append))
    # Tasks are handed out once they are complete; they are shown as they began.
    tasks: dict[str, list[Task]] = {message.task_uuid: [] for message in messages}
    for task in read_tasks(messages):
        tasks[task.task_uuid].append(task)
    options = TextOptions(ascii_only=not _can_show("├─╰│»"))
    for task in chain.from_iterable(tasks.values()):
        yield from draw_task(task, options)
    for problem in problems:
        yield f"({problem})"


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    kept: deque[str] = deque(maxlen=MAXIMUM_LINES)
    count = 0
    for count, line in enumerate(lines, start=1):  # noqa: B007 - the last one is used
        kept.append(line)
    if count > MAXIMUM_LINES:
        yield f"({count - MAXIMUM_LINES:,} lines more)"
    yield from kept


def _can_show(text: str) -> bool:
    """
    Tell whether the terminal, or what stands in its place, can show a text.
    """
    # A test runner may have put something else in the place of sys.stdout for now.
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except (LookupError, UnicodeError):
        return False
    return True
