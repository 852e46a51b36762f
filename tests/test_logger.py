"""
Loggers, and what happens to messages whose logger has raised.
"""

from __future__ import annotations

import io
import json
from uuid import uuid4

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import (
    ILogger,
    Logger,
    add_destinations,
    add_global_fields,
    current_action,
    log_message,
    remove_destination,
    start_action,
    to_file,
)
from eliot._destinations import all_destinations
from eliot._logger import default_logger, rescue, short_way, swap_logger
from eliot._stamp import stamp
from tests.helpers import (
    Fields,
    Recorder,
    RecordingLogger,
    fresh_destinations,
    identity_of,
    of_type,
    record,
)
from tests.hostile import LyingInt, LyingStr, OfHostileClass


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


def ignore(message: Fields) -> None:
    """
    Do nothing about a message.
    """


class ShortWayTests(SynchronousTestCase):
    """
    Messages of scalars, which are written in less time.
    """

    def setUp(self) -> None:
        """
        Write to two files and a callable.
        """
        fresh_destinations(self)
        self.files = [io.BytesIO(), io.BytesIO()]
        self.recorder = Recorder()

    def lines(self) -> list[list[Fields]]:
        """
        Read what was written to each.
        """
        return [[json.loads(line) for line in file.getvalue().splitlines()] for file in self.files]

    def taken(self, **fields: object) -> bool:
        """
        Tell whether a message of these fields takes it.
        """
        return short_way(default_logger, "said", fields) is not None

    def test_scalars(self) -> None:
        """
        It is for exact scalars only, of messages whose type is text, and for the default logger.
        """
        to_file(self.files[0])
        self.assertTrue(self.taken(a=1, b="text", c=0.5, d=True, e=None))
        self.assertTrue(self.taken())
        others: list[object] = [b"", [], {}, (), uuid4()]
        others += [LyingStr("a"), LyingInt(1), OfHostileClass()]
        for other in others:
            self.assertFalse(self.taken(a=1, b=other))
        self.assertIsNone(short_way(default_logger, 1, {}))
        self.assertIsNone(short_way(RecordingLogger(), "said", {}))
        self.assertIsNone(short_way(Logger(), "said", {}))

    def test_destinations(self) -> None:
        """
        It is there as long as any destination is encoded, or there is but one: for several others
        there is nothing to save.
        """
        self.assertFalse(self.taken())
        add_destinations(self.recorder)
        self.assertTrue(self.taken())
        add_destinations(ignore)
        self.assertFalse(self.taken())
        file = to_file(self.files[0])
        self.assertTrue(self.taken())
        remove_destination(file)
        self.assertFalse(self.taken())

    def test_single_destination(self) -> None:
        """
        A single destination gets the message with the global fields; if it raises, that goes
        nowhere, and it is called again.
        """
        given: list[Fields] = []

        def raise_after(message: Fields) -> None:
            given.append(message)
            raise ZeroDivisionError

        add_destinations(raise_after)
        add_global_fields(process="web")
        log_message("said", count=1)
        log_message("said", count=2)
        self.assertEqual(
            [(each["count"], each["process"]) for each in given], [(1, "web"), (2, "web")]
        )

    def test_global_fields(self) -> None:
        """
        Global fields that are no scalars close it.
        """
        to_file(self.files[0])
        add_global_fields(process="web")
        self.assertTrue(self.taken())
        add_global_fields(hosts=["a", "b"])
        self.assertFalse(self.taken())
        log_message("said")
        [[message], _] = self.lines()
        self.assertEqual((message["process"], message["hosts"]), ("web", ["a", "b"]))

    def test_same(self) -> None:
        """
        Whatever the destinations, what is written is the same as by the long way.
        """
        with start_action(action_type="around"):
            for destinations in (1, 2):
                to_file(self.files[destinations - 1])
                log_message("said", number=1, text="\ud800", large=2**70)
                all_destinations.write(self.long_way(number=1, text="\ud800", large=2**70))
            add_destinations(self.recorder)
            log_message("said", number=2)
        first, second = self.lines()
        said = of_type(first, "said")
        self.assertEqual(len(said), 5)
        self.assertEqual(said[2:], of_type(second, "said"))
        self.assertEqual(said[-1], self.recorder.messages[0])
        for one, other in zip(said[:4:2], said[1:4:2], strict=True):
            for name in ("number", "text", "large", "eliot:encoding"):
                self.assertEqual(one[name], other[name])

    def long_way(self, **fields: object) -> Fields:
        """
        Make a message without looking what is in it.
        """
        stamp(fields, current_action(), "said")
        return fields


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
