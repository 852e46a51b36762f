"""
Tests of writers and of the logging service under ``twistd``, with real processes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from select import select
from time import monotonic

from twisted.trial.unittest import SynchronousTestCase

import eliot
from tests.helpers import PATIENCE, Fields, scratch, start_process
from tests.twisted.helpers import messages_in, numbers

TWISTD = "from twisted.scripts.twistd import run; run()"

#: What each application begins with: something that logs batches of messages, and after each says
#: how many there were, without a buffer.
PRELUDE = """
import os
from twisted.application.internet import TimerService
from twisted.application.service import Application, Service
from twisted.internet import reactor
from eliot import FileDestination, log_message
from eliot.twisted import LoggingService, ThreadedWriter

count = 0

def log_batch():
    global count
    for count in range(count + 1, count + 51):
        log_message("numbered", n=count)
    if count == 50:
        log_batch.counter = os.open("counter", os.O_WRONLY)
    os.write(log_batch.counter, b"%d\\n" % count)

application = Application("test")
# The file stays open until the process has gone.
descriptor = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
writer = ThreadedWriter(FileDestination(open(descriptor, "ab", closefd=False)), reactor)
"""

#: A writer alone.
WRITER = """
writer.setServiceParent(application)
TimerService(0.001, log_batch).setServiceParent(application)
"""

#: The logging service, with Twisted's own log in it, and a service that takes its time to stop.
LOGGING_SERVICE = """
from twisted.internet.task import deferLater
from twisted.logger import formatEvent, globalLogPublisher

globalLogPublisher.addObserver(lambda event: log_message("twisted", text=formatEvent(event)))

class SlowToStop(Service):
    def stopService(self):
        return deferLater(reactor, 0.1, log_message, "slow", text="stopped")

