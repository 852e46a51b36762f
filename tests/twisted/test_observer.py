"""
From Twisted's own log to here.
"""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import (
    ILogObserver,
    LegacyLogObserverWrapper,
    LogEvent,
    Logger,
    LogLevel,
    LogPublisher,
    formatEvent,
    globalLogPublisher,
    jsonFileLogObserver,
)
from twisted.python import log
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import (
    add_destinations,
    log_message,
    register_exception_extractor,
    start_action,
)
from eliot._errors import _extractors
from eliot._live import live_exception
from eliot.twisted import TwistedDestination
from eliot.twisted._observer import TwistedLogObserver, log_observer
from tests.helpers import (
    Fields,
    Recorder,
    fresh_destinations,
    in_threads,
    of_type,
    record,
    run_child,
    said,
    text_of,
)
from tests.hostile import (
    Disguised,
    Hostile,
    HostileKey,
    Huge,
    LyingDict,
    LyingFloat,
    LyingInt,
    LyingStr,
    Mute,
    OfHostileClass,
)
from tests.twisted.test_destination import Keeper


class Tail:
    """
    Takes what an observer for files of JSON writes.
    """

    def write(self, text: str) -> None:
        """
        Take a text.
        """

    def flush(self) -> None:
        """
        Do nothing.
        """


def boom() -> Failure:
    """
    Make a failure that has been raised.
    """
    try:
        raise ValueError("no way")
    except ValueError:
        return Failure()


class ObserverTestCase(SynchronousTestCase):
    """
    Observes a log.
    """

    def setUp(self) -> None:
        """
        Have messages recorded, and a log that is observed.
        """
        self.messages = record(self)
        self.observer = TwistedLogObserver()
        self.publisher = LogPublisher(self.observer)
        self.log = Logger("app.part", observer=self.publisher)

    def only(self) -> Fields:
        """
        Get the only message.
        """
        [found] = self.messages
        return found


class EventTests(ObserverTestCase):
    """
    What becomes of events.
    """

    def test_interface(self) -> None:
        """
        It is an observer, as Twisted wants them, and there is one for the process.
        """
        verifyObject(ILogObserver, log_observer())
        self.assertIs(log_observer(), log_observer())
        self.assertEqual(repr(log_observer()), "<TwistedLogObserver>")

    def test_event(self) -> None:
        """
        An event becomes a message in the current action: its text, its level and where it is from.
        """
        with start_action(action_type="around") as action:
            self.messages.clear()
            self.log.warn("{count} left", count=3)
            found = self.only()
        self.assertEqual(
            said(found),
            {"text": "3 left", "log_level": "warn", "log_namespace": "app.part"},
        )
        self.assertEqual(found["message_type"], "twisted:log")
        self.assertEqual((found["task_uuid"], found["task_level"]), (action.task_uuid, [2]))

    def test_time(self) -> None:
        """
        The message has the time of the event, since that may come later, and its own where that
        is none.
        """
        for when, expected in [(1.25, 1.25), (float("inf"), None), ("late", None), (None, None)]:
            self.messages.clear()
            self.observer({"log_format": "x", "log_time": when})
            found = cast("float", self.only()["timestamp"])
            self.assertTrue(found == expected if expected else found > 10**9, when)

    def test_levels(self) -> None:
        """
        Levels are called by their names; what is none is shown.
        """
        for level in LogLevel.iterconstants():
            self.log.emit(level, "x")
        for odd in ("loud", 7):
            self.observer({"log_format": "x", "log_level": odd})
        self.assertEqual(
            [each["log_level"] for each in self.messages],
            ["debug", "info", "warn", "error", "critical", "loud", "7"],
        )

    def test_bare(self) -> None:
        """
        What an event does not have, the message has neither, but for a text.
        """
        self.observer({})
        self.assertEqual(said(self.only()), {"text": ""})

    def test_bytes(self) -> None:
        """
        Bytes, which older code may give, are text.
        """
        self.observer({"log_format": b"\xc3\xa9 {a}", "a": 1, "log_namespace": b"x"})
        self.assertEqual(said(self.only()), {"text": "é 1", "log_namespace": "x"})

    def test_system(self) -> None:
        """
        The system is told where it says more than the namespace.
        """
        for system in ("-", "app", None, "HTTPChannel,3"):
            self.observer({"log_format": "x", "log_namespace": "app", "log_system": system})
        self.assertEqual(
            [each.get("log_system") for each in self.messages], [None, None, None, "HTTPChannel,3"]
        )

    def test_flattened(self) -> None:
        """
        An event that another observer has flattened before has the same text.
        """
        publisher = LogPublisher(jsonFileLogObserver(Tail()), self.observer)  # type: ignore[arg-type]  # it only writes and flushes
        Logger(observer=publisher).info("{a.real} {b!r}", a=1, b="x")
        self.assertEqual(self.only()["text"], "1 'x'")

    def test_threads(self) -> None:
        """
        Events of all threads are taken in.
        """

        def run(number: int) -> None:
            for each in range(100):
                self.log.info("{each}", each=each)

        in_threads(4, run)
        self.assertEqual(len(self.messages), 400)

    def test_no_destination(self) -> None:
        """
        What is logged before there is a destination waits for the first.
        """
        fresh_destinations(self)
        self.log.info("early")
        recorder = Recorder()
        add_destinations(recorder)
        self.assertEqual([each["text"] for each in recorder.messages], ["early"])

    def test_root(self) -> None:
        """
        It is a task of its own where there is no action.
        """
        self.log.info("alone")
        self.assertEqual(self.only()["task_level"], [1])


