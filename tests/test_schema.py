"""
Types of messages and actions.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, current_action, measure_durations, start_action
from eliot._encode import encode
from eliot._errors import register_exception_extractor
from eliot._field import Field, ValidationError, fields
from eliot._fields import RESERVED
from eliot._logger import swap_logger
from eliot._memory import MemoryLogger
from eliot._schema import ActionType, FieldsSerializer, MessageType
from tests.helpers import BrokenLogger, Fields, RecordingLogger, level_of, of_type, record


class User:
    """
    An object that JSON does not know.

    :param name: its name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<User {self.name}>"


def name_of(user: User) -> str:
    """
    Serialize a user.
    """
    return user.name


def refuse(value: object) -> object:
    """
    Serialize nothing.

    :raises ZeroDivisionError: always.
    """
    raise ZeroDivisionError(f"no {value}")


USER = Field("user", name_of, "Who it is.")
REGISTERED = MessageType("registered", [USER, *fields(age=int)], "Somebody is new.")
SIGN_IN = ActionType("sign in", [USER], fields(status=int), "Somebody comes.")


class Interrupted(Exception):
    """
    An exception of which an extractor tells more.
    """


class SerializerTests(SynchronousTestCase):
    """
    Serializing the fields of a message.
    """

    def serializer(self, *members: Field) -> FieldsSerializer:
        """
        Make a serializer.
        """
        return FieldsSerializer(list(members), (), ("message_type", "m"))

    def test_serialize(self) -> None:
        """
        Each field is serialized, in place; those that are missing, or more than there should be, do
        not matter.
        """
        message: Fields = {"user": User("Ann"), "other": User("Bob")}
        self.serializer(USER, Field("size", refuse)).serialize(message)
        self.assertEqual((message["user"], repr(message["other"])), ("Ann", "<User Bob>"))
        self.assertEqual(len(message), 2)

    def test_key_error(self) -> None:
        """
        A serializer that raises KeyError is no missing field.
        """
        serializer = self.serializer(Field("size", {}.__getitem__))
        self.assertRaises(KeyError, serializer.serialize, {"size": 1})

    def test_none(self) -> None:
        """
        A serializer may give None.
        """
        message: Fields = {"size": 1}
        self.serializer(Field("size", lambda value: None)).serialize(message)
        self.assertEqual(message, {"size": None})

    @given(
        st.dictionaries(st.sampled_from("abcdef"), st.booleans()),
        st.sets(st.sampled_from("abcdef")),
    )
    def test_raises(self, works: dict[str, bool], given: set[str]) -> None:
        """
        One that raises costs its own field, which is shown.
        """
        serializer = self.serializer(
            *(Field(key, str.upper if good else refuse) for key, good in works.items())
        )
        message: Fields = dict.fromkeys(given, "x")
        broken = [key for key, good in works.items() if not good and key in given]
        if broken:
            self.assertRaises(ZeroDivisionError, serializer.serialize, message)
        else:
            serializer.serialize(message)
        for key in given:
            expected = {True: "X", False: "'x'", None: "x"}[works.get(key)]
            self.assertEqual(message[key], expected)

    def test_first(self) -> None:
        """
        It is the first one that is raised.
        """
        serializer = self.serializer(Field("b", refuse), Field("a", int))
        error = self.assertRaises(ZeroDivisionError, serializer.serialize, {"a": "x", "b": 1})
        self.assertEqual(str(error), "no 1")

    def test_control(self) -> None:
        """
        What is not an error passes through.
        """

        def interrupt(value: object) -> object:
            raise KeyboardInterrupt

        self.assertRaises(
            KeyboardInterrupt, self.serializer(Field("a", interrupt)).serialize, {"a": 1}
        )