LoggingService(reactor, [writer]).setServiceParent(application)
SlowToStop().setServiceParent(application)
TimerService(0.001, log_batch).setServiceParent(application)
"""

#: Ends by itself after a while.
STOPS_ITSELF = """
reactor.callLater(0.3, reactor.stop)
"""

#: How many messages there are, at least, when the signal comes.
ENOUGH = 3000


class TwistdTestCase(SynchronousTestCase):
    """
    Runs applications.
    """

    def setUp(self) -> None:
        """
        Make a folder, with a pipe that tells how much was logged, and when the process has gone.
        """
        self.folder = scratch(self)
        os.mkfifo(self.folder / "counter")
        self.counter = os.open(self.folder / "counter", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, self.counter)
        self.counted = b""
        self.deadline = monotonic() + 2 * PATIENCE

    def twistd(self, application: str, reactor: str, *options: str) -> subprocess.Popen[bytes]:
        """
        Start ``twistd``.
        """
        (self.folder / "app.tac").write_text(PRELUDE + application)
        options = ("--reactor", reactor, "--pidfile", "twistd.pid", *options)
        command = [sys.executable, "-W", "error", "-c", TWISTD, *options, "app.tac"]
        environment = {"PYTHONPATH": str(Path(eliot.__file__).parent.parent)}
        return start_process(self, self.folder, command, environment)

    def read_counter(self) -> bool:
        """
        Wait for the process to log more.

        :returns: whether the process is still there.
        """
        ready, _, _ = select([self.counter], [], [], max(0.0, self.deadline - monotonic()))
        if not ready:
            raise TimeoutError((self.folder / "output").read_text())
        more = os.read(self.counter, 65536)
        self.counted += more
        return more != b""

    @property
    def count(self) -> int:
        """
        How many messages the process has logged, as far as it has told.
        """
        return int(self.counted.splitlines()[-1]) if self.counted else 0

    def await_count(self, count: int) -> None:
        """
        Wait until the process has logged so many messages.
        """
        while self.count < count:
            if not self.read_counter() and self.counted:
                raise EOFError((self.folder / "output").read_text())

    def await_end(self) -> None:
        """
        Wait until the process has gone.
        """
        while self.read_counter():
            pass

    def messages(self) -> list[Fields]:
        """
        Read the log, in which each line must be whole.
        """
        return messages_in((self.folder / "log").read_bytes())


class WriterTests(TwistdTestCase):
    """
    A writer in an application loses nothing when the process gets a signal in the midst.
    """

    def check(self) -> None:
        """
        Compare the log with what the process has told.
        """
        self.assertGreaterEqual(self.count, ENOUGH)
        self.assertEqual(numbers(self.messages()), list(range(1, self.count + 1)))

    def signal_foreground(self, reactor: str) -> None:
        """
        Run ``twistd -n``, and end it with the signal that ends services.
        """
        process = self.twistd(WRITER, reactor, "-noy")
        self.await_count(ENOUGH)
        process.send_signal(signal.SIGTERM)
        self.await_end()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)
        self.check()

    def signal_daemon(self, reactor: str) -> None:
        """
        Run ``twistd``, which forks twice and ends; then end the daemon.
        """
        self.addCleanup(self.kill_daemon)
        process = self.twistd(WRITER, reactor, "-y")
        output = self.folder / "output"
        self.assertEqual(process.wait(PATIENCE), 0, output.read_text())
        self.await_count(ENOUGH)
        os.kill(self.daemon(), signal.SIGTERM)
        self.await_end()
        self.assertEqual(output.read_text(), "")
        self.check()

    def daemon(self) -> int:
        """
        Find out which process the daemon is.
        """
        return int((self.folder / "twistd.pid").read_text())

    def kill_daemon(self) -> None:
        """
        End a daemon that has not ended: one that has has removed its file.
        """
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self.daemon(), signal.SIGKILL)

    def test_epoll(self) -> None:
        """
        In the foreground, every message that was logged is in the file, in order, and the last
        line is whole.
        """
        self.signal_foreground("epoll")

    def test_asyncio(self) -> None:
        """
        So it is under the other reactor.
        """
        self.signal_foreground("asyncio")

    def test_daemon(self) -> None:
        """
        So it is in the background: the thread is started after the forks.
        """
        self.signal_daemon("epoll")

    def test_daemon_asyncio(self) -> None:
        """
        And so it is in the background under the other reactor.
        """
        self.signal_daemon("asyncio")


class LoggingServiceTests(TwistdTestCase):
    """
    With the logging service, what comes last is in the log as well.
    """

    def check(self) -> None:
        """
        Look for what was logged before the signal, by the slow service, and by Twisted.
        """
        messages = self.messages()
        self.assertEqual(numbers(messages), list(range(1, self.count + 1)))
        texts = [str(each["text"]) for each in messages if "text" in each]
        self.assertEqual(texts.count("stopped"), 1)
        self.assertIn("Server Shut Down.", texts)
        self.texts = texts

    def test_epoll(self) -> None:
        """
        A service that stops slowly logs in the end, and then Twisted has its last words.
        """
        process = self.twistd(LOGGING_SERVICE, "epoll", "-noy")
        self.await_count(ENOUGH)
        process.send_signal(signal.SIGTERM)
        self.await_end()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)
        self.check()
        self.assertIn("Main loop terminated.", self.texts)
        self.assertIn("Received SIGTERM, shutting down.", self.texts)

    def test_asyncio(self) -> None:
        """
        So it is under the other reactor, which says less.
        """
        process = self.twistd(LOGGING_SERVICE, "asyncio", "-noy")
        self.await_count(ENOUGH)
        process.send_signal(signal.SIGTERM)
        self.await_end()
        self.assertEqual(process.wait(PATIENCE), -signal.SIGTERM)
        self.check()

    def test_by_itself(self) -> None:
        """
        So it is where the program stops by itself.
        """
        process = self.twistd(LOGGING_SERVICE + STOPS_ITSELF, "epoll", "-noy")
        self.await_end()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.check()
        self.assertIn("Main loop terminated.", self.texts)
