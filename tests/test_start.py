"""
Starting actions: inside the current one, or as the root of a task.
"""

from __future__ import annotations

import time

from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, log_message, start_action, start_task
from eliot._start import begin, begin_task
from tests.helpers import identity_of, level_of, of_type, record

#: The fields of every action's messages.
STAMP = {"task_uuid", "task_level", "timestamp", "action_type", "action_status"}


class StartActionTests(SynchronousTestCase):
    """
    Starting actions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_task(self) -> None:
        """
        Outside of all actions, an action is the root of a new task.
        """
        first, second = start_action(action_type="deed"), start_action(action_type="deed")
        self.assertNotEqual(first.task_uuid, second.task_uuid)
        self.assertEqual((first.task_level, first.action_type), ([], "deed"))

    def test_start_message(self) -> None:
        """
        The start message is logged at once, at the first place in the action, with the fields
        that were given and nothing else.
        """
        before = time.time()
        action = start_action(action_type="deed", name="world")
        [start] = self.messages
        self.assertEqual(set(start), STAMP | {"name"})
        self.assertEqual(identity_of(start), (action.task_uuid, (1,)))
        self.assertEqual(
            (start["action_type"], start["action_status"], start["name"]),
            ("deed", "started", "world"),
        )
        timestamp = start["timestamp"]
        assert isinstance(timestamp, float)
        self.assertTrue(before <= timestamp <= time.time())

    def test_child(self) -> None:
        """
        Inside an action, an action takes the next place in it.
        """
        with start_action(action_type="parent") as parent:
            log_message("between")
            child = start_action(action_type="child")
        self.assertEqual((child.task_uuid, child.task_level), (parent.task_uuid, [3]))
        self.assertEqual(level_of(of_type(self.messages, "child")[0]), [3, 1])

    def test_start_task(self) -> None:
        """
        A task that is asked for is a new one, whatever the current action is.
        """
        with start_action(action_type="around") as around:
            task = start_task(action_type="task", name="world")
        self.assertNotEqual(task.task_uuid, around.task_uuid)
        [start] = of_type(self.messages, "task")
        self.assertEqual((start["task_level"], start["name"]), ([1], "world"))
        self.assertEqual(of_type(self.messages, "around")[-1]["task_level"], [2])

    def test_not_current(self) -> None:
        """
        Starting an action does not make it the current one.
        """
        start_action(action_type="deed")
        self.assertIsNone(current_action())

    def test_without_type(self) -> None:
        """
        An action without a type has an empty one.
        """
        with start_action():
            pass
        self.assertEqual([each["action_type"] for each in self.messages], ["", ""])

    def test_framework_wins(self) -> None:
        """
        A user's fields of the framework's names lose.
        """
        start_action(
            action_type="deed", task_uuid="mine", task_level=[9], timestamp="now", action_status="x"
        )
        [start] = self.messages
        self.assertEqual((start["task_level"], start["action_status"]), ([1], "started"))
        self.assertNotEqual(start["task_uuid"], "mine")
        self.assertIsInstance(start["timestamp"], float)

    def test_any_names(self) -> None:
        """
        Others of the framework start actions with fields of any name.
        """
        fields: dict[str, object] = {"logger": 1, "action_type": 2, "self": 3}
        with begin(None, "deed", dict(fields)) as deed:
            task = begin_task(None, "task", dict(fields))
        for action, name in ((deed, "deed"), (task, "task")):
            start = of_type(self.messages, name)[0]
            self.assertEqual((start["logger"], start["self"], action.action_type), (1, 3, name))
        self.assertNotEqual(task.task_uuid, deed.task_uuid)
