"""
Serializing the fields of typed messages.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, current_action, start_action
from eliot._interfaces import MessageSerializer
from eliot._serialize import serialized
from tests.helpers import Fields, identity_of, of_type, record, text_of


class Halved:
    """
    A serializer that halves the field ``size``, and then fails to serialize ``name``.
    """

    def serialize(self, message: Fields) -> None:
        """
        Serialize a message.
        """
        size = message["size"]
        assert isinstance(size, int)
        message["size"] = size // 2
        raise ValueError("no name")


class Doubled:
    """
    A serializer that doubles the field ``size``.
    """

    def serialize(self, message: Fields) -> None:
        """
        Serialize a message.
        """
        size = message["size"]
        assert isinstance(size, int)
        message["size"] = size * 2


class Interrupted:
    """
    A serializer during which somebody presses Ctrl-C.
    """

    def serialize(self, message: Fields) -> None:
        """
        Be interrupted.
        """
        raise KeyboardInterrupt


class ActionSerializers:
    """
    The serializers of an action that all fail.
    """

    start: MessageSerializer | None = Halved()
    success: MessageSerializer | None = Halved()
    failure: MessageSerializer | None = Halved()


class SerializedTests(SynchronousTestCase):
    """
    Serializing.
    """

    def test_serialized(self) -> None:
        """
        A serialized message is a new one; the original stays.
        """
        message: Fields = {"size": 4, "other": 1}
        self.assertEqual(serialized(message, Doubled()), [{"size": 8, "other": 1}])
        self.assertEqual(message, {"size": 4, "other": 1})

    def test_fails(self) -> None:
        """
        Where that fails, the message is there at its own level, with what could be serialized, and
        the two documented messages follow it in the same action.
        """
        messages = record(self)
        with start_action(action_type="around") as action:
            Message.new(Halved(), message_type="typed", size=4, name="world").write()
        [_, typed, traceback, failure, _] = messages
        self.assertEqual((typed["message_type"], typed["size"]), ("typed", 2))
        self.assertEqual(traceback["message_type"], "eliot:traceback")
        self.assertEqual(
            (traceback["exception"], traceback["reason"]), ("builtins.ValueError", "no name")
        )
        self.assertIn("in serialize\n", text_of(traceback, "traceback"))
        self.assertEqual(failure["message_type"], "eliot:serialization_failure")
        self.assertIn("'size': 4", text_of(failure, "message"))
        self.assertEqual(
            [identity_of(each) for each in (typed, traceback, failure)],
            [(action.task_uuid, (number,)) for number in (2, 3, 4)],
        )

    def test_action(self) -> None:
        """
        So it is for the messages of an action, which starts and ends all the same.
        """
        messages = record(self)
        action = start_action(None, "typed", ActionSerializers(), size=4)
        action.add_success_fields(size=6)
        action.finish()
        told = of_type(messages, "typed")
        self.assertEqual([each["action_status"] for each in told], ["started", "succeeded"])
        self.assertEqual([each["task_level"] for each in told], [[1], [2]])
        self.assertEqual([each["size"] for each in told], [2, 3])
        self.assertEqual(len(of_type(messages, "eliot:serialization_failure")), 2)
        self.assertIsNone(current_action())

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """
        self.assertRaises(KeyboardInterrupt, serialized, {}, Interrupted())
