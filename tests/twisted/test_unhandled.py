"""
Errors that nobody has handled, in Twisted's log.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from threading import Thread

from click.testing import CliRunner
from twisted.internet import defer
from twisted.internet.defer import Deferred, fail, gatherResults, maybeDeferred
from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel, LogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from eliot import Action, add_destinations, debug, start_action, start_task
from eliot._live import live_exception
from eliot.cli._main import eliot
from eliot.twisted import DeferredContext, inline_callbacks
from eliot.twisted._observer import TwistedLogObserver
from eliot.twisted._unhandled import notice_collections
from tests.helpers import Fields, of_type, record, run_child, said, text_of

EVENT = "twisted:log"


def boom() -> None:
    """
    Fail in an action of its own.
    """
    with start_action(action_type="boom"):
        raise ValueError("no way")


@implementer(ILogObserver)
class Looking:
    """
    An observer that calls a function.

    :param function: what it calls.
    """

    def __init__(self, function: Callable[[LogEvent], object]) -> None:
        self._function = function

    def __call__(self, event: LogEvent) -> None:
        """
        Call it.
        """
        self._function(event)


class UnhandledTestCase(SynchronousTestCase):
    """
    Observes what Deferreds log.
    """

    def setUp(self) -> None:
        """
        Have messages recorded, and what Deferreds log observed, instead of by trial.
        """
        self.messages = record(self)
        notice_collections()
        self.observe(TwistedLogObserver())
        # What others have left behind is not to be found now.
        gc.collect()
        self.messages.clear()

    def observe(self, observer: ILogObserver) -> None:
        """
        Have an observer see what Deferreds log.
        """
        self.patch(defer, "log", Logger("twisted.internet.defer", observer=observer))

    def events(self) -> list[Fields]:
        """
        List the messages that were events.
        """
        return of_type(self.messages, EVENT)

    def only(self) -> Fields:
        """
        Get the only one.
        """
        [found] = self.events()
        return found

    def assert_placed(self, action: Action | None, message: Fields) -> None:
        """
        Check that a message is placed in an action; in a task of its own for ``None``.
        """
        level = message["task_level"]
        assert isinstance(level, list)
        if action is None:
            known = {each["task_uuid"] for each in self.messages if each is not message}
            self.assertNotIn(message["task_uuid"], known)
            self.assertEqual(level, [1])
        else:
            self.assertEqual(
                (message["task_uuid"], level[:-1]), (action.task_uuid, action.task_level)
            )


@contextmanager
def elsewhere() -> Iterator[None]:
    """
    Be in an action that has nothing to do with anything.
    """
    with start_task(action_type="elsewhere"):
        yield


class OneMessageTests(UnhandledTestCase):
    """
    Two events become one message.
    """

    def test_message(self) -> None:
        """
        It has the text of the one, and the failure of the other.
        """
        maybeDeferred(boom)
        found = said(self.only())
        traceback = found.pop("traceback")
        self.assertEqual(
            found,
            {
                "text": "Unhandled error in Deferred",
                "log_level": "critical",
                "log_namespace": "twisted.internet.defer",
                "exception": "builtins.ValueError",
                "reason": "no way",
            },
        )
        self.assertIn("in boom", str(traceback))

    def test_live(self) -> None:
        """
        Destinations find the exception itself.
        """
        found: list[BaseException | None] = []
        add_destinations(lambda message: found.append(live_exception(message)))
        error = ValueError("no way")
        fail(error)
        self.assertEqual(found, [error])

    def test_debug_info(self) -> None:
        """
        Where Deferreds are debugged, the text says where this one was made and fired.
        """
        self.addCleanup(defer.setDebugging, defer.getDebugging())
        defer.setDebugging(True)
        fail(ValueError("no way"))
        text = text_of(self.only(), "text")
        self.assertTrue(text.startswith("Unhandled error in Deferred (debug:\n C: "), text)
        self.assertIn("in test_debug_info", text)

    def test_two(self) -> None:
        """
        Each Deferred has its own.
        """
        for name in ("one", "two"):
            fail(ValueError(name))
        self.assertEqual([each["reason"] for each in self.events()], ["one", "two"])

    def test_nested(self) -> None:
        """
        So it is where one is forgotten while another one is reported, between its two events.
        """

        def forget(event: LogEvent) -> None:
            if event.get("isError") and left:
                left.pop()

        left = [fail(ValueError("inner"))]
        self.observe(LogPublisher(TwistedLogObserver(), Looking(forget)))
        fail(ValueError("outer"))
        self.assertEqual([each["reason"] for each in self.events()], ["inner", "outer"])

    def test_several_observers(self) -> None:
        """
        Each observer makes one message of it.
        """
        self.observe(LogPublisher(TwistedLogObserver(), TwistedLogObserver()))
        fail(ValueError("no way"))
        self.assertEqual([each["reason"] for each in self.events()], ["no way"] * 2)

    def test_other_events(self) -> None:
        """
        What looks like one of the two is left alone.
        """
        Logger("app", observer=TwistedLogObserver()).critical("Unhandled error in Deferred:")
        deferreds = Logger("twisted.internet.defer", observer=TwistedLogObserver())
        deferreds.critical("Unhandled error in Deferred: no")
        deferreds.critical("{log_format}", debugInfo="x")
        self.assertEqual(
            [each["text"] for each in self.events()],
            ["Unhandled error in Deferred:", "Unhandled error in Deferred: no", "{log_format}"],
        )

    def test_while_taking_in(self) -> None:
        """
        One that is found by collecting what is not used, while another event is taken in, is not
        lost; what a destination logs meanwhile is still not taken in.
        """

        def collect(message: Fields) -> None:
            log_.info("taken in")
            gc.collect()
            log_.info("taken in again")

        log_ = Logger("app", observer=TwistedLogObserver())
        add_destinations(collect)
        cycle = fail(ValueError("no way"))
        cycle.addErrback(lambda failure, _: failure, cycle)
        vars(cycle)["itself"] = cycle
        del cycle
        log_.info("said")
        self.assertEqual(
            [each["text"] for each in self.events()], ["said", "Unhandled error in Deferred"]
        )


class CollectionTests(SynchronousTestCase):
    """
    Noticing that the interpreter collects what is not used.
    """

    def test_on_demand(self) -> None:
        """
        Nothing is added to the collector's callbacks by an import, and one, once, when somebody
        asks for the observer.
        """
        child = run_child(
            "import gc\n"
            "import eliot.twisted\n"
            "print(len(gc.callbacks))\n"
            "eliot.twisted.log_observer()\n"
            "eliot.twisted.log_observer()\n"
            "print(len(gc.callbacks))\n"
        )
        self.assertEqual((child.stdout, child.stderr), ("0\n1\n", ""))


class AloneTests(UnhandledTestCase):
    """
    An announcement that nothing follows.
    """

    def seen_by(self, keeping: Callable[[LogEvent], bool]) -> ILogObserver:
        """
        Make an observer who keeps some events for himself.
        """
        observer = TwistedLogObserver()

        def hand_on(event: LogEvent) -> None:
            if not keeping(event):
                observer(event)

        return Looking(hand_on)

    def test_kept_failure(self) -> None:
        """
        It is logged at once, if the failure is kept by somebody else.
        """
        self.observe(self.seen_by(lambda event: "log_failure" in event))
        with start_action(action_type="deed") as action:
            fail(ValueError("no way"))
            found = self.only()
        self.assertEqual(
            said(found),
            {
                "text": "Unhandled error in Deferred:",
                "log_level": "critical",
                "log_namespace": "twisted.internet.defer",
            },
        )
        self.assert_placed(action, found)

    def test_kept_announcement(self) -> None:
        """
        The failure is whole without it.
        """
        self.observe(self.seen_by(lambda event: "log_failure" not in event))
        maybeDeferred(boom)
        self.assertEqual(self.only()["text"], "Unhandled error in Deferred")
        self.assertEqual(self.only()["reason"], "no way")

    def replay(self, *events: LogEvent) -> list[object]:
        """
        Log events after the fact.

        :returns: the texts of the messages.
        """
        observer = TwistedLogObserver()
        for event in events:
            observer(event)
        return [each["text"] for each in self.events()]

    def noted(self) -> list[LogEvent]:
        """
        Get the two events, without having them observed.
        """
        events: list[LogEvent] = []
        self.observe(Looking(events.append))
        maybeDeferred(boom)
        return events

    def test_replayed(self) -> None:
        """
        Two events that come later, as those do which happened before anybody observed the log, are
        one message as well, in its place.
        """
        announcement, failure = self.noted()
        with elsewhere():
            self.assertEqual(self.replay(announcement, failure), ["Unhandled error in Deferred"])
        [start, _] = of_type(self.messages, "boom")
        self.assertEqual(self.only()["task_uuid"], start["task_uuid"])
        self.assertEqual(self.only()["timestamp"], failure["log_time"])

    def test_replayed_alone(self) -> None:
        """
        If something else comes instead, both are logged in their order.
        """
        announcement, _ = self.noted()
        other: LogEvent = {"log_format": "other", "log_level": LogLevel.info}
        self.assertEqual(
            self.replay(announcement, other), ["Unhandled error in Deferred:", "other"]
        )

    def test_last_of_all(self) -> None:
        """
        If nothing comes, it is logged when its thread ends.
        """
        announcement, _ = self.noted()
        thread = Thread(target=self.replay, args=(announcement,))
        thread.start()
        thread.join()
        self.assertEqual(self.only()["text"], "Unhandled error in Deferred:")


class PlaceTests(UnhandledTestCase):
    """
    Where the message is placed.
    """

    def test_innermost(self) -> None:
        """
        It is in the innermost action that the exception has crossed, whatever is current when the
        Deferred is forgotten.
        """
        with start_action(action_type="outer"):
            deferred = maybeDeferred(boom)
        with elsewhere():
            del deferred
        [start, _] = of_type(self.messages, "boom")
        self.assertEqual(
            (self.only()["task_uuid"], self.only()["task_level"]), (start["task_uuid"], [2, 3])
        )

    def test_deferred_context(self) -> None:
        """
        Actions that end with a Deferred are crossed by its failure.
        """
        deferred: Deferred[object] = Deferred()
        with start_action(action_type="deed").context() as action:
            DeferredContext(deferred).addActionFinish()
        deferred.errback(ValueError("no way"))
        with elsewhere():
            del deferred
        self.assert_placed(action, self.only())

    def test_callback(self) -> None:
        """
        So are those that callbacks run in, though they have not ended.
        """
        deferreds: list[Deferred[object]] = [Deferred(), Deferred()]
        with start_action(action_type="deed").context() as action:
            DeferredContext(deferreds[0]).addCallback(lambda _: 1 / 0)
            DeferredContext(deferreds[1]).addCallback(lambda _, n: n / 0, 1)
        with elsewhere():
            while deferreds:
                deferreds.pop().callback(None)
            gc.collect()
        for event in self.events():
            self.assert_placed(action, event)
        self.assertEqual(len(self.events()), 2)
        self.assertEqual(action.late_messages, 0)

    def test_inline_callbacks(self) -> None:
        """
        And those of generators.
        """

        @inline_callbacks
        def wait() -> Generator[Deferred[object], object, None]:
            with start_action(action_type="deed"):
                yield waiting
                raise ValueError("no way")

        waiting: Deferred[object] = Deferred()
        deferred = wait()
        waiting.callback(None)
        with elsewhere():
            del deferred
            gc.collect()
        start, end = of_type(self.messages, "deed")
        self.assertEqual(
            (self.only()["task_uuid"], self.only()["task_level"]), (start["task_uuid"], [3])
        )
        self.assertEqual(end["action_status"], "failed")

    def test_gathered(self) -> None:
        """
        Where one of several Deferreds has failed, the error that stands for it crosses nothing, so
        the place is that of its own error.
        """
        with start_action(action_type="outer"):
            deferred = gatherResults(
                [gatherResults([maybeDeferred(boom)], consumeErrors=True)], consumeErrors=True
            )
        with elsewhere():
            del deferred
        found = self.only()
        self.assertEqual(found["exception"], "twisted.internet.defer.FirstError")
        self.assertEqual(found["task_level"], [2, 3])

    def test_broken_first_error(self) -> None:
        """
        One that stands for nothing is placed as any other.
        """
        error = defer.FirstError(Failure(ValueError("no way")), 0)
        error.subFailure = None  # type: ignore[assignment]  # as it should not be
        with start_action(action_type="deed") as action:
            fail(error)
            self.assert_placed(action, self.only())
        error.subFailure = Failure(error)
        fail(error)
        self.assert_placed(None, self.events()[1])

    def test_crossed_none(self) -> None:
        """
        Where the exception has crossed none, it is in the current action, as any event.
        """
        with start_action(action_type="deed") as action:
            fail(ValueError("no way"))
            self.assert_placed(action, self.only())

    def test_collected(self) -> None:
        """
        But an action that is current when Python collects what is not used has nothing to do with
        what is found.
        """
        deferred = fail(ValueError("no way"))
        vars(deferred)["itself"] = deferred
        del deferred
        with elsewhere():
            gc.collect()
        self.assert_placed(None, self.only())

    def test_outside(self) -> None:
        """
        Any other event with a failure that comes outside of all actions is in the innermost action
        that its exception has crossed, also one of the older log.
        """
        publisher = LogPublisher(TwistedLogObserver())
        logger = Logger("app", observer=publisher)
        legacy: LogEvent = {"isError": 1, "message": (), "why": "Unhandled Error"}
        reports: list[Callable[[Failure], object]] = [
            lambda failure: logger.failure("Unhandled Error", failure),
            lambda failure: publisher({**legacy, "failure": failure}),
        ]
        for report in reports:
            with start_action(action_type="deed") as action:
                error = self.assertRaises(ValueError, boom)
            self.messages.clear()
            report(Failure(error))
            self.assertEqual(self.only()["text"], "Unhandled Error")
            self.assertEqual(
                (self.only()["task_uuid"], self.only()["task_level"]), (action.task_uuid, [2, 3])
            )

    def test_inside(self) -> None:
        """
        One that comes inside of an action is there.
        """
        failure = Failure(ValueError("no way"))
        start_action(action_type="crossed").finish(failure)
        logger = Logger("app", observer=TwistedLogObserver())
        with start_action(action_type="deed") as action:
            logger.failure("told", failure)
            self.assert_placed(action, self.only())

    def test_other_process(self) -> None:
        """
        A failure without its exception is placed as any event.
        """
        failure = Failure(ValueError("no way"))
        failure.value = "no way"  # type: ignore[assignment]  # as what comes by the network
        failure.type = b"ValueError"  # type: ignore[assignment]  # likewise
        Logger("app", observer=TwistedLogObserver()).failure("told", failure)
        self.assert_placed(None, self.only())


class LateTests(UnhandledTestCase):
    """
    Actions that have ended.
    """

    def test_counted(self) -> None:
        """
        It is a late message of the action, but nobody is to blame.
        """
        reports: list[str] = []
        debug.enable(lambda misuse, _: reports.append(misuse))
        self.addCleanup(debug.disable)
        deferred: Deferred[object] = Deferred()
        with start_action(action_type="deed").context() as action:
            DeferredContext(deferred).addActionFinish()
        deferred.errback(ValueError("no way"))
        self.assertEqual(action.late_messages, 0)
        del deferred
        self.assertEqual(action.late_messages, 1)
        self.assertEqual(reports, [])

    def test_read(self) -> None:
        """
        Who reads the log finds it in the action, and draws it there.
        """
        program = """
import sys
from twisted.internet.defer import maybeDeferred
from twisted.logger import globalLogBeginner
from eliot import start_action, to_file
from eliot.twisted import log_observer

to_file(sys.stdout)
globalLogBeginner.beginLoggingTo([log_observer()], redirectStandardIO=False)

def boom():
    with start_action(action_type="inner"):
        raise ValueError("no way")

with start_action(action_type="service"):
    with start_action(action_type="outer"):
        forgotten = maybeDeferred(boom)
    with start_action(action_type="other"):
        del forgotten
"""
        child = run_child(program)
        self.assertEqual(child.stderr, "")
        drawn = CliRunner().invoke(eliot, ["tree"], input=child.stdout).stdout
        parts = [line for line in drawn.splitlines() if line.lstrip("│ ")[:2] in ("├─", "╰─")]
        self.assertEqual(
            [re.sub("  .*", "", part[part.index("─") + 2 :]) for part in parts],
            ["service", "outer", "inner", "FAILED", "twisted:log", "other"],
        )
        self.assertEqual(parts[3].index("─"), parts[4].index("─"))
        self.assertIn("late", parts[4])
