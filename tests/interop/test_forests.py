"""
``eliot-tree`` shows the same as we do, of whole logs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final, TypeAlias
from unittest import skipUnless
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, Gap, Message, Task, read_messages, read_tasks
from tests.forests import Forest, forests, line
from tests.helpers import scratch

#: One line of a tree: how deep it stands, and the type, the level and the status that it shows.
Shown: TypeAlias = tuple[int, str, tuple[int, ...], str | None]

_COMMAND: Final = Path(sys.executable).with_name("eliot-tree")

_STEP: Final = 4  # how much further each line stands that is within another

_LINE: Final = re.compile(
    r"(?P<before>[ |]*)[|+]-- (?P<type>[\w:]+?)(?P<level>(?:/\d+)+)(?: => (?P<status>\w+))? \d{4}-"
)


def one_log(drawn: list[Forest]) -> list[bytes]:
    """
    Write many forests to one log, since a process is slow to start. Each has tasks of its own.
    """
    return [
        line(
            {**message, "task_uuid": str(UUID(int=UUID(str(message["task_uuid"])).int + n * 1000))}
        )
        for n, forest in enumerate(drawn)
        for message in forest.messages
    ]


def theirs(text: str) -> dict[str, list[Shown]]:
    """
    Read what ``eliot-tree`` has drawn.

    :returns: the lines that are messages, by tasks.
    """
    tasks: dict[str, list[Shown]] = {}
    lines: list[Shown] = []
    for each in text.splitlines():
        found = _LINE.match(each)
        if found is not None:
            level = tuple(map(int, found["level"].split("/")[1:]))
            lines.append((len(found["before"]) // _STEP, found["type"], level, found["status"]))
        elif each and each[0] not in " |+":
            lines = tasks[each] = []
    return tasks


def ours(task: Task) -> Iterator[Shown]:
    """
    Walk through a task, in the order in which it is drawn. An action's start stands above what
    happened in it, its end below, as deep as that.
    """

    def walk(node: ActionNode, depth: int) -> Iterator[Shown]:
        assert node.start is not None
        yield shown(node.start, depth)
        for child in node.children():
            item = child.item
            assert not isinstance(item, Gap)
            if isinstance(item, ActionNode):
                yield from walk(item, depth + 1)
            else:
                yield shown(item, depth + 1)

    def shown(message: Message, depth: int) -> Shown:
        return depth, message.type, message.level, message.status

    alone = task.lone_message
    yield from walk(task.root, 0) if alone is None else [shown(alone, 0)]


@skipUnless(find_spec("eliottree"), "eliot-tree is not installed")
class ForestTests(SynchronousTestCase):
    """
    Random forests.
    """

    @settings(max_examples=10)
    @given(drawn=st.lists(forests(), min_size=20, max_size=60), random=st.randoms())
    def test_same(self, drawn: list[Forest], random: Random) -> None:
        """
        Both show the same tasks, each with the same actions and messages, at the same levels, with
        the same statuses, in the same order, whatever the order of the log.
        """
        lines = one_log(drawn)
        random.shuffle(lines)
        path = scratch(self) / "log"
        path.write_bytes(b"".join(lines))
        drawing = subprocess.run(
            [str(_COMMAND), "--ascii", "--color=never", str(path)],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        self.assertEqual(drawing.stderr, "")
        with path.open("rb") as file:
            tasks = list(read_tasks(read_messages(file, "log", self.fail)))
        expected = {task.task_uuid: list(ours(task)) for task in tasks}
        self.assertEqual(sum(map(len, expected.values())), len(lines))
        self.assertEqual(theirs(drawing.stdout), expected)
