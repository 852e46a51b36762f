"""
Beside the usual way of a message: the logger at hand, several loggers at once, and messages that
somebody else has made.
"""

from __future__ import annotations

import json
from io import BytesIO

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import (
    FileDestination,
    ILogger,
    Logger,
    MemoryLogger,
    Message,
    add_destinations,
    add_global_fields,
    log_message,
    start_action,
    start_task,
)
from eliot._direct import TeeLogger, current_logger, pass_on, write_message
from eliot._logger import swap_logger
from tests.helpers import (
    BrokenLogger,
    Fields,
    Recorder,
    RecordingLogger,
    fresh_destinations,
    of_type,
    record,
)
from tests.hostile import Hostile


class CurrentLoggerTests(SynchronousTestCase):
    """
    The logger at hand.
    """

    def test_current(self) -> None:
        """
        It is the one that messages are written to, whatever was put there.
        """
        logger = RecordingLogger()
        previous = swap_logger(logger)
        self.addCleanup(swap_logger, previous)
        self.assertIs(current_logger(), logger)
        swap_logger(previous)
        self.assertIs(current_logger(), previous)


class TeeLoggerTests(SynchronousTestCase):
    """
    Several loggers at once.
    """

    def setUp(self) -> None:
        """
        Record what goes to the destinations.
        """
        self.sent = record(self)

    def test_interface(self) -> None:
        """
        It is a logger.
        """
        verifyObject(ILogger, TeeLogger())

    def test_all(self) -> None:
        """
        Each logger gets every message with its serializer: the first one the dictionary itself,
        since that is what is known of it elsewhere, and the others dictionaries of their own.
        """

        class Serializer:
            def serialize(self, message: Fields) -> None:
                """
                Do nothing.
                """

        first, second, third = RecordingLogger(), RecordingLogger(), RecordingLogger()
        message: Fields = {"a": 1}
        serializer = Serializer()
        TeeLogger(first, second, third).write(message, serializer)
        self.assertIs(first.messages[0], message)
        first.messages[0]["a"] = 2
        second.messages[0]["a"] = 3
        self.assertEqual(third.messages, [{"a": 1}])
        for each in (first, second, third):
            self.assertEqual(each.serializers, [serializer])

    def test_broken(self) -> None:
        """
        One that raises costs the others nothing, and the destinations are told of it.
        """
        working = RecordingLogger()
        Message.new(message_type="said").write(
            TeeLogger(BrokenLogger(OSError("no space")), working)
        )
        self.assertEqual([each["message_type"] for each in working.messages], ["said"])
        [report] = self.sent
        self.assertEqual(report["message_type"], "eliot:traceback")
        self.assertEqual(report["reason"], "no space")

    def test_all_broken(self) -> None:
        """
        If all raise, the message goes to the destinations, as one whose only logger raises.
        """
        Message.new(message_type="said").write(
            TeeLogger(BrokenLogger(OSError("first")), BrokenLogger(OSError("second")))
        )
        said, report = self.sent
        self.assertEqual(said["message_type"], "said")
        self.assertEqual(report["reason"], "first")

    def test_not_an_error(self) -> None:
        """
        What is not an error passes.
        """
        tee = TeeLogger(BrokenLogger(KeyboardInterrupt()))
        self.assertRaises(KeyboardInterrupt, tee.write, {})


