"""
Messages, logged at once or later.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, current_action, log_message, start_action
from tests.helpers import (
    BrokenLogger,
    Fields,
    RecordingLogger,
    fresh_context,
    identity_of,
    in_threads,
    level_of,
    of_type,
    record,
)
from tests.hostile import LyingStr


class Upper:
    """
    A serializer that makes the field ``name`` upper case.
    """

    def serialize(self, message: Fields) -> None:
        """
        Serialize a message.
        """
        message["name"] = str(message["name"]).upper()


class LogMessageTests(SynchronousTestCase):
    """
    Logging at once.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_fields(self) -> None:
        """
        A message has its type, its fields, its identity, the time, and nothing else.
        """
        log_message("greeting", name="world", count=3)
        [message] = self.messages
        self.assertEqual(
            set(message),
            {"message_type", "name", "count", "task_uuid", "task_level", "timestamp"},
        )
        self.assertEqual(
            [message[name] for name in ("message_type", "name", "count")],
            ["greeting", "world", 3],
        )

    def test_outside_of_actions(self) -> None:
        """
        Outside of all actions each message is a task of its own.
        """
        log_message("first")
        log_message("second")
        self.assertEqual([each["task_level"] for each in self.messages], [[1], [1]])
        self.assertNotEqual(self.messages[0]["task_uuid"], self.messages[1]["task_uuid"])

    def test_in_action(self) -> None:
        """
        Inside an action it gets the next place in that action.
        """
        with start_action(action_type="outer"), start_action(action_type="inner") as inner:
            log_message("first")
            log_message("second")
        found = of_type(self.messages, "first") + of_type(self.messages, "second")
        self.assertEqual([each["task_uuid"] for each in found], [inner.task_uuid] * 2)
        self.assertEqual([each["task_level"] for each in found], [[2, 2], [2, 3]])

    def test_framework_wins(self) -> None:
        """
        A user's fields of the framework's names lose.
        """
        fields: Fields = {"task_uuid": "mine", "task_level": [9], "timestamp": "now", "name": 1}
        log_message("claim", **fields)
        [message] = self.messages
        self.assertEqual(message["task_level"], [1])
        self.assertNotEqual(message["task_uuid"], "mine")
        self.assertIsInstance(message["timestamp"], float)
        self.assertEqual(message["name"], 1)

    def test_callers_dictionary(self) -> None:
        """
        The caller's own dictionary is left alone.
        """
        fields: Fields = {"name": 1}
        log_message("kept", **fields)
        self.assertEqual(fields, {"name": 1})

    def test_any_field_name(self) -> None:
        """
        Fields may have the names of parameters elsewhere.
        """
        names = ["self", "logger", "action", "fields", "serializer", "exception", "reason"]
        log_message("named", **dict.fromkeys(names, 1))
        self.assertEqual([self.messages[0][name] for name in names], [1] * len(names))

    def test_from_threads(self) -> None:
        """
        Messages that threads log in one action each get a place of their own, without gaps.
        """
        with start_action(action_type="shared") as action:

            def run(number: int) -> None:
                with action.context():
                    for _ in range(200):
                        log_message("said")

            in_threads(4, run)
        said = of_type(self.messages, "said")
        self.assertEqual(sorted(level_of(each) for each in said), [[n] for n in range(2, 802)])


