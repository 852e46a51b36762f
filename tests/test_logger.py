"""
Loggers, and what happens to messages whose logger has raised.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import ILogger, Logger, log_message, start_action
from eliot._logger import default_logger, rescue, swap_logger
from tests.helpers import Fields, RecordingLogger, identity_of, of_type, record


class Upper:
    """
    A serializer.
    """

    def serialize(self, message: Fields) -> None:
        """
        Make the field ``name`` upper case.
        """
        message["name"] = str(message["name"]).upper()


class LoggerTests(SynchronousTestCase):
    """
    The framework's own loggers.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_interface(self) -> None:
        """
        They provide the interface, as others' do.
        """
        for logger in (Logger(), default_logger, RecordingLogger()):
            self.assertTrue(verifyObject(ILogger, logger))

    def test_write(self) -> None:
        """
        They write to the destinations.
        """
        for logger in (Logger(), default_logger):
            logger.write({"message_type": "said"})
        self.assertEqual([each["message_type"] for each in self.messages], ["said", "said"])

    def test_serializer(self) -> None:
        """
        They serialize a copy: what they were given stays.
        """
        for logger in (Logger(), default_logger):
            message: Fields = {"name": "world"}
            logger.write(message, Upper())
            self.assertEqual(message, {"name": "world"})
        self.assertEqual([each["name"] for each in self.messages], ["WORLD", "WORLD"])

    def test_serializer_raises(self) -> None:
        """
        A serializer that raises harms nobody; the message is written.
        """
        for logger in (Logger(), default_logger):
            self.messages.clear()
            logger.write({"message_type": "said"}, Upper())
            self.assertEqual(
                [each["message_type"] for each in self.messages],
                ["said", "eliot:traceback", "eliot:serialization_failure"],
            )


class SwapTests(SynchronousTestCase):
    """
    Swapping the default logger.
    """

    def test_swap(self) -> None:
        """
        Another one takes its place, and gets what is logged from then on; the one before is
        returned, and can be put back.
        """
        messages = record(self)
        logger = RecordingLogger()
        before = swap_logger(logger)
        self.addCleanup(swap_logger, before)
        log_message("to the other")
        self.assertIs(swap_logger(before), logger)
        log_message("to the first")
        self.assertEqual([each["message_type"] for each in logger.messages], ["to the other"])
        self.assertEqual([each["message_type"] for each in messages], ["to the first"])

    def test_read(self) -> None:
        """
        To give none changes nothing, and tells which it is.
        """
        self.assertIs(swap_logger(None), default_logger)
        self.assertIs(swap_logger(None), default_logger)


class RescueTests(SynchronousTestCase):
    """
    Rescuing messages.
    """

    def test_rescue(self) -> None:
        """
        The message gets to the destinations as it is, and a traceback follows, in the current
        action.
        """
        messages = record(self)
        with start_action(action_type="around") as action:
            rescue({"message_type": "said", "name": "world"}, ValueError("no"))
        [said] = of_type(messages, "said")
        self.assertEqual(said["name"], "world")
        [told] = of_type(messages, "eliot:traceback")
        self.assertEqual((told["exception"], told["reason"]), ("builtins.ValueError", "no"))
        self.assertEqual(identity_of(told), (action.task_uuid, (2,)))
