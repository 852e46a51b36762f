"""
Tests of :mod:`eliot.twisted._hosts`.
"""

from __future__ import annotations

from pathlib import Path

from twisted.logger import Logger
from twisted.trial.unittest import SynchronousTestCase

from eliot import log_message, remove_destination
from eliot.twisted import DescriptionError, start_logging
from tests.helpers import Fields, fresh_destinations, run_child, scratch
from tests.twisted.helpers import FakeReactor, fresh_observer, messages_in, numbers

#: Chooses a reactor, and begins to log.
PRELUDE = """
import sys
if sys.argv[2] == "asyncio":
    from twisted.internet import asyncioreactor
    asyncioreactor.install()
from eliot import log_message
from eliot.twisted import start_logging
"""

#: What :func:`twisted.internet.task.react` runs.
REACT = """
from twisted.internet.task import deferLater, react

def main(reactor):
    start_logging("file:" + sys.argv[1], reactor=reactor, root_action="root")
    log_message("numbered", n=1)
    reactor.addSystemEventTrigger("after", "shutdown", log_message, "numbered", n=3)
    return deferLater(reactor, 0, log_message, "numbered", n=2)

react(main, [])
"""

#: A script that begins before its reactor.
SCRIPT = """
log_message("numbered", n=1)
start_logging("file:" + sys.argv[1], root_action="root")
from twisted.internet import reactor
log_message("numbered", n=2)
reactor.callWhenRunning(reactor.stop)
reactor.run()
log_message("numbered", n=3)
"""

#: A script without one.
WITHOUT_REACTOR = """
start_logging("file:" + sys.argv[1], root_action="root")
for number in (1, 2, 3):
    log_message("numbered", n=number)
"""

#: A script whose reactor runs in another thread.
THREAD = """
from threading import Event, Thread
from twisted.internet import reactor

ready = Event()
reactor.callWhenRunning(ready.set)
thread = Thread(target=reactor.run, args=(False,))
thread.start()
ready.wait(10)
service = start_logging("file:" + sys.argv[1], root_action="root")
assert service.running
for number in (1, 2, 3):
    log_message("numbered", n=number)
reactor.callFromThread(reactor.stop)
thread.join()
"""


class StartLoggingTests(SynchronousTestCase):
    """
    One call starts the logging, wherever it is.
    """

    def test_starts(self) -> None:
        """
        It runs at once, and stops with the reactor.
        """
        fresh_destinations(self)
        messages: list[Fields] = []
        reactor = FakeReactor()
        fresh_observer(self)
        service = start_logging(messages.append, reactor=reactor, fields={"a": 1})
        Logger("somewhere").info("now")
        self.assertEqual((messages[0]["text"], messages[0]["a"]), ("now", 1))
        reactor.begin_shutdown()
        self.assertFalse(service.running)
        log_message("numbered", n=1)
        self.assertEqual(numbers(messages), [1])
        reactor.end_shutdown()

    def test_fails(self) -> None:
        """
        Where it cannot start, it has not.
        """
        fresh_destinations(self)
        messages: list[Fields] = []
        reactor = FakeReactor()
        self.assertRaises(DescriptionError, start_logging, "no", reactor=reactor)
        self.assertRaises(
            OSError, start_logging, messages.append, "file:no/such/file", reactor=reactor
        )
        self.assertRaises(ValueError, remove_destination, messages.append)
        self.assertEqual(reactor.shutdown_triggers, [])


class ProcessTests(SynchronousTestCase):
    """
    In real processes, nothing is lost, whoever hosts the reactor.
    """

    def check(self, program: str, status: int = 0) -> None:
        """
        Run a program, on both reactors.
        """
        for reactor in ("epoll", "asyncio"):
            path: Path = scratch(self) / "a.json"
            process = run_child(PRELUDE + program, str(path), reactor)
            self.assertEqual((process.returncode, process.stderr), (status, ""))
            messages = messages_in(path.read_bytes())
            self.assertEqual(numbers(messages), [1, 2, 3])
            ends = [each for each in messages if each.get("action_status") == "succeeded"]
            self.assertEqual(len(ends), 1, messages)
            texts = [each["text"] for each in messages if "text" in each]
            if reactor == "epoll" and "reactor" in program:
                self.assertIn("Main loop terminated.", texts)

    def test_react(self) -> None:
        """
        In ``task.react``, while the reactor runs.
        """
        self.check(REACT)

    def test_script(self) -> None:
        """
        In a script, before the reactor runs.
        """
        self.check(SCRIPT)

    def test_without_reactor(self) -> None:
        """
        In a script that never runs one.
        """
        self.check(WITHOUT_REACTOR)

    def test_thread(self) -> None:
        """
        From another thread than the reactor's, as crochet has it.
        """
        self.check(THREAD)