class MessageTests(SynchronousTestCase):
    """
    Messages that are made first and logged later.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_new(self) -> None:
        """
        Making a message logs nothing; writing it does.
        """
        message = Message.new(message_type="greeting", name="world")
        self.assertEqual(self.messages, [])
        message.write()
        [logged] = self.messages
        self.assertEqual((logged["message_type"], logged["name"]), ("greeting", "world"))

    def test_log(self) -> None:
        """
        Messages can be logged at once, by their fields alone.
        """
        with start_action(action_type="around") as action:
            Message.log(message_type="greeting", name="world")
        [logged] = of_type(self.messages, "greeting")
        self.assertEqual(logged["name"], "world")
        self.assertEqual(identity_of(logged), (action.task_uuid, (2,)))

    def test_without_type(self) -> None:
        """
        A message without a type has an empty one.
        """
        Message.log(name="world")
        Message.new().write()
        self.assertEqual([each["message_type"] for each in self.messages], ["", ""])

    def test_any_field_name(self) -> None:
        """
        Fields may be called ``self`` and ``cls``.
        """
        Message.log(self=1, cls=2)
        Message.new(self=1, cls=2).bind(self=1, cls=2).write()
        self.assertEqual([(each["self"], each["cls"]) for each in self.messages], [(1, 2)] * 2)

    def test_bind(self) -> None:
        """
        Binding gives a new message with more fields, or other values; the first one stays.
        """
        first = Message.new(message_type="greeting", name="world", count=1)
        second = first.bind(count=2, loud=True)
        self.assertEqual(
            first.contents(), {"message_type": "greeting", "name": "world", "count": 1}
        )
        self.assertEqual(
            second.contents(),
            {"message_type": "greeting", "name": "world", "count": 2, "loud": True},
        )

    def test_bind_keeps_serializer(self) -> None:
        """
        What binding gives is serialized as the first one is.
        """
        Message.new(Upper(), message_type="greeting", name="world").bind(count=1).write()
        [logged] = self.messages
        self.assertEqual((logged["name"], logged["count"]), ("WORLD", 1))

    def test_contents_are_a_copy(self) -> None:
        """
        Neither the dictionary it was made from nor the one it shows leads into a message.
        """
        fields: Fields = {"name": "world"}
        message = Message(fields)
        fields["name"] = "changed"
        message.contents()["name"] = "changed"
        message.write()
        self.assertEqual(self.messages[0]["name"], "world")
        self.assertEqual(message.contents(), {"name": "world"})

    def test_written_again(self) -> None:
        """
        Writing a message again logs another one, with an identity of its own.
        """
        message = Message.new(message_type="tick")
        with start_action(action_type="clock"):
            message.write()
            message.write()
        ticks = of_type(self.messages, "tick")
        self.assertEqual([each["task_level"] for each in ticks], [[2], [3]])

    def test_written_in_an_action(self) -> None:
        """
        An action that is named is the message's, whichever is the current one.
        """
        named = start_action(action_type="named")
        with start_action(action_type="current"):
            Message.new(message_type="said").write(action=named)
        [said] = of_type(self.messages, "said")
        self.assertEqual(identity_of(said), (named.task_uuid, (2,)))

    def test_framework_wins(self) -> None:
        """
        A user's fields of the framework's names lose.
        """
        Message.log(task_uuid="mine", task_level=[9], timestamp="now")
        [message] = self.messages
        self.assertEqual(message["task_level"], [1])
        self.assertNotEqual(message["task_uuid"], "mine")
        self.assertIsInstance(message["timestamp"], float)

    def test_hostile_name(self) -> None:
        """
        A field's name that cannot even be compared with others does no harm.
        """
        Message({LyingStr("task_uuid"): "mine"}).write()
        self.assertEqual(len(self.messages), 1)


class LoggerTests(SynchronousTestCase):
    """
    Messages written to a logger.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_given_logger(self) -> None:
        """
        A logger that is given, as first positional argument, gets the complete message and its
        serializer, and nothing goes to the default logger.
        """
        logger, serializer = RecordingLogger(), Upper()
        Message.new(serializer, message_type="greeting", name="world").write(logger)
        [message], [given] = logger.messages, logger.serializers
        self.assertIs(given, serializer)
        self.assertEqual((message["name"], message["task_level"]), ("world", [1]))
        self.assertEqual(self.messages, [])

    def test_logger_and_action(self) -> None:
        """
        Logger and action can be given in this order.
        """
        logger, action = RecordingLogger(), start_action(action_type="named")
        Message.new(message_type="said").write(logger, action)
        self.assertEqual(identity_of(logger.messages[0]), (action.task_uuid, (2,)))

    def test_broken_logger(self) -> None:
        """
        The message that a broken logger was given gets to the destinations all the same, and a
        traceback tells what the logger has raised, in the same action.
        """
        with start_action(action_type="around") as action:
            Message.new(message_type="said", count=1).write(BrokenLogger(ZeroDivisionError("no")))
        [said] = of_type(self.messages, "said")
        self.assertEqual((said["count"], said["task_level"]), (1, [2]))
        [told] = of_type(self.messages, "eliot:traceback")
        self.assertEqual(told["exception"], "builtins.ZeroDivisionError")
        self.assertEqual(identity_of(told), (action.task_uuid, (3,)))

    def test_not_a_logger(self) -> None:
        """
        What is no logger at all is dealt with like a broken one.
        """
        Message.new(message_type="said").write("stderr")  # type: ignore[arg-type]  # wrong
        self.assertEqual(len(of_type(self.messages, "said")), 1)
        [told] = of_type(self.messages, "eliot:traceback")
        self.assertEqual(told["exception"], "builtins.AttributeError")

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """
        message = Message.new(message_type="said")
        self.assertRaises(KeyboardInterrupt, message.write, BrokenLogger(KeyboardInterrupt()))
        self.assertEqual(self.messages, [])


class CurrentActionTests(SynchronousTestCase):
    """
    Logging and the context.
    """

    def test_unchanged(self) -> None:
        """
        Logging leaves the current action what it was.
        """
        fresh_context(self)
        record(self)
        with start_action(action_type="around") as action:
            log_message("said")
            Message.log(message_type="said")
            self.assertIs(current_action(), action)
        self.assertIsNone(current_action())