class WriteMessageTests(SynchronousTestCase):
    """
    Messages that somebody else has made.
    """

    def setUp(self) -> None:
        """
        Record what goes to the destinations.
        """
        self.sent = record(self)

    def test_complete(self) -> None:
        """
        A complete message is written as it is, whatever the current action; it is copied.
        """
        message: Fields = {
            "task_uuid": "one",
            "task_level": [2, 3],
            "timestamp": 1.5,
            "action_type": "a",
            "action_status": "started",
        }
        with start_task(action_type="outer"):
            write_message(message)
        self.assertEqual(self.sent[1], message)

    def test_no_time(self) -> None:
        """
        One without a time gets the time, and nothing else.
        """
        write_message({"task_uuid": "one", "task_level": [1], "message_type": "m"})
        [sent] = self.sent
        self.assertIsInstance(sent.pop("timestamp"), float)
        self.assertEqual(sent, {"task_uuid": "one", "task_level": [1], "message_type": "m"})

    def test_no_place(self) -> None:
        """
        One without a place gets one in the current action, and keeps its type.
        """
        with start_action(action_type="outer") as action:
            write_message({"message_type": "m", "a": 1})
            log_message("next")
        [sent] = of_type(self.sent, "m")
        self.assertEqual(sent["task_uuid"], action.task_uuid)
        self.assertEqual(sent["task_level"], [2])
        self.assertEqual(sent["a"], 1)
        self.assertEqual(of_type(self.sent, "next")[0]["task_level"], [3])

    def test_names(self) -> None:
        """
        Names may be bytes, also those of the framework.
        """
        write_message({b"task_uuid": "one", b"task_level": [1], "timestamp": 1.0})  # type: ignore[dict-item]  # as it comes
        self.assertEqual(self.sent, [{"task_uuid": "one", "task_level": [1], "timestamp": 1.0}])

    def test_no_message(self) -> None:
        """
        What is no mapping is shown, whatever it is.
        """
        for odd in (None, 17, "text", [1, 2], Hostile("")):
            write_message(odd)  # type: ignore[arg-type]  # as it comes
            sent = self.sent[-1]
            self.assertEqual(sent["message_type"], "eliot:malformed_message")
            self.assertIsInstance(sent["message"], str)
            self.assertEqual(sent["task_level"], [1])

    def test_logger(self) -> None:
        """
        It is written to the logger that is given; if that raises, to the destinations.
        """
        logger = RecordingLogger()
        write_message({"a": 1}, logger)
        self.assertEqual(logger.messages[0]["a"], 1)
        self.assertEqual(self.sent, [])
        write_message({"a": 2}, BrokenLogger(OSError("no space")))
        self.assertEqual(self.sent[0]["a"], 2)
        self.assertEqual(self.sent[1]["reason"], "no space")


class PassOnTests(SynchronousTestCase):
    """
    Messages that another process has logged.
    """

    def message(self) -> Fields:
        """
        Make one, which says what a global field says in this process.
        """
        return {"task_uuid": "one", "task_level": [2], "timestamp": 1.5, "process": "child"}

    def test_nothing_added(self) -> None:
        """
        It gets no global fields, whoever takes messages, while others get them.
        """
        sent = record(self)
        file = BytesIO()
        add_destinations(FileDestination(file))
        add_global_fields(process="parent", host="here")
        pass_on(self.message())
        log_message("own")
        self.assertEqual(sent[0], self.message())
        self.assertEqual(json.loads(file.getvalue().splitlines()[0]), self.message())
        self.assertEqual((sent[1]["process"], sent[1]["host"]), ("parent", "here"))

    def test_before_destinations(self) -> None:
        """
        Nor does it while messages are held, in their order, until there is a destination.
        """
        fresh_destinations(self)
        log_message("own")
        pass_on(self.message())
        log_message("own")
        add_global_fields(process="parent")
        recorder = Recorder()
        add_destinations(recorder)
        said_to_be = [each["process"] for each in recorder.messages]
        self.assertEqual(said_to_be, ["parent", "child", "parent"])
        self.assertEqual(recorder.messages[1], self.message())

    def test_logger(self) -> None:
        """
        It goes to the default logger, and by way of one to the destinations.
        """
        sent = record(self)
        add_global_fields(process="parent")
        logger = MemoryLogger()
        self.addCleanup(swap_logger, swap_logger(TeeLogger(logger, Logger())))
        pass_on(self.message())
        logger.validate()
        self.assertEqual(logger.serialize(), [self.message()])
        self.assertEqual(sent, [self.message()])

    def test_broken_logger(self) -> None:
        """
        One that raises does not keep it from the destinations, which are told.
        """
        sent = record(self)
        add_global_fields(process="parent")
        self.addCleanup(swap_logger, swap_logger(BrokenLogger(OSError("no space"))))
        pass_on(self.message())
        self.assertEqual(sent[0], self.message())
        self.assertEqual(sent[1]["message_type"], "eliot:traceback")
