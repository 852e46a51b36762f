"""
The logger that keeps everything, for tests.
"""

from __future__ import annotations

import contextlib
import gc
import json
from datetime import date

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import (
    ILogger,
    Message,
    add_global_fields,
    debug,
    log_message,
    start_action,
    start_task,
    write_failure,
    write_traceback,
)
from eliot._errors import register_exception_extractor
from eliot._field import ValidationError
from eliot._logger import swap_logger
from eliot._memory import MemoryLogger
from tests.helpers import Fields, RecordingLogger, in_threads, record, run_child
from tests.hostile import Hostile, HostileKey, HostileMeta, LyingDict, LyingStr, OfHostileClass


class Upper:
    """
    A serializer of somebody else, which validates nothing.
    """

    def serialize(self, message: Fields) -> None:
        """
        Make the field ``name`` upper case.
        """
        message["name"] = str.upper(message["name"])  # type: ignore[arg-type]  # or it raises


class Strict(Upper):
    """
    One that validates.

    :param error: what it raises.
    """

    def __init__(self, error: Exception) -> None:
        self._error = error

    def validate(self, message: Fields) -> None:
        """
        Raise.
        """
        raise self._error


class ListsForDates(json.JSONEncoder):
    """
    An encoder class of a user's.
    """

    def default(self, o: object) -> object:
        """
        Encode a date.
        """
        return [o.year] if isinstance(o, date) else super().default(o)


class AllOrNothing(json.JSONEncoder):
    """
    An encoder class of a user's that encodes by itself.
    """

    def encode(self, o: object) -> str:
        """
        Encode a message, if it is one that there should be.
        """
        assert isinstance(o, dict)
        answer = o["answer"]
        assert isinstance(answer, str)
        return answer


class Broken(Exception, metaclass=HostileMeta):
    """
    An exception whose class does not want to be asked.
    """


class MemoryTestCase(SynchronousTestCase):
    """
    A test with such a logger.
    """

    def setUp(self) -> None:
        """
        Make it the default.
        """
        record(self)
        self.logger = MemoryLogger()
        self.addCleanup(swap_logger, swap_logger(self.logger))

    def refused(self) -> str:
        """
        Get what validation says.
        """
        return str(self.assertRaises(ValidationError, self.logger.validate))


