"""
Tests of :mod:`eliot.twisted._selection`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import (
    FilteringLogObserver,
    LogEvent,
    Logger,
    LogLevel,
    LogLevelFilterPredicate,
    LogPublisher,
    PredicateResult,
)
from twisted.trial.unittest import SynchronousTestCase

from eliot import log_message
from eliot.twisted import TwistedDestination
from eliot.twisted._observer import TwistedLogObserver
from eliot.twisted._selection import Selection, choose
from tests.helpers import record, text_of

_RESULTS = (PredicateResult.yes, PredicateResult.no, PredicateResult.maybe)


def saying(result: object) -> Callable[[LogEvent], object]:
    """
    Make a predicate that always says the same.
    """
    return lambda event: result


def broken(event: LogEvent) -> object:
    """
    Be a predicate that raises.
    """
    raise ZeroDivisionError("never")


def selection(*predicates: Callable[[LogEvent], object], extra_fields: bool = False) -> Selection:
    """
    Make a selection of functions.
    """
    return Selection(predicates, extra_fields)  # type: ignore[arg-type]  # no interface is asked for


class ChooseTests(SynchronousTestCase):
    """
    What is decided about an event.
    """

    def test_nothing_said(self) -> None:
        """
        Everything is taken in where nobody says anything about it, without extra fields.
        """
        self.assertEqual(choose([], {}), (False, None))
        self.assertEqual(choose([selection()], {}), (False, None))

    @given(st.lists(st.sampled_from(_RESULTS), max_size=4))
    def test_as_twisted(self, results: Iterable[object]) -> None:
        """
        The predicates decide as they do for Twisted's own observer.
        """
        predicates = [saying(each) for each in results]
        events: list[LogEvent] = []
        FilteringLogObserver(events.append, predicates)({"a": 1})  # type: ignore[arg-type]  # likewise
        self.assertEqual(choose([selection(*predicates)], {"a": 1}) is not None, bool(events))

    def test_not_asked(self) -> None:
        """
        Once one has said yes or no, the others are not asked.
        """
        for first in (PredicateResult.yes, PredicateResult.no):
            self.assertNotEqual(
                choose([selection(saying(first), broken)], {}),
                (False, "ZeroDivisionError: never"),
            )

    def test_raises(self) -> None:
        """
        If one raises, or says something else, the event is taken in, and with it what was raised.
        """
        self.assertEqual(choose([selection(broken)], {}), (False, "ZeroDivisionError: never"))
        choice = choose([selection(saying(True))], {})
        assert choice is not None
        self.assertEqual(choice.failure, "TypeError: neither yes nor no nor maybe: True")

    def test_not_an_error(self) -> None:
        """
        What is no error passes, and nothing remains of it.
        """

        def interrupted(event: LogEvent) -> object:
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, choose, [selection(interrupted)], {})
        self.assertIsNone(choose([selection(saying(PredicateResult.no))], {}))

    def test_several(self) -> None:
        """
        Where there are several, an event is taken in that any of them wants, with extra fields if
        one does that wants such.
        """
        yes, no = saying(PredicateResult.yes), saying(PredicateResult.no)
        for selections, expected in [
            ([selection(no), selection(yes)], (False, None)),
            ([selection(no, extra_fields=True), selection(yes)], (False, None)),
            ([selection(yes, extra_fields=True), selection(yes)], (True, None)),
            ([selection(no), selection(no, extra_fields=True)], None),
            ([selection(no), selection(broken)], (False, "ZeroDivisionError: never")),
        ]:
            self.assertEqual(choose(selections, {}), expected)

    def test_no_predicate(self) -> None:
        """
        What cannot be called is refused.
        """
        error = self.assertRaises(TypeError, Selection, [3])
        self.assertIn("3 cannot be", str(error))


class SelectingTests(SynchronousTestCase):
    """
    An observer heeds what is selected.
    """

    def setUp(self) -> None:
        """
        Have messages recorded, and a log that is observed.
        """
        self.messages = record(self)
        self.observer = TwistedLogObserver()
        self.publisher = LogPublisher(self.observer)
        self.log = Logger("app", observer=self.publisher)

    def texts(self) -> list[object]:
        """
        Get the texts of all messages.
        """
        return [each["text"] for each in self.messages]

    def test_selected(self) -> None:
        """
        As long as there are selections, what they want is taken in; otherwise all is.
        """
        warnings = Selection([LogLevelFilterPredicate(LogLevel.warn)])
        errors = Selection([LogLevelFilterPredicate(LogLevel.error)])
        self.log.info("1")
        self.observer.select(errors)
        self.log.warn("2")
        self.log.error("3")
        self.observer.select(warnings)
        self.log.info("4")
        self.log.warn("5")
        self.assertTrue(self.observer.deselect(errors))
        self.log.warn("6")
        self.assertFalse(self.observer.deselect(warnings))
        self.log.info("7")
        self.assertEqual(self.texts(), ["1", "3", "5", "6", "7"])

    def test_extra_fields(self) -> None:
        """
        With extra fields, the message has them; the others stay what they are.
        """
        self.observer.select(selection(extra_fields=True))
        self.log.info("{n} left", n=3, text="other", reason="tide")
        (found,) = self.messages
        self.assertEqual(
            {each: found[each] for each in ("text", "n", "event_text", "reason")},
            {"text": "3 left", "n": 3, "event_text": "other", "reason": "tide"},
        )

    def test_broken(self) -> None:
        """
        The message says that a predicate is broken; so it is with events that are none.
        """
        self.observer.select(selection(broken))
        self.log.info("x")
        self.assertEqual(self.messages[0]["eliot:selection_failure"], "ZeroDivisionError: never")
        self.observer({})
        self.observer(None)  # type: ignore[arg-type]  # wrong
        self.assertEqual(self.texts(), ["x", "", "None"])

    def test_twisteds_predicate(self) -> None:
        """
        Twisted's own raises where a level is none: the event is there.
        """
        self.observer.select(Selection([LogLevelFilterPredicate(LogLevel.warn)]))
        self.observer({"log_format": "x", "log_level": "loud", "log_namespace": "app"})
        self.assertIn("TypeError", text_of(self.messages[0], "eliot:selection_failure"))

    def test_predicate_that_logs(self) -> None:
        """
        What a predicate logs is taken in, once, whatever it would say to that; what it logs to
        Eliot is as well, and there is no loop.
        """

        def talking(event: LogEvent) -> object:
            self.log.info("asked")
            log_message("app:said", text="told")
            return PredicateResult.no

        self.publisher.addObserver(TwistedDestination(self.publisher))  # type: ignore[arg-type]  # called with an event, it makes another
        self.observer.select(selection(talking))
        self.log.info("x")
        self.assertEqual(self.texts(), ["asked", "told"])

    def test_messages(self) -> None:
        """
        Predicates are not asked about what was a message.
        """
        asked: list[LogEvent] = []
        self.observer.select(selection(asked.append))
        TwistedDestination(self.publisher)({"message_type": "app:said"})
        self.assertEqual((asked, self.messages), ([], []))