class MessageTypeTests(SynchronousTestCase):
    """
    Types of messages.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_attributes(self) -> None:
        """
        A type knows its name, and what it means.
        """
        self.assertEqual(REGISTERED.message_type, "registered")
        self.assertEqual(REGISTERED.description, "Somebody is new.")
        self.assertEqual(MessageType("m", []).description, "")
        self.assertEqual(repr(REGISTERED), "<MessageType 'registered'>")

    def test_log(self) -> None:
        """
        A message is logged in the current action, with its fields serialized.
        """
        with start_action(action_type="around") as action:
            REGISTERED.log(user=User("Ann"), age=7)
        [message] = of_type(self.messages, "registered")
        self.assertEqual((message["user"], message["age"]), ("Ann", 7))
        self.assertEqual((message["task_uuid"], level_of(message)), (action.task_uuid, [2]))

    def test_message(self) -> None:
        """
        A message can be made, and be written later, also to a logger of one's own.
        """
        message = REGISTERED(user=User("Ann"))
        self.assertIsInstance(message, Message)
        self.assertEqual(message.contents()["message_type"], "registered")
        message.bind(age=7).write()
        [written] = self.messages
        self.assertEqual((written["user"], written["age"]), ("Ann", 7))
        logger = RecordingLogger()
        message.write(logger)
        [serializer] = logger.serializers
        assert serializer is not None
        serializer.serialize(logger.messages[0])
        self.assertEqual(logger.messages[0]["user"], "Ann")

    def test_not_validated(self) -> None:
        """
        Nothing is validated where something is logged: whatever is there is written.
        """
        REGISTERED.log(age="seven", other=1)
        [message] = self.messages
        self.assertEqual((message["age"], message["other"]), ("seven", 1))

    def test_serializer_raises(self) -> None:
        """
        A field that cannot be serialized is shown; the rest is written, and so is what happened.
        """
        REGISTERED.log(user="Ann", age=7)
        [message, traceback, failure] = self.messages
        self.assertEqual((message["user"], message["age"]), ("'Ann'", 7))
        self.assertEqual(traceback["exception"], "builtins.AttributeError")
        self.assertEqual(failure["message_type"], "eliot:serialization_failure")

    def test_any_name(self) -> None:
        """
        Fields may have any name: those of the framework's lose, as ever.
        """
        for write in (REGISTERED.log, lambda **given: REGISTERED(**given).write()):
            self.messages.clear()
            write(self=1, logger=2, message_type=3, fields=4, task_uuid=5, action=6)
            [message] = self.messages
            self.assertEqual(message["message_type"], "registered")
            self.assertNotEqual(message["task_uuid"], 5)
            self.assertEqual([message[name] for name in ("self", "logger", "fields")], [1, 2, 4])

    def test_broken_logger(self) -> None:
        """
        A logger that raises harms nobody.
        """
        logger = MemoryLogger()
        logger.write = BrokenLogger(ZeroDivisionError("no")).write  # type: ignore[method-assign]
        self.swap(logger)
        REGISTERED.log(age=7)
        self.assertEqual(
            [each["message_type"] for each in self.messages], ["registered", "eliot:traceback"]
        )

    def swap(self, logger: MemoryLogger) -> None:
        """
        Make a logger the default.
        """
        self.addCleanup(swap_logger, swap_logger(logger))

    def test_nonsense(self) -> None:
        """
        What is no field, or may not be one, is refused at once.
        """
        for nonsense in (3, "ab", None):
            self.assertRaises(TypeError, MessageType, "m", [nonsense])
        self.assertRaises(TypeError, MessageType, "m", "ab")
        for name in [*RESERVED, "_private"]:
            error = self.assertRaises(ValueError, MessageType, "m", [Field(name, str)])
            self.assertIn(repr(name), str(error))
        self.assertRaises(ValueError, MessageType, "m", [USER, USER])


class ActionTypeTests(SynchronousTestCase):
    """
    Types of actions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_attributes(self) -> None:
        """
        A type knows its name, and what it means.
        """
        self.assertEqual(SIGN_IN.action_type, "sign in")
        self.assertEqual(SIGN_IN.description, "Somebody comes.")
        self.assertEqual(ActionType("a", [], []).description, "")
        self.assertEqual(repr(SIGN_IN), "<ActionType 'sign in'>")

    def test_keywords(self) -> None:
        """
        Parameters have the names that older programs use.
        """
        ActionType(action_type="a", startFields=[], successFields=[], description="")

    def test_action(self) -> None:
        """
        A call starts an action in the current one; its fields are serialized.
        """
        kind = ActionType("deed", [USER], [Field("status", str)])
        with start_action(action_type="around") as around, kind(user=User("Ann")) as action:
            self.assertIs(current_action(), action)
            action.add_success_fields(status=7)
        [start, end] = of_type(self.messages, "deed")
        self.assertEqual((start["user"], start["action_status"]), ("Ann", "started"))
        self.assertEqual((end["status"], end["action_status"]), ("7", "succeeded"))
        self.assertEqual((action.task_uuid, action.task_level), (around.task_uuid, [2]))

    def test_no_parent(self) -> None:
        """
        Outside of all actions it is a task.
        """
        self.assertEqual(SIGN_IN(user=User("Ann")).task_level, [])

    def test_as_task(self) -> None:
        """
        It can be a task inside another, too.
        """
        with start_action(action_type="around") as around:
            for action in (SIGN_IN.as_task(user=User("Ann")), SIGN_IN.asTask(user=User("Bob"))):
                self.assertNotEqual(action.task_uuid, around.task_uuid)
                self.assertEqual(action.task_level, [])

    def test_logger(self) -> None:
        """
        The logger may be given in first place, or by its name; the parent's is not inherited.
        """
        for start in (SIGN_IN, SIGN_IN.as_task):
            logger = RecordingLogger()
            start(logger).finish()
            start(logger=logger).finish()
            start(None, logger=logger).finish()
            self.assertEqual(len(logger.messages), 6)
        self.assertEqual(self.messages, [])

    def test_field_named_logger(self) -> None:
        """
        Where there is a field of that name, that is meant.
        """
        kind = ActionType("deed", fields(logger=str), [])
        kind(logger="x")
        kind.as_task(logger="x")
        self.assertEqual([each["logger"] for each in self.messages], ["x", "x"])

    def test_no_logger(self) -> None:
        """
        What is no logger harms nobody.
        """
        SIGN_IN(logger="x", user=1)
        self.assertEqual(len(of_type(self.messages, "sign in")), 1)

    def test_any_name(self) -> None:
        """
        Fields may have any name: those of the framework's lose, as ever.
        """
        SIGN_IN(RecordingLogger(), logger=1)
        for start in (SIGN_IN, SIGN_IN.as_task):
            self.messages.clear()
            start(self=1, action_type=2, _serializers=3, task_uuid=4, parent=5, fields=6)
            [message] = self.messages
            self.assertEqual(message["action_type"], "sign in")
            self.assertNotEqual(message["task_uuid"], 4)
            self.assertEqual([message[name] for name in ("self", "_serializers")], [1, 3])

    def test_serializer_raises(self) -> None:
        """
        Neither the action nor its block notices that a field cannot be serialized.
        """
        kind = ActionType("deed", [Field("a", refuse)], [Field("b", refuse)])
        with kind(a=1) as action:
            action.add_success_fields(b=2)
        [start, end] = of_type(self.messages, "deed")
        self.assertEqual((start["a"], end["b"]), ("1", "2"))
        self.assertEqual(len(of_type(self.messages, "eliot:serialization_failure")), 2)

    def test_nonsense(self) -> None:
        """
        What is no field, or may not be one, is refused at once, in both lists.
        """
        wrong: list[tuple[type[Exception], Iterable[object]]] = [
            (TypeError, [3]),
            (TypeError, "ab"),
            (ValueError, [Field("_private", str)]),
            (ValueError, [USER, USER]),
            *((ValueError, [Field(name, str)]) for name in RESERVED),
        ]
        for error, members in wrong:
            self.assertRaises(error, ActionType, "a", members, [])
            self.assertRaises(error, ActionType, "a", [], members)


