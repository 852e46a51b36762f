"""
Tests of :mod:`eliot.twisted._blocked`.
"""

from __future__ import annotations

import sys

from twisted.trial.unittest import SynchronousTestCase

from eliot import start_action
from eliot._context import NOWHERE, scope
from eliot.twisted._blocked import Blocked, placed, tell_standstill
from eliot.twisted._turns import Snapshot, snapshot
from tests.helpers import level_of, of_type, record, said, text_of


def taken(name: str) -> Snapshot:
    """
    Make a snapshot of a function of this name.
    """
    names: dict[str, object] = {"snapshot": snapshot, "sys": sys}
    exec(f"def {name}(): return snapshot([sys._getframe()])\nfound = {name}()", names)
    return names["found"]  # type: ignore[return-value]  # what the source says


class BlockedTests(SynchronousTestCase):
    """
    What is told.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)
        self.blocked = Blocked()

    def test_place(self) -> None:
        """
        The message that tells the end has the place and the time at which it was noticed, though
        the action has ended since; it is told once.
        """
        self.blocked.see(taken("work"), 0.5)
        with start_action(action_type="app:work") as action:
            self.blocked.keep(placed(scope.get()))
        self.assertTrue(self.blocked.has_place)
        self.blocked.tell_end(2.0, 0.25)
        self.blocked.tell_end(3.0, 0.25)
        self.assertFalse(self.blocked.has_place)
        start, end, message = self.messages
        self.assertEqual(level_of(message), [2])
        self.assertEqual(level_of(end), [3])
        self.assertLess(str(start["timestamp"]), str(message["timestamp"]))
        self.assertLess(str(message["timestamp"]), str(end["timestamp"]))
        self.assertEqual(action.late_messages, 0)
        shown = said(message)
        self.assertIn("in work", str(shown.pop("stack")))
        self.assertEqual(
            shown, {"duration": 2.0, "cpu_time": 0.25, "ended": True, "log_level": "warn"}
        )

    def test_ended(self) -> None:
        """
        In an action that has ended, it is logged in that around it; else in none.
        """
        with start_action(action_type="app:outer") as outer:
            action = start_action(action_type="app:inner")
            with action.context():
                action.finish()
                self.blocked.tell_so_far(scope.get(), 1.0, 0.0)
        (message,) = of_type(self.messages, "eliot:reactor_blocked")
        self.assertEqual(message["task_uuid"], outer.task_uuid)
        self.assertEqual(len(level_of(message)), 1)
        self.assertEqual(message["ended"], False)
        self.assertNotIn("stack", message)
        self.blocked.tell_so_far(NOWHERE, 1.0, 0.0)
        self.assertNotEqual(self.messages[-1]["task_uuid"], outer.task_uuid)

    def test_not_noticed(self) -> None:
        """
        What was not noticed in time is not told.
        """
        self.blocked.see(taken("work"), 0.5)
        self.blocked.tell_end(2.0, 0.25)
        self.blocked.keep(placed(NOWHERE))
        self.blocked.forget()
        self.blocked.tell_end(2.0, 0.25)
        self.assertEqual(self.messages, [])

    def test_samples(self) -> None:
        """
        Of several places, that is the stack where most of the time was spent; all are told with
        their share, as far as there are few.
        """
        self.blocked.keep(placed(NOWHERE))
        for age, name in ((1.0, "begin"), (7.0, "work"), (9.0, "work"), (10.0, "end")):
            self.blocked.see(taken(name), age)
        self.blocked.tell_end(10.0, 0.0)
        (message,) = self.messages
        samples = message["samples"]
        assert isinstance(samples, list)
        self.assertEqual(samples[0], {"share": 0.8, "stack": message["stack"]})
        self.assertEqual([each["share"] for each in samples[1:]], [0.1, 0.1])

    def test_by_chance(self) -> None:
        """
        A place where little of the time was spent is not told.
        """
        self.blocked.keep(placed(NOWHERE))
        for age, name in ((0.9, "begin"), (10.0, "work")):
            self.blocked.see(taken(name), age)
        self.blocked.tell_end(10.0, 0.0)
        (message,) = self.messages
        self.assertIn("work", text_of(message, "stack"))
        self.assertNotIn("samples", message)

    def test_many_samples(self) -> None:
        """
        Only some places are kept.
        """
        self.blocked.keep(placed(NOWHERE))
        for number in range(100):
            self.blocked.see(taken(f"work{number}"), number)
        self.blocked.tell_end(100.0, 0.0)
        samples = self.messages[0]["samples"]
        assert isinstance(samples, list)
        self.assertLess(len(samples), 10)

    def test_standstill(self) -> None:
        """
        A process that stood still is told of outside of all actions.
        """
        with start_action(action_type="app:work") as action:
            tell_standstill(2.0)
        (message,) = of_type(self.messages, "eliot:process_stood_still")
        self.assertEqual(said(message), {"duration": 2.0, "log_level": "warn"})
        self.assertNotEqual(message["task_uuid"], action.task_uuid)
