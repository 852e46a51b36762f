"""
The stamp of a message: its place, the time, and its type.
"""

from __future__ import annotations

import time
from uuid import UUID

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, MemoryLogger, debug, start_action
from eliot._context import NOWHERE, Scope
from eliot._stamp import stamp, unfinished
from tests.helpers import Fields, record, text_of
from tests.hostile import LyingStr


class StampTests(SynchronousTestCase):
    """
    Stamping.
    """

    def test_own_task(self) -> None:
        """
        Without an action, each message is a new task of its own, at level 1.
        """
        first: Fields = {}
        second: Fields = {}
        stamp(first, None, "said")
        stamp(second, None, "said")
        self.assertEqual([first["task_level"], second["task_level"]], [[1], [1]])
        self.assertNotEqual(UUID(text_of(first, "task_uuid")), UUID(text_of(second, "task_uuid")))

    def test_in_action(self) -> None:
        """
        In an action, messages get the next places in its task; the first is its start's.
        """
        action = Action(None, "task", [3, 1], "deed")
        messages: list[Fields] = [{} for _ in range(3)]
        for message in messages:
            stamp(message, action, "said")
        self.assertEqual([each["task_uuid"] for each in messages], ["task"] * 3)
        self.assertEqual([each["task_level"] for each in messages], [[3, 1, n] for n in (2, 3, 4)])

    def test_time(self) -> None:
        """
        The timestamp is now, in seconds since the epoch, as a float.
        """
        message: Fields = {}
        before = time.time()
        stamp(message, None, "said")
        now = message["timestamp"]
        assert isinstance(now, float)
        self.assertTrue(before <= now <= time.time())

    def test_wins(self) -> None:
        """
        Fields of the same names lose; others stay.
        """
        message: Fields = {
            "task_uuid": 1,
            "task_level": "x",
            "timestamp": None,
            "message_type": 3,
            "other": 2,
        }
        stamp(message, Action(None, "task", [], "deed"), "said")
        self.assertEqual(message["task_uuid"], "task")
        self.assertEqual(message["task_level"], [2])
        self.assertIsInstance(message["timestamp"], float)
        self.assertEqual(message["message_type"], "said")
        self.assertEqual(message["other"], 2)

    def test_late(self) -> None:
        """
        What comes after the end of the action is counted there, and whoever looks on is told,
        unless nobody is to blame.
        """
        told: list[str] = []
        debug.enable(lambda misuse, _: told.append(misuse))
        self.addCleanup(debug.disable)
        action = start_action(MemoryLogger(), "deed")
        action.finish()
        stamp({}, action, "said", False)
        self.assertEqual((action.late_messages, told), (1, []))
        stamp({}, action, "said")
        self.assertEqual((action.late_messages, told), (2, ["eliot:debug:late_message"]))

    def test_hostile_names(self) -> None:
        """
        Names that cannot even be compared with the framework's do no harm, and use up no place.
        """
        for name in ("task_uuid", "task_level", "timestamp", "message_type"):
            action = Action(None, "task", [], "deed")
            message: Fields = {LyingStr(name): "mine"}
            stamp(message, action, "said")
            self.assertEqual(message["task_level"], [2])
            self.assertEqual(action.next_level(), [3])


class UnfinishedTests(SynchronousTestCase):
    """
    Where in a scope something can be logged that is not late.
    """

    def test_innermost(self) -> None:
        """
        It is the innermost action that has not ended.
        """
        record(self)
        outer, inner = (Action(None, "task", [], name) for name in ("outer", "inner"))
        scope: Scope = (inner, (outer, NOWHERE))
        self.assertIs(unfinished(scope), inner)
        inner.finish()
        self.assertIs(unfinished(scope), outer)
        outer.finish(ZeroDivisionError())
        self.assertIs(unfinished(scope), None)
        self.assertIs(unfinished(NOWHERE), None)
