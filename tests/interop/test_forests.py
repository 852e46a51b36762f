"""
``eliot-tree`` shows the same as we do, of whole logs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Final, TypeAlias
from unittest import skipUnless
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.examples.running import run
from tests.forests import Forest, forests, line
from tests.helpers import scratch

#: A line of a tree: how deep it stands; its type, or how an action has ended here; its level, which
#: is that of the action where one starts; and there, how that has ended.
Shown: TypeAlias = tuple[int, str, tuple[int, ...], str | None]

_COMMAND: Final = Path(sys.executable).with_name("eliot-tree")

_THEIRS: Final = re.compile(
    r"(?P<before>(?:    |\|   )*)[|+]-- (?P<type>[\w:]+?)(?P<level>(?:/\d+)+)"
    r"(?: => (?P<status>\w+))? \d{4}-"
)
_OURS: Final = re.compile(
    r"(?P<before>(?:   |\|  )*)[|`]- (?P<type>[\w:]+)  (?P<level>[/\d]+)"
    r"(?:  \[(?P<status>\w+)\])?  \d\d:"
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


def level_in(text: str) -> tuple[int, ...]:
    """
    Read a level.
    """
    return tuple(int(each) for each in text.split("/") if each)


def theirs(text: str) -> dict[str, list[Shown]]:
    """
    Read what ``eliot-tree`` has drawn. It shows starts and ends, each at its own level.

    :returns: what is shown, by tasks.
    """
    tasks: dict[str, list[Shown]] = {}
    lines: list[Shown] = []
    open_actions: dict[tuple[int, ...], int] = {}
    for each in text.splitlines():
        found = _THEIRS.match(each)
        if found is None:
            if each and each[0] not in " |+":
                lines = tasks[each] = []
                open_actions = {}
            continue
        depth, name = len(found["before"]) // 4, found["type"]
        level, status = level_in(found["level"]), found["status"]
        if status == "started":
            open_actions[level[:-1]] = len(lines)
            lines.append((depth, name, level[:-1], None))
        elif status is None:
            lines.append((depth, name, level, None))
        else:
            place = open_actions.pop(level[:-1])
            lines[place] = (*lines[place][:3], status)
            assert lines[place][:2] == (depth - 1, name)
            lines.append((depth, status, level, None))
    return tasks


def ours(text: str) -> dict[str, list[Shown]]:
    """
    Read what ``eliot tree --show-levels`` has drawn.

    :returns: what is shown, by tasks.
    """
    tasks: dict[str, list[Shown]] = {}
    lines: list[Shown] = []
    for each in text.splitlines():
        found = _OURS.match(each)
        if found is not None:
            status = found["status"] and found["status"].lower()
            depth = len(found["before"]) // 3
            name = found["type"] if ":" in found["type"] else found["type"].lower()
            lines.append((depth, name, level_in(found["level"]), status))
        elif each and each[0] not in " |`":
            lines = tasks[each.split()[0]] = []
    return tasks


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
        options = ["--ascii", "--fields=none", "--show-levels"]
        tree = run(path.parent, "-m", "eliot.cli", "tree", *options, "log")
        self.assertEqual((tree.returncode, tree.stderr), (0, ""))
        expected = ours(tree.stdout)
        self.assertEqual(sum(map(len, expected.values())), len(lines))
        self.assertEqual(theirs(drawing.stdout), expected)
