"""
The recipes for jq and lnav: what they find is what Python finds.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message
from tests.examples.logs import folder_with_logs
from tests.examples.pages import DOCS, blocks
from tests.examples.running import EXAMPLES, read_log, run

PAGE = DOCS / "recipes.rst"

#: What follows the place of an action in the levels of its messages.
Place = tuple[str, tuple[int, ...]]


def recipes(program: str) -> Iterator[str]:
    """
    Find the recipes of the page, in order.

    :param program: the program that they use.
    """
    return (each for each in blocks(PAGE, "sh") if f"{program} -" in each or f"{program} c" in each)


class RecipesCase(SynchronousTestCase):
    """
    A folder with logs, in which recipes are followed.
    """

    folder: Path

    def setUp(self) -> None:
        """
        Make the folder.
        """
        self.folder = folder_with_logs(self)
        (self.folder / "examples").symlink_to(EXAMPLES)
        self.messages = read_log(self.folder / "orders.log")

    def follow(self, recipe: str) -> str:
        """
        Follow a recipe.

        :returns: what it prints.
        """
        done = subprocess.run(
            ["sh", "-e", "-c", recipe],
            capture_output=True,
            check=False,
            cwd=self.folder,
            encoding="utf-8",
            env={
                **os.environ,
                "HOME": str(self.folder),
                "PATH": os.pathsep.join([str(self.folder.parent / "bin"), os.environ["PATH"]]),
                "PYTHONIOENCODING": "utf-8",
                "LANG": "C.UTF-8",
                "TZ": "UTC",
            },
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""), recipe)
        return done.stdout

    def of_status(self, *statuses: str) -> list[Message]:
        """
        Select the messages with which actions have started or ended so.
        """
        return [each for each in self.messages if each.status in statuses]

    def durations(self) -> list[tuple[str, str, float]]:
        """
        Find out how long each action took that has ended.

        :returns: its task, its type, and how many seconds.
        """
        started = {_place(each): each for each in self.of_status("started")}
        return [
            (each.task_uuid, each.type, each.timestamp - started[_place(each)].timestamp)
            for each in self.of_status("succeeded", "failed")
        ]


def _place(message: Message) -> Place:
    return message.task_uuid, message.level[:-1]


def _decoded(lines: str) -> list[JSON]:
    return [json.loads(line) for line in lines.splitlines()]


@skipUnless(shutil.which("jq"), "jq is not installed")
class JqTests(RecipesCase):
    """
    Recipes for jq.
    """

    def test_recipes(self) -> None:
        """
        Each prints what Python finds.
        """
        counted, failed, warned, one, tasks, durations, fields, lenient = recipes("jq")

        found = {name: int(number) for number, name in map(str.split, self._lines(counted))}
        self.assertEqual(found, Counter(each.type for each in self.messages))

        self.assertEqual(
            [line.split("\t") for line in self._lines(failed)],
            [
                [each.type, each.fields["exception"], each.fields["reason"]]
                for each in self.of_status("failed")
            ],
        )

        self.assertEqual(
            self._lines(warned),
            [
                f"{datetime.fromtimestamp(int(each.timestamp), UTC):%Y-%m-%dT%H:%M:%SZ} {each.type}"
                for each in self.messages
                if each.fields.get("log_level") in {"WARNING", "ERROR"}
            ],
        )

        drawn = run(self.folder, "-m", "eliot.cli", "tree", "--task-uuid", "ed07", "orders.log")
        self.assertIn("PaymentDeclined", drawn.stdout)
        self.assertEqual(self.follow(one), drawn.stdout)

        bad = {each.task_uuid for each in self.of_status("failed")}
        self.assertCountEqual(
            _decoded(self.follow(tasks)),
            [each.fields for each in self.messages if each.task_uuid in bad],
        )

        took = [line.split("\t") for line in self._lines(durations)]
        self.assertCountEqual(
            [(name, round(float(seconds), 5)) for name, seconds in took],
            [(name, round(seconds, 5)) for _, name, seconds in self.durations()],
        )

        self.assertEqual(
            [(item, int(left)) for _, item, left in csv.reader(StringIO(self.follow(fields)))],
            [
                (each.fields["item"], each.fields["left"])
                for each in self.messages
                if each.type == "warehouse:few_left"
            ],
        )

        self.assertEqual(
            set(map(str, _decoded(self.follow(lenient)))),
            {each.task_uuid for each in self.messages},
        )

    def _lines(self, recipe: str) -> list[str]:
        return self.follow(recipe).splitlines()


@skipUnless(shutil.which("lnav"), "lnav is not installed")
class LnavTests(RecipesCase):
    """
    Recipes for lnav.
    """

    def test_recipes(self) -> None:
        """
        Once the format is installed, each prints what Python finds.
        """
        install, both, warned, failed, slowest, fields = recipes("lnav")
        self.assertIn("installed", self.follow(f"{install} 2>&1"))

        shown = [line.split() for line in self._headings(both)]
        # Within a millisecond, lnav goes by files.
        times = [time for time, *_ in shown]
        self.assertEqual(times, sorted(times))
        self.assertCountEqual(
            [(task_uuid, level) for _, task_uuid, level, *_ in shown],
            [
                (each.task_uuid[:8], json.dumps(each.level, separators=(",", ":")))
                for each in self.messages
            ],
        )

        self.assertEqual(
            [line.split()[3] for line in self._headings(warned)],
            [
                each.type
                for each in self.messages
                if each.fields.get("log_level") in {"WARNING", "ERROR"}
            ],
        )

        self.assertEqual(
            self._table(failed),
            [
                {"action_type": name, "failed": str(number)}
                for name, number in sorted(
                    Counter(each.type for each in self.of_status("failed")).items()
                )
            ],
        )

        longest = sorted(self.durations(), key=lambda each: -each[2])[:2]
        table = self._table(slowest)
        self.assertEqual(
            [(row["task_uuid"], row["action_type"]) for row in table],
            [(task_uuid, name) for task_uuid, name, _ in longest],
        )
        for row, (_, _, seconds) in zip(table, longest, strict=True):
            # The difference of two times without their microseconds.
            self.assertLess(abs(float(row["milliseconds"]) - seconds * 1000), 1.01)

        left: dict[JSON, JSON] = {}
        for each in self.messages:
            if each.type == "warehouse:few_left":
                left[each.fields["item"]] = str(each.fields["left"])
        self.assertEqual({row["item"]: row["left"] for row in self._table(fields)}, left)

    def _headings(self, recipe: str) -> list[str]:
        # The fields of a message are indented.
        return [line for line in self.follow(recipe).splitlines() if line[:1].isdigit()]

    def _table(self, recipe: str) -> list[dict[str, str]]:
        return list(csv.DictReader(StringIO(self.follow(recipe))))
