"""
Tests of :mod:`eliot.twisted._output`.
"""

from __future__ import annotations

import sys
from io import StringIO

from twisted.application.service import IService
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot.twisted import CapturedOutput
from tests.helpers import in_threads, record, run_child, scratch
from tests.twisted.helpers import messages_in

#: What a program begins with that is to print: the options of its service, and the reactor.
PROGRAM = """
import subprocess
import sys
from importlib import import_module
from twisted.python import log

module = "asyncioreactor" if sys.argv[2] == "asyncio" else "epollreactor"
import_module(f"twisted.internet.{module}").install()

from twisted.internet import reactor, task
from eliot import log_message, start_action
from eliot.twisted import start_logging

start_logging(
    "file:" + sys.argv[1],
    lambda message: print("seen", file=sys.stderr),
    root_action="app:run",
    twisted_log=False,
    capture_output=True,
)

def work():
    with start_action(action_type="app:work"):
        print("one")
        print("two", "three", sep="\\n", file=sys.stderr)
        subprocess.run([sys.executable, "-c", "print('child')"], stdout=sys.stdout, check=True)
    reactor.stop()

reactor.callWhenRunning(work)
reactor.addSystemEventTrigger("during", "shutdown", print, "stopping")
reactor.run()
print("stopped")
print("half", end="")
"""


class CapturedOutputTests(SynchronousTestCase):
    """
    What is printed becomes messages while the service runs.
    """

    def setUp(self) -> None:
        """
        Have messages recorded, and streams that can be seen.
        """
        self.messages = record(self)
        self.out, self.err = StringIO(), StringIO()
        self.patch(sys, "stdout", self.out)
        self.patch(sys, "stderr", self.err)

    def say(self) -> None:
        """
        Print a line to either stream.
        """
        print("out")
        print("err", file=sys.stderr)

    def texts(self) -> list[object]:
        """
        Get the texts of all messages that there are now.
        """
        texts = [each["text"] for each in self.messages]
        self.messages.clear()
        return texts

    def test_interface(self) -> None:
        """
        It is a service.
        """
        verifyObject(IService, CapturedOutput())

    def test_running(self) -> None:
        """
        Both streams are captured while it runs, and put back after that; so again when it is
        started again, and twice is as once.
        """
        service = CapturedOutput()
        for _ in range(2):
            service.startService()
            service.startService()
            self.say()
            self.assertEqual(self.texts(), ["out", "err"])
            service.stopService()
            service.stopService()
            self.assertIs(sys.stdout, self.out)
            self.assertIs(sys.stderr, self.err)
        self.assertEqual((self.out.getvalue(), self.err.getvalue()), ("", ""))

    def test_streams(self) -> None:
        """
        It may be one of them; there are no others.
        """
        service = CapturedOutput("stderr", "stderr")
        service.startService()
        self.say()
        service.stopService()
        self.assertEqual((self.texts(), self.out.getvalue()), (["err"], "out\n"))
        error = self.assertRaises(ValueError, CapturedOutput, "stdin")
        self.assertIn("'stdin' is not a stream; there are stdout and stderr.", str(error))

    def test_kept(self) -> None:
        """
        Who keeps the stream that was there meanwhile still prints with it when it has stopped.
        """
        service = CapturedOutput()
        service.startService()
        kept = sys.stdout
        print("half", end="")
        service.stopService()
        print("later", file=kept)
        self.assertEqual((self.texts(), self.out.getvalue()), (["half"], "later\n"))

    def test_replaced(self) -> None:
        """
        What somebody else has put there meanwhile stays.
        """
        service = CapturedOutput()
        service.startService()
        others = sys.stdout = StringIO()
        service.stopService()
        self.assertIs(sys.stdout, others)
        self.assertIs(sys.stderr, self.err)

    def test_two(self) -> None:
        """
        Of two, one gets each line, in whatever order they stop; then the streams are what they
        were.
        """
        for first_ends in (True, False):
            first, second = CapturedOutput(), CapturedOutput()
            first.startService()
            second.startService()
            self.say()
            (first if first_ends else second).stopService()
            self.say()
            self.assertEqual(self.texts(), ["out", "err"] * 2)
            (second if first_ends else first).stopService()
            self.assertIs(sys.stdout, self.out)

    def test_started_again(self) -> None:
        """
        One may be started again while another has the place of the streams.
        """
        first, second = CapturedOutput(), CapturedOutput()
        first.startService()
        second.startService()
        first.stopService()
        first.startService()
        self.say()
        self.assertEqual(self.texts(), ["out", "err"])
        second.stopService()
        first.stopService()
        self.say()
        self.assertEqual(self.out.getvalue(), "out\n")

    def test_no_stream(self) -> None:
        """
        A program need not have any to begin with.
        """
        self.patch(sys, "stdout", None)
        service = CapturedOutput()
        service.startService()
        self.say()
        service.stopService()
        self.assertEqual(self.texts(), ["out", "err"])
        self.assertIsNone(sys.stdout)

    def test_threads(self) -> None:
        """
        The lines of several threads are not mixed.
        """
        service = CapturedOutput()
        service.startService()

        def say(number: int) -> None:
            for _ in range(100):
                print(number, number, number)

        in_threads(4, say)
        service.stopService()
        expected = [f"{number} {number} {number}" for number in range(4)] * 100
        self.assertEqual(sorted(map(str, self.texts())), sorted(expected))


class ProcessTests(SynchronousTestCase):
    """
    A real program that prints.
    """

    def test_program(self) -> None:
        """
        What it prints, also after the reactor, is in its log, in the action that was current; what
        destinations and child processes print comes out.
        """
        for reactor in ("epoll", "asyncio"):
            path = scratch(self) / "a.json"
            done = run_child(PROGRAM, str(path), reactor)
            self.assertEqual(done.returncode, 0, done.stderr)
            messages = messages_in(path.read_bytes())
            output = [each for each in messages if each.get("message_type") == "eliot:output"]
            self.assertEqual(
                [(each["stream"], each["text"], each["task_level"]) for each in output],
                [
                    ("stdout", "one", [2, 2]),
                    ("stderr", "two", [2, 3]),
                    ("stderr", "three", [2, 4]),
                    ("stdout", "stopping", [3]),
                    ("stdout", "stopped", [1]),
                    ("stdout", "half", [1]),
                ],
            )
            self.assertEqual(done.stdout, "child\n")
            self.assertEqual(done.stderr, "seen\n" * len(messages))
