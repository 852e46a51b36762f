"""
What the whole command makes of a log to which everything has happened that can happen to one.
"""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import Final

from tests.cli.running import CommandCase
from tests.forests import GARBAGE, Fields, line

_TASKS: Final = 400

#: How each subcommand shows the field that no two messages have alike.
_SHOWN: Final = {
    ("tree", "--unicode"): re.compile(r" mark: (m\d+)$", re.MULTILINE),
    ("tree", "--fields", "inline", "--show-levels"): re.compile(r"  mark=(m\d+)\b"),
    ("grep", "--quiet", "mark"): re.compile(r" mark: (m\d+)$", re.MULTILINE),
    ("pretty",): re.compile(r"^  mark: '(m\d+)'$", re.MULTILINE),
    ("compact",): re.compile(r' mark="(m\d+)"'),
    ("console",): re.compile(r" mark=(m\d+)\b"),
    ("filter",): re.compile(r'"mark":"(m\d+)"'),
}


class DamagedLogTests(CommandCase):
    """
    Lines of many tasks, shuffled, of which some are missing, some doubled, and some no messages.
    """

    def setUp(self) -> None:
        """
        Make the log.
        """
        super().setUp()
        random = Random("the same each time")
        whole = [fields for number in range(_TASKS) for fields in _task(random, number)]
        self.survivors = [each for each in whole if random.random() >= 0.05]
        self.survivors += [each for each in self.survivors if random.random() < 0.05]
        self.garbage = random.choices(GARBAGE, k=len(whole) // 20)
        lines = [*map(line, self.survivors), *self.garbage]
        random.shuffle(lines)
        self.log = self.file("damaged.log", b"".join(lines))

    def test_shown_once(self) -> None:
        """
        Each message that has survived is shown exactly as often as it is there; what is no
        message is told on standard error, with file and line, or counted.
        """
        expected = Counter(str(each["mark"]) for each in self.survivors)
        self.assertGreater(len(expected), 5_000)
        for arguments, pattern in _SHOWN.items():
            result = self.command(*arguments, self.log)
            self.assertIsNone(result.exc_info and result.exc_info[1].__cause__)
            self.assertEqual(Counter(pattern.findall(result.stdout)), expected, arguments)
            self.assertEqual(result.exit_code, 1)
            told = result.stderr.splitlines()
            self.assertEqual(told[-1], f"{self.log}: {len(self.garbage) - 5:,} more problems")
            for each in told[:5]:
                self.assertRegex(each, rf"^{re.escape(self.log)}:\d+: ")


def _task(random: Random, number: int) -> list[Fields]:
    """
    Log a task at random, with about twenty messages.
    """
    logged: list[Fields] = []

    def log(level: list[int], **fields: str) -> None:
        logged.append(
            {
                "task_uuid": f"task-{number}",
                "task_level": [*level],
                "timestamp": 1_764_000_000 + number + len(logged) / 1000,
                "mark": f"m{number * 1_000_000 + len(logged)}",
                **fields,
            }
        )

    def act(level: list[int]) -> None:
        log([*level, 1], action_type="test:act", action_status="started")
        last = 2
        while len(logged) < 40 and random.random() < 0.75:
            if random.random() < 0.4 and len(level) < 6:
                act([*level, last])
            else:
                log([*level, last], message_type="test:message")
            last += 1
        status = random.choice(["succeeded", "succeeded", "failed"])
        log([*level, last], action_type="test:act", action_status=status)

    act([])
    return logged