class ValidateTests(SynchronousTestCase):
    """
    Validating what was logged.
    """

    def setUp(self) -> None:
        """
        Log to a logger in memory.
        """
        self.logger = MemoryLogger()
        self.addCleanup(swap_logger, swap_logger(self.logger))

    def assert_wrong(self, culprit: str) -> None:
        """
        Fail unless validation names what is wrong.
        """
        error = self.assertRaises(ValidationError, self.logger.validate)
        self.assertIn(culprit, str(error).splitlines()[0])
        self.logger.reset()

    def test_right(self) -> None:
        """
        Messages and actions that are what their types say pass, as often as one asks.
        """
        REGISTERED.log(user=User("Ann"), age=7)
        REGISTERED(user=User("Ann"), age=7).write()
        with SIGN_IN(user=User("Ann")) as action:
            action.add_success_fields(status=1)
        self.logger.validate()
        self.logger.validate()
        self.assertIsInstance(self.logger.messages[0]["user"], User)

    def test_message(self) -> None:
        """
        A field that is missing is an error, as is one of a wrong type, one that cannot be
        serialized, and one too many; so is a type that was replaced.
        """
        ann = User("Ann")
        REGISTERED.log(user=ann)
        self.assert_wrong("'age'")
        REGISTERED.log(user=ann, age="7")
        self.assert_wrong("'age'")
        REGISTERED.log(user="Ann", age=7)
        self.assert_wrong("'user'")
        REGISTERED.log(user=ann, age=7, other=1)
        self.assert_wrong("'other'")
        REGISTERED.log(user=ann, age=7, exception="x")
        self.assert_wrong("'exception'")
        REGISTERED(user=ann, age=7).bind(message_type="other").write()
        self.assert_wrong("'message_type'")

    def test_action(self) -> None:
        """
        The same is so for the start of an action, and for its success.
        """
        SIGN_IN(name="Ann")
        self.assert_wrong("'user'")
        SIGN_IN(user=User("Ann")).finish()
        self.assert_wrong("'status'")
        action = SIGN_IN(user=User("Ann"))
        action.add_success_fields(status="x")
        action.finish()
        self.assert_wrong("'status'")
        action = SIGN_IN(user=User("Ann"))
        action.add_success_fields(status=1, more=1)
        action.finish()
        self.assert_wrong("'more'")

    def test_failure(self) -> None:
        """
        The end of an action that fails may have whatever extractors add.
        """
        register_exception_extractor(Interrupted, lambda error: {"code": 3})
        SIGN_IN(user=User("Ann")).finish(Interrupted("x"))
        SIGN_IN(user=User("Ann")).finish(OSError(2, "x"))
        self.assertEqual(self.logger.messages[1]["code"], 3)
        self.logger.validate()

    def test_durations(self) -> None:
        """
        That actions are measured does not matter.
        """
        self.addCleanup(measure_durations, False)
        measure_durations()
        for exception in (None, ValueError("x")):
            action = SIGN_IN(user=User("Ann"))
            action.add_success_fields(status=1)
            action.finish(exception)
        self.assertIn("eliot:duration", self.logger.messages[1])
        self.logger.validate()

    @given(
        st.fixed_dictionaries(
            {
                "text": st.text() | st.binary(),
                "number": st.integers() | st.floats() | st.none(),
                "list": st.lists(st.integers() | st.text() | st.binary() | st.builds(object)),
                "user": st.builds(User, st.text()) | st.text(),
            }
        )
    )
    def test_valid_is_encodable(self, values: Fields) -> None:
        """
        What passes is written with nothing replaced; what would be replaced does not pass.
        """
        kind = MessageType(
            "m",
            [
                USER,
                Field.for_types("text", [str, bytes]),
                Field.for_types("number", [int, float, None]),
                Field.for_types("list", [list]),
            ],
        )
        self.logger.reset()
        kind.log(**values)
        try:
            self.logger.validate()
        except ValidationError:
            valid = False
        else:
            valid = True
        [message] = self.logger.serialize()
        replaced = b"eliot:encoding" in encode(message)
        if valid:
            self.assertFalse(replaced)
        if replaced or isinstance(values["user"], str):
            self.assertFalse(valid)
