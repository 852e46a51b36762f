"""
Tests of :mod:`eliot.twisted._twisted_log`.
"""

from __future__ import annotations

from twisted.application.service import IService, MultiService
from twisted.logger import Logger, LogLevel, LogLevelFilterPredicate, globalLogPublisher
from twisted.python import log
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import start_action
from eliot.twisted import TwistedLogService, log_observer
from eliot.twisted import _observer as _observer_module
from eliot.twisted._observer import is_attached
from tests.helpers import record, run_child, scratch
from tests.twisted.helpers import fresh_observer, messages_in

#: Runs ``twistd`` in a folder.
TWISTD = """
import os
import sys

_, folder, reactor = sys.argv
os.chdir(folder)
sys.argv = ["twistd", "-n", "--logger=eliot.twisted.log_observer", "--reactor=" + reactor]
sys.argv += ["--pidfile=", "-y", "app.tac"]

from twisted.scripts.twistd import run

run()
"""

#: Its application.
APPLICATION = """
from twisted.application.service import Application, Service
from twisted.internet import reactor
from twisted.logger import Logger, LogLevel, LogLevelFilterPredicate

from eliot.twisted import LoggingService, TwistedLogService

log = Logger("app")

def destination(message):
    if message.get("action_status") == "started":
        print("seen", message["action_type"])

class Talking(Service):
    def startService(self):
        log.info("started")
        log.warn("{n} left", n=3)
        print("starts")
        reactor.callWhenRunning(reactor.stop)

    def stopService(self):
        print("stops")

application = Application("app")
LoggingService(
    reactor,
    ["file:a.json", destination],
    root_action="app:run",
    twisted_log=TwistedLogService([LogLevelFilterPredicate(LogLevel.warn)], extra_fields=True),
    capture_output=True,
).setServiceParent(application)
Talking().setServiceParent(application)
log.info("made")
"""


class TwistedLogServiceTests(SynchronousTestCase):
    """
    What Twisted logs becomes messages while the service runs.
    """

    def setUp(self) -> None:
        """
        Have messages recorded, with nobody who observes Twisted's log.
        """
        fresh_observer(self)
        self.messages = record(self)
        self.log = Logger("app")

    def say(self) -> list[object]:
        """
        Log an event of each level.

        :returns: the levels of those that are taken in.
        """
        self.messages.clear()
        for level in LogLevel.iterconstants():
            self.log.emit(level, "x")
        return [each["log_level"] for each in self.messages]

    def above(self, level: object) -> TwistedLogService:
        """
        Make a service for events of at least a level.
        """
        return TwistedLogService([LogLevelFilterPredicate(level)])

    def test_interface(self) -> None:
        """
        It is a service, and may have a parent.
        """
        service = TwistedLogService()
        verifyObject(IService, service)
        parent = MultiService()
        service.setServiceParent(parent)  # type: ignore[no-untyped-call]  # Twisted's
        parent.startService()
        self.assertEqual(len(self.say()), 5)
        parent.stopService()
        self.assertEqual(self.say(), [])

    def test_running(self) -> None:
        """
        It takes in events, also of the older log, while it runs, in the current action; it may be
        started again, and twice is as once.
        """
        service = TwistedLogService()
        for _ in range(2):
            service.startService()
            service.startService()
            self.messages.clear()
            with start_action(action_type="around") as action:
                self.log.info("new")
                log.msg("old")
            _, new, old, _ = self.messages
            self.assertEqual((new["text"], old["text"]), ("new", "old"))
            self.assertEqual((new["task_uuid"], old["task_level"]), (action.task_uuid, [3]))
            service.stopService()
            service.stopService()
            self.assertFalse(is_attached())
            self.assertEqual(self.say(), [])

    def test_selected(self) -> None:
        """
        It takes in what is selected, with extra fields only where that is said.
        """
        service = self.above(LogLevel.error)
        service.startService()
        self.assertEqual(self.say(), ["error", "critical"])
        self.log.error("{a}", a=1)
        self.assertNotIn("a", self.messages.pop())
        service.stopService()
        full = TwistedLogService(extra_fields=True)
        full.startService()
        self.log.error("{a}", a=1)
        self.assertEqual(self.messages.pop()["a"], 1)
        full.stopService()

    def test_attached_already(self) -> None:
        """
        Who has attached the observer keeps it, and gets everything again; meanwhile it is what is
        selected.
        """
        globalLogPublisher.addObserver(log_observer())
        service = self.above(LogLevel.critical)
        self.assertEqual(len(self.say()), 5)
        service.startService()
        self.assertEqual(self.say(), ["critical"])
        service.stopService()
        self.assertEqual(len(self.say()), 5)

    def test_two(self) -> None:
        """
        Of two, an event is taken in once that either wants, in whatever order they stop.
        """
        for first_ends in (True, False):
            first, second = self.above(LogLevel.critical), self.above(LogLevel.error)
            first.startService()
            second.startService()
            self.assertEqual(self.say(), ["error", "critical"])
            (first if first_ends else second).stopService()
            self.assertEqual(self.say(), ["error", "critical"] if first_ends else ["critical"])
            (second if first_ends else first).stopService()
            self.assertEqual(self.say(), [])

    def test_last_words(self) -> None:
        """
        The observer sees what is not selected, too: the last words among it.
        """
        calls: list[int] = []
        self.patch(log_observer(), "_after_last_words", [])
        log_observer().call_after_last_words(lambda: calls.append(1))
        service = self.above(LogLevel.critical)
        service.startService()
        self.addCleanup(service.stopService)
        self.patch(_observer_module, "is_last", lambda event: event["log_format"] == "bye")
        self.log.info("hello")
        self.assertEqual(calls, [])
        self.log.info("bye")
        self.assertEqual((calls, self.messages), ([1], []))


class ProcessTests(SynchronousTestCase):
    """
    A real ``twistd``.
    """

    def test_twistd(self) -> None:
        """
        All is taken in until the service starts, what is selected from then on, to the last words,
        and what is printed; what a destination prints comes out.
        """
        for reactor in ("epoll", "asyncio"):
            folder = scratch(self)
            (folder / "app.tac").write_text(APPLICATION)
            done = run_child(TWISTD, str(folder), reactor)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            messages = messages_in((folder / "a.json").read_bytes())
            root, *between, end = messages
            self.assertEqual((root["action_type"], end["action_status"]), ("app:run", "succeeded"))
            self.assertEqual({each["task_uuid"] for each in messages}, {root["task_uuid"]})
            texts = [str(each["text"]) for each in between]
            self.assertIn("made", texts)
            # That is the last before it starts.
            (ready,) = [place for place, text in enumerate(texts) if "reactor class" in text]
            self.assertEqual(texts[ready + 1 :], ["3 left", "starts", "stops"])
            self.assertEqual(between[ready + 1]["n"], 3)
            self.assertEqual(done.stdout, "seen app:run\n")
