"""
Tests of :mod:`eliot.read._rows`.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message, Task, read_tasks
from eliot.read._rows import Row, rows_of
from tests.forests import Fields, Forest, damaged, forests
from tests.read.test_statistics import at, begun, done, read_lines
from tests.read.test_tasks import walk


def rows(*messages: Message) -> list[Row]:
    """
    Make the rows of a log.
    """
    return [row for task in read_tasks(messages) for row in rows_of(task)]


class RowTests(SynchronousTestCase):
    """
    Each message is a row.
    """

    def test_action(self) -> None:
        """
        A row has the place of its message; the end of an action says how long that took.
        """
        start, message, end = rows(
            begun("u", [], 1.0), at("u", [2], 1.5, message_type="m", x=[1]), done("u", [3], 3.0)
        )
        self.assertEqual((start.task_uuid, start.task_level, start.level), ("u", [1], "/1"))
        self.assertEqual((start.action_type, start.action_status), ("a", "started"))
        self.assertEqual((start.message_type, start.duration), (None, None))
        self.assertEqual((message.message_type, message.timestamp), ("m", 1_500_000))
        self.assertEqual(message.fields, b'{"x":[1]}')
        self.assertEqual((end.duration, end.task_complete, end.fields), (2.0, True, b"{}"))

    def test_texts(self) -> None:
        """
        Fields that are always text have columns; where one is not, it stands among the others.
        """
        row, other = rows(
            at("u", [1], 1.0, exception="E", reason="why", log_level="high"),
            at("v", [1], 1.0, exception=5, reason=["why"], message_type=None),
        )
        self.assertEqual((row.exception, row.reason, row.log_level), ("E", "why", "high"))
        self.assertEqual((other.exception, other.reason, other.message_type), (None, None, None))
        self.assertEqual(
            json.loads(other.fields), {"exception": 5, "reason": ["why"], "message_type": None}
        )

    def test_beyond(self) -> None:
        """
        Levels and times that do not fit are not in their columns; nothing of them is lost.
        """
        (row,) = rows(at("u", [2**63], 1e300))
        self.assertEqual((row.task_level, row.level), (None, f"/{2**63}"))
        self.assertEqual((row.timestamp, json.loads(row.fields)), (None, {"timestamp": 1e300}))

    def test_odd(self) -> None:
        """
        Late messages and duplicates are marked.
        """
        found = rows(begun("u", [], 1.0), done("u", [3], 2.0), at("u", [4], 3.0), at("u", [4], 4.0))
        self.assertEqual([row.late for row in found], [False, False, True, True])
        self.assertEqual([row.duplicate for row in found], [False, False, False, True])
        self.assertEqual({row.task_complete for row in found}, {False})

    def check(self, tasks: list[Task]) -> None:
        """
        Every message of the tasks has a row, with the marks of its place.
        """
        for task in tasks:
            found = [*rows_of(task)]
            expected = [
                (str(child.item.fields["mark"]), child.late, child.duplicate)
                for _, child in walk(task)
                if isinstance(child.item, Message)
            ]
            self.assertEqual(
                sorted((json.loads(row.fields)["mark"], row.late, row.duplicate) for row in found),
                sorted(expected),
            )
            for row in found:
                place: Fields = {
                    "task_uuid": row.task_uuid,
                    "task_level": [*(row.task_level or [])],
                }
                own = dict(json.loads(row.fields), **place)
                self.assertEqual({**own, **row.message.fields}, row.message.fields)

    @given(forests(odd=True))
    def test_whole(self, forest: Forest) -> None:
        """
        Whole logs are in the table.
        """
        self.check([*read_tasks(map(Message, forest.messages))])

    @given(st.data(), forests(odd=True))
    def test_damaged(self, data: st.DataObject, forest: Forest) -> None:
        """
        So are those to which everything happened.
        """
        lines = data.draw(damaged(forest)).lines
        self.check([*read_tasks(each for line in lines for each in read_lines(line))])
