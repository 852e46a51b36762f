"""
From here to Twisted's own log.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import (
    ILogObserver,
    LogEvent,
    LogLevel,
    LogPublisher,
    STDLibLogObserver,
    eventAsText,
    formatEvent,
    globalLogPublisher,
    jsonFileLogObserver,
    textFileLogObserver,
)
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import add_destinations, log_message, start_action, write_failure, write_traceback
from eliot.stdlib import EliotHandler
from eliot.twisted import TwistedDestination
from tests.helpers import Fields, fresh_destinations, in_threads, of_type, record
from tests.hostile import Hostile, Mute


@implementer(ILogObserver)
class Keeper:
    """
    An observer that keeps events.

    :param act: called with each event as well.
    """

    def __init__(self, act: Callable[[LogEvent], object] | None = None) -> None:
        self.events: list[LogEvent] = []
        self._act = act

    def __call__(self, event: LogEvent) -> None:
        """
        Keep an event.
        """
        self.events.append(event)
        if self._act is not None:
            self._act(event)


def failing(error: Exception) -> None:
    """
    Raise an exception.
    """
    raise error


class TwistedDestinationTests(SynchronousTestCase):
    """
    What becomes of messages.
    """

    def setUp(self) -> None:
        """
        Have events kept.
        """
        fresh_destinations(self)
        self.keeper = Keeper()
        verifyObject(ILogObserver, self.keeper)
        self.destination = TwistedDestination(self.keeper)
        add_destinations(self.destination)

    def only(self) -> LogEvent:
        """
        Get the only event.
        """
        [found] = self.keeper.events
        return found

    def levels(self) -> list[str]:
        """
        List the names of levels.
        """
        return [each["log_level"].name for each in self.keeper.events]

    def test_message(self) -> None:
        """
        A message becomes an event: a line of text, and the whole of it.
        """
        with start_action(action_type="around") as action:
            self.keeper.events.clear()
            log_message("app:said", text="Good evening!", count=3)
            found = self.only()
        self.assertEqual(formatEvent(found), "app:said text='Good evening!' count=3")
        self.assertEqual(found["log_namespace"], "eliot")
        self.assertIs(found["log_level"], LogLevel.info)
        self.assertNotIn("log_failure", found)
        message = found["eliot"]
        self.assertEqual((message["text"], message["count"]), ("Good evening!", 3))
        self.assertEqual((message["task_uuid"], message["task_level"]), (action.task_uuid, [2]))

    def test_action(self) -> None:
        """
        So do the messages of actions.
        """
        with start_action(action_type="app:deed", size=1) as action:
            action.add_success_fields(done=True)
        self.assertEqual(
            [formatEvent(each) for each in self.keeper.events],
            ["app:deed started size=1", "app:deed succeeded done=True"],
        )

    def test_namespace(self) -> None:
        """
        Twisted's filters know where the event is from.
        """
        log_message("app:said")
        found = self.only()
        self.assertEqual(found["log_logger"].namespace, "eliot")
        self.assertIsNone(found["log_source"])

    def test_braces(self) -> None:
        """
        Text is never taken for a template.
        """
        log_message("app:said", text="{count} {")
        self.assertEqual(formatEvent(self.only()), "app:said text='{count} {'")

    def test_kept(self) -> None:
        """
        What an observer keeps is its own.
        """
        message: Fields = {"message_type": "app:said", "text": "yes"}
        self.destination(message)
        message["text"] = "no"
        self.assertEqual(self.only()["eliot"]["text"], "yes")

    def test_time(self) -> None:
        """
        The event has the message's time, or its own where that is none.
        """
        self.destination({"message_type": "app:said", "timestamp": 1.25})
        self.destination({"message_type": "app:said", "timestamp": float("nan")})
        first, second = self.keeper.events
        self.assertEqual(first["log_time"], 1.25)
        self.assertGreater(second["log_time"], 2)

    def test_levels(self) -> None:
        """
        The level is what the message says, if Twisted or the standard library knows it.
        """
        expected = []
        for said, level in [
            ("debug", "debug"),
            ("info", "info"),
            ("warn", "warn"),
            ("WARNING", "warn"),
            ("error", "error"),
            ("critical", "critical"),
            ("FATAL", "critical"),
            (LogLevel.warn, "warn"),
            (logging.DEBUG, "debug"),
            (0, "debug"),
            (35, "warn"),
            (10**30, "critical"),
            ("wake me in the night", "info"),
            (None, "info"),
            (True, "info"),
            ([], "info"),
            (Hostile(""), "info"),
        ]:
            log_message("app:said", log_level=said)
            expected.append(level)
        self.assertEqual(self.levels(), expected)

    def test_faults(self) -> None:
        """
        Failed actions, and what else tells of a fault, are errors; tracebacks are critical.
        """
        start_action(action_type="deed").finish(ValueError("no"))
        log_message("eliot:destination_failure")
        log_message("eliot:serialization_failure")
        write_traceback(exc_info=(ValueError, ValueError("no"), None))
        self.assertEqual(self.levels(), ["info", "error", "error", "error", "critical"])

    def test_fault_with_level(self) -> None:
        """
        They too have the level that they say.
        """
        self.destination({"message_type": "eliot:traceback", "log_level": "debug"})
        self.destination({"action_status": "failed", "log_level": "warn"})
        self.assertEqual(self.levels(), ["debug", "warn"])

    def test_live_exception_of_action(self) -> None:
        """
        The end of a failed action has the exception itself.
        """
        error = ValueError("no")
        with self.assertRaises(ValueError), start_action(action_type="deed"):
            failing(error)
        start, end = self.keeper.events
        self.assertNotIn("log_failure", start)
        self.assertIs(end["log_failure"].value, error)
        self.assertIn("in failing\n", eventAsText(end))

    def test_live_exception_of_traceback(self) -> None:
        """
        So has a traceback, whether the exception is being handled or not; its text is shown once.
        """
        error = ValueError("no")
        try:
            failing(error)
        except ValueError:
            write_traceback()
        write_failure(Failure(error))
        for each in self.keeper.events:
            self.assertIs(each["log_failure"].value, error)
            self.assertEqual(eventAsText(each).count("in failing\n"), 1)

    def test_failure_that_is_clean(self) -> None:
        """
        Where the exception has lost its traceback, the text that the Failure has kept is shown.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            failure = Failure()
            failure.cleanFailure()
            write_failure(failure)
        self.assertIn("in failing\n", eventAsText(self.only()))

    def test_no_other_exception(self) -> None:
        """
        No exception is shown with a message that does not tell of it.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            log_message("app:said")
        self.assertNotIn("log_failure", self.only())

    def test_text_of_traceback(self) -> None:
        """
        Where the exception is not at hand, its text is shown.
        """
        self.destination({"message_type": "eliot:traceback", "traceback": "Traceback...\nno\n"})
        found = self.only()
        self.assertNotIn("log_failure", found)
        self.assertEqual(
            eventAsText(found, False, False, False), "eliot:traceback\nTraceback...\nno"
        )

    def test_hostile(self) -> None:
        """
        Values that raise do not keep the others from being shown.
        """
        log_message("app:said", bad=Hostile(""), good=1, action_status=Hostile(""))
        self.assertIn("good=1", formatEvent(self.only()))
        self.keeper.events.clear()
        log_message(Hostile("str"), good=1)  # type: ignore[arg-type]  # wrong
        self.assertEqual(formatEvent(self.only()), "<hostile> good=1")

    def test_mute_exception(self) -> None:
        """
        Nor does an exception that cannot be shown.
        """
        start_action(action_type="deed").finish(Mute())
        _, end = self.keeper.events
        self.assertIn("tests.hostile.Mute", formatEvent(end))
        self.assertIsInstance(end["log_failure"].value, Mute)

    def test_file_observers(self) -> None:
        """
        The observers that Twisted has for files write it, as text, and as JSON, with the text of
        an exception.
        """
        text, lines = StringIO(), StringIO()
        destination = TwistedDestination(
            LogPublisher(textFileLogObserver(text), jsonFileLogObserver(lines, ""))
        )
        add_destinations(destination)
        log_message("app:said", text="é")
        start_action(action_type="deed").finish(ValueError("no"))
        self.assertIn("[eliot#info] app:said text=é\n", text.getvalue())
        said, _, end = map(json.loads, lines.getvalue().splitlines())
        self.assertEqual(said["eliot"]["text"], "é")
        self.assertEqual(end["eliot"]["reason"], "no")

    @given(
        st.dictionaries(
            st.sampled_from(
                ["message_type", "action_status", "log_level", "timestamp", "traceback", "x"]
            ),
            st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
        )
    )
    def test_anything(self, message: Fields) -> None:
        """
        Whatever the fields are, there is one event, which can be shown.
        """
        keeper = Keeper()
        TwistedDestination(keeper)(message)
        [found] = keeper.events
        self.assertIn(found["log_level"], LogLevel.iterconstants())
        self.assertNotIn("Unable to format event", formatEvent(found))
        # NaN is not equal to itself, but what is the same object counts as equal here.
        self.assertEqual(found["eliot"], message)

    def test_global(self) -> None:
        """
        Without an observer, all that observe Twisted's log get it.
        """
        globalLogPublisher.addObserver(self.keeper)
        self.addCleanup(globalLogPublisher.removeObserver, self.keeper)
        destination = TwistedDestination()
        destination({"message_type": "app:said"})
        self.assertEqual(formatEvent(self.only()), "app:said")
        self.assertEqual(repr(destination), "<TwistedDestination>")

    def test_error_of_test(self) -> None:
        """
        Trial takes a failed action for an error of the test, as it does any logged failure.
        """
        add_destinations(TwistedDestination())
        start_action(action_type="deed").finish(ValueError("no"))
        self.assertEqual([each.type for each in self.flushLoggedErrors()], [ValueError])

    def test_broken_observer(self) -> None:
        """
        An observer that raises keeps others from nothing.
        """
        messages = record(self)
        keeper = Keeper()
        broken = Keeper(lambda event: failing(ZeroDivisionError()))
        add_destinations(TwistedDestination(LogPublisher(broken, keeper)))
        log_message("app:said")
        said, complaint = keeper.events
        self.assertEqual(formatEvent(said), "app:said")
        self.assertIs(complaint["log_failure"].type, ZeroDivisionError)
        self.assertEqual([each["message_type"] for each in messages], ["app:said"])

    def test_broken_lonely_observer(self) -> None:
        """
        Where no publisher takes care of it, it is a destination that raises: the others are told,
        and the next message comes through.
        """
        messages = record(self)
        keeper = Keeper(lambda event: failing(ZeroDivisionError()))
        add_destinations(TwistedDestination(keeper))
        log_message("app:said")
        log_message("app:said")
        self.assertEqual(len(of_type(messages, "eliot:destination_failure")), 1)
        self.assertEqual(len(keeper.events), 2)


class LoopTests(SynchronousTestCase):
    """
    Observers that log to Eliot.
    """

    def setUp(self) -> None:
        """
        Have an observer that logs, to Eliot, each event that it gets.
        """
        self.messages = record(self)
        self.keeper = Keeper(self.tell)
        add_destinations(TwistedDestination(self.keeper))

    def tell(self, event: LogEvent) -> None:
        """
        Log an event.
        """
        log_message("app:observed", text=formatEvent(event))

    def test_once(self) -> None:
        """
        What it logs is logged, but does not come back to it.
        """
        log_message("app:said")
        self.assertEqual(
            [each["message_type"] for each in self.messages], ["app:said", "app:observed"]
        )
        self.assertEqual(len(self.keeper.events), 1)

    def test_many_destinations(self) -> None:
        """
        Nor by way of another destination of the kind.
        """
        add_destinations(TwistedDestination(self.keeper))
        log_message("app:said")
        self.assertEqual(len(self.keeper.events), 2)
        self.assertEqual(len(of_type(self.messages, "app:observed")), 2)

    def test_afterwards(self) -> None:
        """
        All that is logged later is handed on.
        """
        for _ in range(3):
            log_message("app:said")
        self.assertEqual(len(self.keeper.events), 3)

    def test_interrupted(self) -> None:
        """
        Also after something that is no error has passed through.
        """

        def stop(event: LogEvent) -> None:
            raise KeyboardInterrupt

        keeper = Keeper(stop)
        destination = TwistedDestination(keeper)
        for _ in range(2):
            self.assertRaises(KeyboardInterrupt, destination, {"message_type": "app:said"})
        self.assertEqual(len(keeper.events), 2)

    def test_in_threads(self) -> None:
        """
        That one thread hands on a message does not concern another.
        """
        count = 200

        def log(number: int) -> None:
            for _ in range(count):
                log_message("app:said")

        in_threads(4, log)
        self.assertEqual(len(self.keeper.events), 4 * count)
        self.assertEqual(len(of_type(self.messages, "app:observed")), 4 * count)

    def test_by_the_standard_library(self) -> None:
        """
        An observer that hands on to the standard library, and a handler that hands on to Eliot,
        make no loop either.
        """
        logger = logging.getLogger("tests.looping")
        handler = EliotHandler()
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        self.addCleanup(logger.removeHandler, handler)
        keeper = Keeper()
        add_destinations(
            TwistedDestination(LogPublisher(STDLibLogObserver("tests.looping"), keeper))
        )
        self.messages.clear()
        log_message("app:said")
        self.assertEqual(len(keeper.events), 1)
        self.assertEqual(len(of_type(self.messages, "eliot:stdlib")), 1)
