"""
Tasks that are continued elsewhere, once or any number of times.
"""

from __future__ import annotations

import re

from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, Logger, log_message, start_action
from tests.helpers import RecordingLogger, identity_of, level_of, of_type, record


class ContinueTaskTests(SynchronousTestCase):
    """
    Going on elsewhere.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_continued(self) -> None:
        """
        An identifier is one place in the task; what continues there is an action at that place.
        """
        with start_action(action_type="here") as here:
            log_message("said")
            task_id = here.serialize_task_id()
            log_message("said")
        self.assertEqual(task_id, f"{here.task_uuid}@/3".encode())
        with Action.continue_task(task_id=task_id):
            log_message("there")
        told = of_type(self.messages, "eliot:remote_task")
        self.assertEqual([each["task_level"] for each in told], [[3, 1], [3, 3]])
        [there] = of_type(self.messages, "there")
        self.assertEqual(identity_of(there), (here.task_uuid, (3, 2)))

    def test_new_place_each_time(self) -> None:
        """
        Each identifier is another place.
        """
        action = start_action(action_type="here")
        self.assertNotEqual(action.serialize_task_id(), action.serialize_task_id())

    def test_fields_and_type(self) -> None:
        """
        The action may have fields and a type of its own, and takes text for bytes.
        """
        action = Action.continue_task(task_id="abc@/2/3", action_type="there", name="world")
        [start] = self.messages
        self.assertEqual((start["action_type"], start["name"]), ("there", "world"))
        self.assertEqual(identity_of(start), ("abc", (2, 3, 1)))
        self.assertEqual(action.task_level, [2, 3])

    def test_whatever_is_current(self) -> None:
        """
        It is where the identifier says, whatever the current action is.
        """
        with start_action(action_type="current"):
            action = Action.continue_task(task_id=b"abc@/2")
        self.assertEqual((action.task_uuid, action.task_level), ("abc", [2]))

    def test_malformed(self) -> None:
        """
        A malformed identifier is refused, and nothing is logged.
        """
        for malformed in ("", b"", "abc", b"abc@/0", None, 3, b"\xff" * 10):
            self.assertRaises(ValueError, Action.continue_task, task_id=malformed)
            self.assertRaises(ValueError, Action.continue_task, None, malformed)
        self.assertEqual(self.messages, [])

    def test_missing(self) -> None:
        """
        A missing one is another kind of mistake.
        """
        self.assertRaises(RuntimeError, Action.continue_task)
        self.assertRaises(RuntimeError, Action.continue_task, Logger())

    def test_deep(self) -> None:
        """
        What one side writes down deep inside a task, the other side can read.
        """
        action = start_action(action_type="top")
        for _ in range(1000):
            action = action.child(None, "deeper")
        continued = Action.continue_task(task_id=action.serialize_task_id())
        self.assertEqual(len(continued.task_level), 1001)


class SharedTaskTests(SynchronousTestCase):
    """
    Identifiers that are good for any number of continuations.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_holder(self) -> None:
        """
        Sharing an identifier logs an action that holds the place, and has ended.
        """
        with start_action(action_type="here") as here:
            log_message("said")
            task_id = here.serialize_task_id(shared=True)
        self.assertEqual(task_id, f"{here.task_uuid}@/3/".encode())
        told = of_type(self.messages, "eliot:shared_task")
        self.assertEqual([each["task_level"] for each in told], [[3, 1], [3, 2]])
        self.assertEqual([each["action_status"] for each in told], ["started", "succeeded"])
        self.assertEqual(here.late_messages, 0)

    def test_continued(self) -> None:
        """
        Each continuation has a place of its own below it: so all identities are unique.
        """
        with start_action(action_type="here") as here:
            task_id = here.serialize_task_id(shared=True)
        for _ in range(20):
            with Action.continue_task(task_id=task_id):
                log_message("there")
        self.assertEqual({each["task_uuid"] for each in self.messages}, {here.task_uuid})
        self.assertEqual(len({identity_of(each) for each in self.messages}), len(self.messages))
        for there in of_type(self.messages, "there"):
            place, drawn, number = level_of(there)
            self.assertEqual((place, number), (2, 2))
            self.assertTrue(2 < drawn < 2**53)

    def test_logger(self) -> None:
        """
        The holder is told to the action's own logger.
        """
        logger = RecordingLogger()
        start_action(logger, "here").serialize_task_id(shared=True)
        self.assertEqual(len(of_type(logger.messages, "eliot:shared_task")), 2)
        self.assertEqual(self.messages, [])

    def test_from_a_continuation(self) -> None:
        """
        What continues may share in turn.
        """
        first = start_action(action_type="here").serialize_task_id(shared=True)
        second = Action.continue_task(task_id=first).serialize_task_id(shared=True)
        self.assertRegex(second, rb"^" + re.escape(first) + rb"[0-9]+/2/$")
        Action.continue_task(task_id=second)
