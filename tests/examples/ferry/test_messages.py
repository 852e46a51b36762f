"""
Messages that stand for themselves.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Said, messages_of, stories_of


class MessagesTests(SynchronousTestCase):
    """
    What is logged in the short way and in the long one.
    """

    def test_messages(self) -> None:
        """
        Each way gives the type and the fields, and every message has the global field.  Binding
        leaves the message that it was done to as it is.
        """
        weather = Said("pier:weather", {"knots": 12, "clear": True, "harbour": "north"})
        self.assertEqual(
            stories_of("ferry/messages.py"),
            [
                weather,
                weather,
                Said("pier:closing", {"gate": 2, "harbour": "north"}),
                Said(
                    "pier:delay",
                    {"ferry": "Tern", "minutes": 20, "reason": "fog", "harbour": "north"},
                ),
                Said("pier:delay", {"ferry": "Tern", "minutes": 5, "harbour": "north"}),
            ],
        )

    def test_tasks(self) -> None:
        """
        Outside of all actions, each is a task of its own.
        """
        messages = messages_of("ferry/messages.py")
        self.assertEqual({each.level for each in messages}, {(1,)})
        self.assertEqual(len({each.task_uuid for each in messages}), len(messages))

    def test_built_in_fields(self) -> None:
        """
        Each has the fields that say where and when it was logged, and what it is, and none of
        those that actions have.
        """
        for message in messages_of("ferry/messages.py"):
            names = message.fields.keys()
            self.assertGreaterEqual(names, {"task_uuid", "task_level", "timestamp", "message_type"})
            self.assertNotIn("action_type", names)
            self.assertNotIn("action_status", names)