class FailureTests(ObserverTestCase):
    """
    Events with failures.
    """

    def test_failure(self) -> None:
        """
        An event with a failure tells of the exception, with its traceback.
        """
        failure = boom()
        self.log.failure("Cannot {what}", failure, what="go")
        found = self.only()
        self.assertEqual(
            said(found),
            {
                "text": "Cannot go",
                "log_level": "critical",
                "log_namespace": "app.part",
                "exception": "builtins.ValueError",
                "reason": "no way",
                "traceback": failure.getTraceback(),
            },
        )
        self.assertIn("in boom\n", text_of(found, "traceback"))

    def test_clean_failure(self) -> None:
        """
        So does one whose exception has lost its traceback.
        """
        failure = boom()
        failure.cleanFailure()
        self.log.failure("x", failure)
        self.assertIn("in boom\n", text_of(self.only(), "traceback"))

    def test_live(self) -> None:
        """
        Destinations find the exception itself.
        """
        found: list[object] = []
        add_destinations(lambda message: found.append(live_exception(message)))
        failure = boom()
        self.log.failure("x", failure)
        self.log.info("x")
        self.assertEqual(found, [failure.value, None])

    def test_extractor(self) -> None:
        """
        What an extractor gives is there, but is not taken for what the event says.
        """

        class Odd(Exception):
            pass

        register_exception_extractor(Odd, lambda error: {"code": 7, "text": "lie"})
        self.addCleanup(_extractors.pop, id(Odd))
        self.log.failure("truth", Failure(Odd()))
        found = self.only()
        self.assertEqual((found["code"], found["text"]), (7, "truth"))

    def test_no_failure(self) -> None:
        """
        What is no failure at all is shown as what it is.
        """
        self.observer({"log_format": "x", "log_failure": 3})
        self.assertIn("int", text_of(self.only(), "reason"))

    def test_mute(self) -> None:
        """
        An exception that cannot be shown costs only its own text.
        """
        self.log.failure("x", Failure(Mute()))
        found = self.only()
        self.assertEqual((found["text"], found["exception"]), ("x", "tests.hostile.Mute"))


class LegacyTests(ObserverTestCase):
    """
    Events of ``twisted.python.log``.
    """

    def setUp(self) -> None:
        """
        Have an older log that is observed.
        """
        super().setUp()
        self.old = log.LogPublisher(publishPublisher=self.publisher)

    def test_message(self) -> None:
        """
        They become messages, too.
        """
        self.old.msg("Good", "evening", system="Part,1")
        self.assertEqual(
            said(self.only()),
            {
                "text": "Good evening",
                "log_level": "info",
                "log_namespace": "log_legacy",
                "log_system": "Part,1",
            },
        )

    def test_format(self) -> None:
        """
        So do those with a template.
        """
        self.old.msg(format="%(a)d {", a=1)
        self.assertEqual(self.only()["text"], "1 {")

    def test_error(self) -> None:
        """
        A failure is shown by the fields for that, and not in the text as well.
        """
        failure = boom()
        for why, text in [("While going", "While going"), (None, "Unhandled Error")]:
            self.messages.clear()
            self.old.msg(failure=failure, why=why, isError=1)
            self.assertEqual(
                said(self.only()),
                {
                    "text": text,
                    "log_level": "critical",
                    "log_namespace": "log_legacy",
                    "exception": "builtins.ValueError",
                    "reason": "no way",
                    "traceback": failure.getTraceback(),
                },
            )

    def test_error_with_text(self) -> None:
        """
        A text that was given besides stays.
        """
        self.old.msg("text", failure=boom(), isError=1)
        self.assertEqual(self.only()["text"], "text")
        self.assertEqual(self.only()["reason"], "no way")

    def test_no_error(self) -> None:
        """
        A failure that is not called an error is a value like others.
        """
        self.old.msg("text", failure=boom(), isError=0)
        self.assertNotIn("reason", self.only())

    def test_before(self) -> None:
        """
        That an older observer has had an event before makes no difference.
        """
        older = LegacyLogObserverWrapper(lambda event: None)  # type: ignore[arg-type]  # it is called
        publisher = LogPublisher(older, self.observer)
        Logger("app", observer=publisher).failure("x", boom())
        Logger("app", observer=publisher).error("y {a}", a=1, message="text")
        first, second = self.messages
        self.assertEqual((first["text"], first["reason"]), ("x", "no way"))
        self.assertEqual(
            said(second), {"text": "y 1", "log_level": "error", "log_namespace": "app"}
        )