class KeepTests(MemoryTestCase):
    """
    What is kept.
    """

    def test_interface(self) -> None:
        """
        It is a logger as others are.
        """
        self.assertTrue(verifyObject(ILogger, self.logger))

    def test_write(self) -> None:
        """
        Messages are kept as they were given, and so are their serializers, in order.
        """
        first: Fields = {"name": object()}
        second: Fields = {"name": "x"}
        serializer = Upper()
        self.logger.write(first)
        self.logger.write(second, serializer)
        self.assertIs(self.logger.messages[0], first)
        self.assertIs(self.logger.messages[1], second)
        self.assertEqual(self.logger.serializers, [None, serializer])

    def test_serialize(self) -> None:
        """
        Serialized messages are copies; a field that cannot be serialized harms nothing else.
        """
        for name in ("ann", 3):
            self.logger.write({"name": name}, Upper())
        self.logger.write({"name": "bob"})
        self.assertEqual([each["name"] for each in self.logger.serialize()], ["ANN", 3, "bob"])
        self.assertEqual([each["name"] for each in self.logger.messages], ["ann", 3, "bob"])

    def test_reset(self) -> None:
        """
        Everything can be forgotten.
        """
        log_message("said", task_uuid=1)
        write_failure(Failure(ValueError()))
        self.logger.reset()
        self.assertEqual(self.logger.messages, [])
        self.assertEqual(self.logger.serializers, [])
        self.assertEqual(self.logger.tracebackMessages, [])
        self.logger.validate()

    def test_global_fields(self) -> None:
        """
        Global fields are not what a test is about: they are not added.
        """
        add_global_fields(process="x")
        log_message("said")
        self.assertNotIn("process", self.logger.messages[0])

    def test_threads(self) -> None:
        """
        Any thread may log; nothing is lost or mixed up.
        """
        serializers = [Upper() for _ in range(4)]

        def write(number: int) -> None:
            for _ in range(200):
                self.logger.write(
                    {"number": number, "message_type": "eliot:traceback"}, serializers[number]
                )
                self.logger.flush_tracebacks(ValueError)

        in_threads(4, write)
        self.assertEqual(len(self.logger.messages), 800)
        self.assertEqual(len(self.logger.tracebackMessages), 800)
        for message, serializer in zip(self.logger.messages, self.logger.serializers, strict=True):
            number = message["number"]
            assert isinstance(number, int)
            self.assertIs(serializer, serializers[number])

    def test_threads_flush(self) -> None:
        """
        While tracebacks come, several threads may flush them: each is flushed once.
        """
        flushed: list[Fields] = []

        def write_and_flush(number: int) -> None:
            for _ in range(20):
                write_failure(Failure(ValueError()))
                flushed.extend(self.logger.flush_tracebacks(ValueError))

        in_threads(4, write_and_flush)
        flushed.extend(self.logger.flush_tracebacks(ValueError))
        self.assertEqual(len({id(each) for each in flushed}), 80)
        self.assertEqual(len(flushed), 80)

    def test_anything(self) -> None:
        """
        Writing never raises, whatever it is given.
        """
        anything: list[object] = [
            3,
            None,
            LyingDict(message_type="eliot:traceback"),
            {"message_type": Hostile("repr")},
            {"message_type": "eliot:traceback", "exception": Hostile("repr")},
            {"message_type": "eliot:traceback", "exception": LyingStr("builtins.ValueError")},
            {HostileKey(): 1},
            {"value": OfHostileClass()},
        ]
        for each in anything:
            self.logger.write(each)  # type: ignore[arg-type]  # no message
            self.logger.flush_tracebacks(ValueError)
            # Nor does this raise anything else.
            with contextlib.suppress(ValidationError):
                self.logger.validate()
            if isinstance(each, dict):
                self.assertEqual(len(self.logger.serialize()), 1)
            self.logger.reset()
        self.logger.write(3)  # type: ignore[arg-type]  # no message
        self.assertIn("It is 3\n", self.refused())

    def test_no_exception(self) -> None:
        """
        A message with a traceback is one, whatever it says of the exception.
        """
        for exception in (Hostile("repr"), None, "no.Such"):
            self.logger.write({"message_type": "eliot:traceback", "exception": exception})
        self.assertEqual(self.logger.flush_tracebacks(BaseException), [])
        self.assertEqual(len(self.logger.tracebackMessages), 3)

    def test_forked(self) -> None:
        """
        A child does not wait for a thread that it does not have.
        """
        program = """
import os, signal, warnings
from threading import Event, Thread
from eliot._memory import MemoryLogger
warnings.simplefilter("ignore")
logger = MemoryLogger()
held, over = Event(), Event()
def hold():
    with logger._lock:
        held.set()
        over.wait()
Thread(target=hold).start()
held.wait()
child = os.fork()
if child == 0:
    signal.alarm(10)
    logger.flush_tracebacks(ValueError)
    os._exit(0)
status = os.waitpid(child, 0)[1]
over.set()
assert status == 0, status
"""
        result = run_child(program, measured=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class DefaultTests(MemoryTestCase):
    """
    What reaches the default logger.
    """

    def test_everything(self) -> None:
        """
        Whatever is logged does.
        """
        log_message("one")
        Message.log(message_type="two")
        Message.new(message_type="three").write()
        with start_action(action_type="four") as action:
            action.log("five")
        start_task(action_type="six")
        try:
            raise ValueError
        except ValueError:
            write_traceback()
        write_failure(Failure(ValueError()))
        self.assertEqual(
            [each.get("message_type", each.get("action_type")) for each in self.logger.messages],
            ["one", "two", "three", "four", "five", "four", "six", *["eliot:traceback"] * 2],
        )

    def test_started_before(self) -> None:
        """
        An action keeps the logger that it has; what is logged otherwise goes to the new one.
        """
        with start_action(action_type="around") as action:
            logger = MemoryLogger()
            self.assertIs(swap_logger(logger), self.logger)
            action.log("of the action")
            log_message("other")
            start_action(action_type="inner").finish()
        self.assertEqual(
            [each.get("message_type", "around") for each in self.logger.messages],
            ["around", "of the action", "around"],
        )
        self.assertEqual(
            [each.get("message_type", "inner") for each in logger.messages],
            ["other", "inner", "inner"],
        )


class TracebacksTests(MemoryTestCase):
    """
    Messages that show exceptions nobody expected.
    """

    def write(self, *exceptions: BaseException) -> None:
        """
        Log exceptions.
        """
        for each in exceptions:
            try:
                raise each
            except BaseException:
                write_traceback()

    def reasons(self, messages: list[Fields]) -> list[object]:
        """
        Get what messages say.
        """
        return [each["reason"] for each in messages]

    def test_kept(self) -> None:
        """
        They are kept among the others, and apart, too.
        """
        log_message("said")
        self.write(ValueError("x"))
        [message] = self.logger.tracebackMessages
        self.assertIs(message, self.logger.messages[1])
        self.assertEqual(message["exception"], "builtins.ValueError")
        self.assertIs(self.logger.traceback_messages, self.logger.tracebackMessages)

    def test_flush(self) -> None:
        """
        Those of a class, and its subclasses, can be taken out; the others stay, in order.
        """
        self.write(KeyError("1"), OSError("2"), IndexError("3"), ValueError("4"), KeyError("5"))
        self.assertEqual(
            self.reasons(self.logger.flush_tracebacks(LookupError)), ["'1'", "3", "'5'"]
        )
        self.assertEqual(self.reasons(self.logger.tracebackMessages), ["2", "4"])
        self.assertEqual(self.logger.flush_tracebacks(LookupError), [])
        self.assertEqual(
            self.reasons(self.logger.flush_tracebacks((OSError, ValueError))), ["2", "4"]
        )
        self.assertEqual(len(self.logger.messages), 5)

    def test_older_spelling(self) -> None:
        """
        The older spelling is the same.
        """
        self.write(ValueError("x"))
        self.assertEqual(len(self.logger.flushTracebacks(ValueError)), 1)

    def test_failure(self) -> None:
        """
        So it is for Failures, of the exceptions in them.
        """
        write_failure(Failure(KeyError("x")))
        self.assertEqual(len(self.logger.flush_tracebacks(LookupError)), 1)

    def test_forgotten_class(self) -> None:
        """
        A class that nobody has any more is known all the same.
        """

        def fail() -> None:
            class Local(KeyError):
                pass

            self.write(Local("x"))

        fail()
        gc.collect()
        self.assertEqual(len(self.logger.flush_tracebacks(LookupError)), 1)

    def test_hostile_class(self) -> None:
        """
        Classes of exceptions may be as hostile as they like.
        """
        write_traceback(exc_info=(Broken, Broken("x"), None))
        self.write(ValueError("y"))
        self.assertEqual(self.reasons(self.logger.flush_tracebacks(ValueError)), ["y"])
        self.assertEqual(self.reasons(self.logger.flush_tracebacks(Exception)), ["x"])

    def test_other_loggers(self) -> None:
        """
        It does not matter by which way a message comes.
        """
        forward = RecordingLogger()
        write_failure(Failure(KeyError("x")), forward)
        self.logger.write(dict(forward.messages[0]))
        log_message("eliot:traceback", exception="builtins.KeyError")
        self.assertEqual(len(self.logger.flush_tracebacks(LookupError)), 2)


class ValidateTests(MemoryTestCase):
    """
    Validation.
    """

    def test_right(self) -> None:
        """
        Everything passes that can be encoded as it is.
        """
        log_message("said", a=[1, (2.5, None)], b=b"bytes", c={"x": {1: date(2020, 1, 1)}}, d=True)
        self.logger.write({})
        self.logger.write({b"name": 1})  # type: ignore[dict-item]  # bytes are read as text
        self.logger.validate()

    def test_encoding(self) -> None:
        """
        What would be replaced is an error, which older programs know as a TypeError.
        """
        for value in (object(), [object()], 2**70, b"\xff", "\ud800", {(1, 2): 3}):
            self.logger.reset()
            log_message("said", name=value)
            error = self.assertRaises(TypeError, self.logger.validate)
            self.assertIsInstance(error, ValidationError)
            self.assertIn("Field 'name' cannot be encoded", str(error))

    def test_shown(self) -> None:
        """
        The error names the message, shows its fields shortly, and says where it was logged.
        """
        log_message("said", name=object(), text="x" * 10_000)
        first, message, place = self.refused().splitlines()
        self.assertIn("'name'", first)
        self.assertIn("In the message 'said': name=<object object at", message)
        self.assertLess(len(message), 1100)
        self.assertNotIn("task_uuid", message)
        self.assertRegex(place, rf"^Logged at {__file__}:\d+ in ValidateTests\.test_shown$")

    def test_shown_action(self) -> None:
        """
        So it is for an action: there it is the line where it ended.
        """
        with start_action(action_type="deed") as action:
            action.add_success_fields(name=object())
        _, message, place = self.refused().splitlines()
        self.assertIn("In the action 'deed' (succeeded): name=", message)
        self.assertIn("test_shown_action", place)

    def test_no_fields(self) -> None:
        """
        A message may have no fields at all.
        """
        self.logger.write({"message_type": "said"}, Strict(ValidationError("no")))
        self.assertIn("In the message 'said': no fields", self.refused())

    def test_serializer(self) -> None:
        """
        Serializers of others are asked to validate, if they do, and to serialize.
        """
        self.logger.write({"name": "x"}, Upper())
        self.logger.validate()
        for serializer, said in (
            (Strict(ValidationError("must be positive:", -3)), "must be positive: -3\n"),
            (Strict(ZeroDivisionError("no")), "Its serializer raises ZeroDivisionError: no\n"),
            (Upper(), "Its serializer raises TypeError: "),
        ):
            self.logger.reset()
            self.logger.write({"name": 3}, serializer)
            error = self.assertRaises(ValidationError, self.logger.validate)
            self.assertIn(said, str(error))
            self.assertIsInstance(error.__cause__, Exception)

    def test_names(self) -> None:
        """
        Names of fields are text.
        """
        self.logger.write({3: 1})  # type: ignore[dict-item]  # what is tested
        self.assertIn("not 3", self.refused())

    def test_first(self) -> None:
        """
        It is the first message that is told of.
        """
        for name in ("first", "second"):
            log_message(name, value=object())
        self.assertIn("'first'", self.refused())

    def test_own_list(self) -> None:
        """
        Messages that a test has put into the list, or taken out, count as well, or not.
        """
        log_message("wrong", value=object())
        del self.logger.messages[0]
        self.logger.validate()
        self.logger.messages.append({"value": object()})
        said = self.refused()
        self.assertIn("'value'", said)
        self.assertNotIn("Logged at", said)
        self.assertEqual(self.logger.serializers, [None])


class EncoderTests(SynchronousTestCase):
    """
    Encoders that tests choose.
    """

    def validated(self, logger: MemoryLogger, value: object) -> bool:
        """
        Tell whether a value passes.
        """
        logger.reset()
        logger.write({"value": value})
        try:
            logger.validate()
        except ValidationError:
            return False
        return True

    def test_function(self) -> None:
        """
        A function is asked first; then what is known anyway.
        """

        def default(value: object) -> object:
            if isinstance(value, complex):
                return [value.real, value.imag]
            if value is Ellipsis:
                return object()
            raise TypeError

        logger = MemoryLogger(json_default=default)
        for value, expected in (
            (1j, True),
            (b"x", True),
            (b"\xff", False),
            (date(2020, 1, 1), True),
            (object(), False),
            (Ellipsis, False),
        ):
            self.assertEqual(self.validated(logger, value), expected)
        shown = MemoryLogger(json_default=repr)
        self.assertTrue(self.validated(shown, object()))

    def test_class(self) -> None:
        """
        So is a class.
        """
        logger = MemoryLogger(encoder=ListsForDates)
        self.assertTrue(self.validated(logger, date(2020, 1, 1)))
        self.assertTrue(self.validated(logger, b"x"))
        self.assertFalse(self.validated(logger, object()))

    def test_encodes_by_itself(self) -> None:
        """
        What a class makes that encodes by itself must be JSON.
        """
        logger = MemoryLogger(AllOrNothing)
        for answer, right in (("{}", True), ("[1]", True), ("no", False)):
            logger.reset()
            logger.write({"answer": answer})
            if right:
                logger.validate()
            else:
                error = self.assertRaises(TypeError, logger.validate)
                self.assertIn("no JSON", str(error))

    def test_nonsense(self) -> None:
        """
        Both at once, and what is neither, are refused.
        """
        self.assertRaises(TypeError, MemoryLogger, ListsForDates, repr)
        self.assertRaises(TypeError, MemoryLogger, repr)
        self.assertRaises(TypeError, MemoryLogger, None, "x")


class ClashTests(MemoryTestCase):
    """
    Fields that lose against the framework's own.
    """

    def test_clash(self) -> None:
        """
        They are errors, wherever they come in.
        """

        def traceback() -> None:
            try:
                raise Clashing
            except Clashing:
                write_traceback()

        def success() -> None:
            action = start_action(action_type="deed")
            action.add_success_fields(timestamp=1)
            action.finish()

        register_exception_extractor(Clashing, lambda error: {"timestamp": 1})
        for log in (
            lambda: log_message("said", timestamp=1),
            lambda: Message.log(timestamp=1),
            lambda: Message.new(timestamp=1).write(),
            lambda: start_action(action_type="deed", timestamp=1),
            lambda: start_action(action_type="deed").log("said", timestamp=1),
            lambda: start_action(action_type="deed").finish(Clashing()),
            success,
            traceback,
        ):
            self.logger.reset()
            log()
            self.assertIn("'timestamp'", self.refused())

    def test_place(self) -> None:
        """
        The message is the one that has the field, and no other.
        """
        log_message("right")
        log_message("wrong", task_uuid="x")
        log_message("right")
        said = self.refused()
        self.assertIn("'task_uuid'", said)
        self.assertIn("In the message 'wrong'", said)
        self.assertIn("test_place", said)

    def test_other_logger(self) -> None:
        """
        What goes to another logger is not this one's.
        """
        start_action(RecordingLogger(), "deed", task_uuid="x")
        log_message("right")
        self.logger.validate()

    def test_debug(self) -> None:
        """
        The debug mode may be on as well; both see it.
        """
        reports: list[str] = []
        debug.enable(lambda misuse, fields: reports.append(misuse))
        self.addCleanup(debug.disable)
        log_message("wrong", task_uuid="x")
        self.assertEqual(reports, ["eliot:debug:field_clash"])
        self.assertIn("'task_uuid'", self.refused())
        debug.disable()
        self.logger.reset()
        log_message("wrong", task_uuid="x")
        self.assertEqual(len(reports), 1)
        self.assertIn("'task_uuid'", self.refused())


class Clashing(Exception):
    """
    An exception whose extractor gives a field of the framework's.
    """