class HostileTests(ObserverTestCase):
    """
    Events that cannot be shown as they want.
    """

    def test_format_raises(self) -> None:
        """
        Where the text cannot be put together, there are the template and the values, and what was
        raised.
        """
        self.log.info("{a} {b}", a=1, c=Hostile(""))
        found = self.only()
        self.assertEqual(found["text"], "{a} {b}")
        self.assertEqual(found["log_level"], "info")
        self.assertEqual(
            found["values"], {"a": "1", "c": "<Hostile: its text raises ZeroDivisionError>"}
        )
        self.assertEqual(found["eliot:formatting_failure"], "KeyError: 'b'")

    def test_no_template(self) -> None:
        """
        What is no template is shown.
        """
        self.observer({"log_format": 7})
        self.assertEqual(self.only()["text"], "7")
        self.assertIn("TypeError", text_of(self.only(), "eliot:formatting_failure"))

    def test_values_that_lie(self) -> None:
        """
        A value that raises when it is shown, or whatever is asked, costs the text alone.
        """
        for value in (Hostile(""), Hostile("repr"), LyingStr("x"), LyingInt(3), Mute()):
            self.messages.clear()
            self.log.info("{value}", value=value)
            found = self.only()
            self.assertEqual((found["text"], found["log_namespace"]), ("{value}", "app.part"))

    def test_everywhere(self) -> None:
        """
        Wherever an event has such a value, the message comes.
        """
        values = [
            *(Hostile("repr"), Hostile("str"), OfHostileClass(), LyingStr("x"), LyingFloat(1.0)),
            *(LyingInt(3), LyingDict(), Huge(10**5000), Disguised(dict), Mute(), []),
        ]
        names = [
            *("log_format", "log_level", "log_namespace", "log_system", "log_time", "log_source"),
            *("log_failure", "failure", "isError", "why", "message", "log_flattened", "eliot"),
        ]
        for name in names:
            for value in values:
                event: LogEvent = {"log_format": "x", "isError": 1, name: value}
                self.messages.clear()
                self.observer(event)
                self.assertEqual(self.only()["message_type"], "twisted:log", (name, type(value)))

    def test_no_event(self) -> None:
        """
        What is no event, or one that lies, is shown as far as it can be.
        """
        self.observer(None)  # type: ignore[arg-type]  # wrong
        self.assertEqual(self.only()["text"], "None")
        self.messages.clear()
        self.observer(LyingDict(log_format="x"))
        self.assertEqual(self.only()["text"], "x")
        self.messages.clear()
        self.observer({HostileKey(): 1, "log_format": "{b}"})  # type: ignore[dict-item]  # wrong
        self.assertEqual(len(self.messages), 1)

    def test_interrupted(self) -> None:
        """
        What is no error passes through, and nothing is closed after it.
        """

        class Interrupting:
            def __str__(self) -> str:
                raise KeyboardInterrupt

        event: LogEvent = {"log_format": "{a}", "a": Interrupting()}
        self.assertRaises(KeyboardInterrupt, self.observer, event)
        self.log.info("later")
        self.assertEqual(self.only()["text"], "later")

    @given(
        st.dictionaries(
            st.sampled_from(
                [
                    *("log_format", "log_level", "log_namespace", "log_system", "log_time"),
                    *("log_failure", "log_text", "isError", "failure", "why", "message", "a"),
                ]
            )
            | st.text(max_size=3),
            st.none()
            | st.integers()
            | st.floats()
            | st.text()
            | st.binary()
            | st.sampled_from(["{a}", "{a!r:>9}", "{a()}", "{a.b}", "{", "{log_text}"])
            | st.sampled_from(list(LogLevel.iterconstants()))
            | st.lists(st.integers())
            | st.builds(boom)
            | st.builds(Hostile, st.sampled_from(["", "repr", "str"])),
        )
    )
    def test_anything(self, event: LogEvent) -> None:
        """
        Whatever an event is, there is one message; its text is the one that Twisted makes, where
        that can be made.
        """
        self.messages.clear()
        self.observer(event)
        found = self.only()
        self.assertEqual(found["message_type"], "twisted:log")
        text = formatEvent(event)
        if "eliot:formatting_failure" in found:
            self.assertIn("ormat", text)
        else:
            self.assertEqual(found["text"], text)


class LoopTests(ObserverTestCase):
    """
    Both logs handed to each other.
    """

    def setUp(self) -> None:
        """
        Have all events of Twisted's log here, and all messages there.
        """
        super().setUp()
        keeper = Keeper()
        self.events = keeper.events
        self.publisher.addObserver(keeper)
        self.destination = TwistedDestination(self.publisher)
        add_destinations(self.destination)

    def test_message(self) -> None:
        """
        A message becomes an event, and no second message.
        """
        log_message("app:said")
        self.assertEqual((len(self.messages), len(self.events)), (1, 1))

    def test_event(self) -> None:
        """
        An event becomes a message, and no second event.
        """
        self.log.info("x")
        self.assertEqual((len(self.messages), len(self.events)), (1, 1))

    def test_later(self) -> None:
        """
        The event of a message is known also where it arrives later, or in another thread.
        """
        log_message("app:said")
        in_threads(1, lambda number: self.observer(self.events[0]))
        self.assertEqual(len(self.messages), 1)

    def test_destination_that_logs(self) -> None:
        """
        What a destination logs to Twisted, while it gets what comes from there, is not taken in;
        what it logs otherwise is, once.
        """
        add_destinations(lambda message: self.log.info("got it"))
        self.log.info("x")
        self.assertEqual([each["text"] for each in self.messages], ["x"])
        self.messages.clear()
        log_message("app:said")
        self.assertEqual([each.get("text") for each in self.messages], [None, "got it"])

    def test_observer_that_complains(self) -> None:
        """
        What observers log while they are given a message is taken in, but is no second event.
        """
        self.publisher.addObserver(Keeper(lambda event: event["eliot"]["nothing"]))
        log_message("app:said")
        [_, complaint] = self.messages
        self.assertEqual(complaint["exception"], "builtins.KeyError")
        self.assertEqual(len(self.events), 2)

    def test_observer_that_logs(self) -> None:
        """
        An observer that logs each event to Eliot makes no loop either.
        """
        self.publisher.addObserver(Keeper(lambda event: log_message("observed")))
        self.log.info("x")
        self.assertEqual(len(of_type(self.messages, "twisted:log")), 1)
        self.assertEqual(len(self.events), 2)

    def test_afterwards(self) -> None:
        """
        All that comes later crosses, in both directions.
        """
        for _ in range(3):
            self.log.info("x")
            log_message("app:said")
        self.assertEqual((len(self.messages), len(self.events)), (6, 6))


class GlobalTests(SynchronousTestCase):
    """
    The log of the process.
    """

    def test_global(self) -> None:
        """
        The observer can be added there, more than once without any effect, and removed.
        """
        messages = record(self)
        observer = log_observer()
        self.addCleanup(globalLogPublisher.removeObserver, observer)
        for _ in range(2):
            globalLogPublisher.addObserver(observer)
        Logger("app").info("x")
        globalLogPublisher.removeObserver(observer)
        Logger("app").info("y")
        self.assertEqual([each["text"] for each in messages], ["x"])

    def test_replayed(self) -> None:
        """
        What was logged before somebody begins to log comes when that begins, at the latest, and
        once, whenever the observer is added.
        """
        for how in ("globalLogPublisher.addObserver(log_observer())", ""):
            child = run_child(
                "import sys\n"
                "from eliot import add_destinations\n"
                "from eliot.twisted._observer import log_observer\n"
                "from twisted.logger import Logger, globalLogBeginner, globalLogPublisher\n"
                "found = []\n"
                "add_destinations(lambda message: found.append(message['text']))\n"
                f"{how}\n"
                "for number in range(300):\n"
                "    Logger('app').info('{n}', n=number)\n"
                "globalLogBeginner.beginLoggingTo([log_observer()], redirectStandardIO=False)\n"
                "event = {'log_format': 'late'}\n"
                "for _ in range(2):\n"
                "    globalLogPublisher(event)\n"
                "first = 0 if sys.argv[1:] else 100\n"
                "assert found == [*map(str, range(first, 300)), 'late', 'late'], found\n",
                *how.split(),
            )
            self.assertEqual((child.returncode, child.stderr), (0, ""), how)
