"""
Tests of writers in real processes, which end in all the ways that processes do.
"""

from __future__ import annotations

import json
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import Fields, run_child, scratch
from tests.twisted.helpers import messages_in, numbers

#: The reactors under which everything must hold.
REACTORS = ("epoll", "asyncio")

#: How many messages a process logs.
COUNT = 3000

#: What each program begins with: a writer that runs.
PRELUDE = """
import atexit, os, sys, threading
from twisted.application.reactors import installReactor
log_path, reactor_name, *arguments = sys.argv[1:]
reactor = installReactor(reactor_name)

def log(start, count):
    for n in range(start, start + count):
        log_message("numbered", n=n)

# Registered before the framework is imported, so called after its own.
atexit.register(lambda: arguments[:1] == ["late"] and log(10_000, 5))
from eliot import FileDestination, log_message
from eliot.twisted import ThreadedWriter

# The file stays open until the process has gone.
descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
file = FileDestination(open(descriptor, "ab", closefd=False))
writer = ThreadedWriter(file, reactor)
"""

#: Stops the writer in one phase of the shutdown, while the destination hangs for a moment.  What
#: is done at a usual exit is left out, so that nothing else helps.
STOP_IN_PHASE = """
from zope.interface import implementer
from eliot import IEncodedDestination

disk_works = threading.Event()

@implementer(IEncodedDestination)
class SlowDisk:
    encoder = staticmethod(file.encoder)

    def __call__(self, message):
        self.write(self.encoder(message))

    def write(self, lines):
        disk_works.wait()
        file.write(lines)

writer = ThreadedWriter(SlowDisk(), reactor)
writer.startService()
ticked = []
fired = []

def stop():
    log(0, 3000)
    threading.Timer(0.1, disk_works.set).start()
    reactor.callLater(0, ticked.append, True)
    stopped = writer.stopService()
    fired.append(stopped.called)
    return stopped

reactor.addSystemEventTrigger(arguments[0], "shutdown", stop)
reactor.callWhenRunning(reactor.stop)
reactor.run()
print(*fired, bool(ticked), flush=True)
os._exit(0)
"""

#: Stops the writer where no loop runs, and likewise ends without more.
LOG_AND_STOP = """
log(0, 3000)
print(writer.stopService().called, flush=True)
os._exit(0)
"""

#: Ends in some way, with a writer that nobody stops.
ENDINGS = {
    "end": ("", 0),
    "exit": ("sys.exit(3)", 3),
    "uncaught": ("raise ValueError('uncaught')", 1),
    "after-run": ("reactor.callWhenRunning(reactor.stop)\nreactor.run()", 0),
    "interrupted": ("raise KeyboardInterrupt", -2),
}

#: Forks in the midst of logging from two threads.  Each child logs, which is lost and says so;
#: then it starts its service again.
FORK = """
import json, signal, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is the point
writer.startService()
halfway = threading.Event()

def log_much():
    log(0, 1500)
    halfway.set()
    log(1500, 1500)

def child(number):
    signal.alarm(20)
    errors = f"{log_path}.errors-{number}"
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    seen = []
    def look():
        with open(errors) as text:
            seen.append(text.read())
    look()
    for n in range(3):
        log_message("lost", n=-1)
        look()
    threads = threading.active_count()
    stopped = writer.stopService()
    writer.startService()
    log_message("child", n=20_000 + number)
    again = writer.stopService()
    look()
    with open(f"{log_path}.report-{number}", "w") as report:
        json.dump([seen, threads, stopped.called, again.called], report)
    sys.exit(7)

logging = threading.Thread(target=log_much)
logging.start()
halfway.wait()
statuses = []
for number in range(3):
    log(3000 + 10 * number, 10)
    pid = os.fork()
    if pid == 0:
        child(number)
    statuses.append(os.waitpid(pid, 0)[1])
logging.join()
writer.stopService()
print(*map(os.waitstatus_to_exitcode, statuses))
"""


class ProcessTestCase(SynchronousTestCase):
    """
    Has a log file.
    """

    def setUp(self) -> None:
        """
        Make a folder for it.
        """
        self.folder = scratch(self)
        self.log = self.folder / "log"

    def messages(self) -> list[Fields]:
        """
        Read the log, in which each line must be whole.
        """
        return messages_in(self.log.read_bytes())

    def run_program(
        self, program: str, reactor: str, *arguments: str, measured: bool = True
    ) -> tuple[int, str, str]:
        """
        Run a program that writes to the log.

        :returns: its exit status, output, and errors.
        """
        log = str(self.log)
        child = run_child(PRELUDE + program, log, reactor, *arguments, measured=measured)
        return child.returncode, child.stdout, child.stderr


class PhasesTests(ProcessTestCase):
    """
    A writer may be stopped in any phase of the reactor's shutdown.
    """

    def check(self, phase: str, expected: str) -> None:
        """
        Stop in a phase, under each reactor.

        :param expected: whether the Deferred has fired when stopping returns, and whether the
            reactor's loop goes on meanwhile.
        """
        for reactor in REACTORS:
            self.log.write_bytes(b"")
            status, output, errors = self.run_program(STOP_IN_PHASE, reactor, phase)
            self.assertEqual((status, output.strip(), errors), (0, expected, ""), reactor)
            self.assertEqual(numbers(self.messages()), list(range(COUNT)), reactor)

    def test_before(self) -> None:
        """
        While the loop still runs nothing blocks, and the shutdown waits for the Deferred.
        """
        self.check("before", "False True")

    def test_during(self) -> None:
        """
        When the loop has ended, stopping waits, and the Deferred has fired.
        """
        self.check("during", "True False")

    def test_after(self) -> None:
        """
        So it is in the last phase.
        """
        self.check("after", "True False")

    def test_never_run(self) -> None:
        """
        So it is where the reactor never ran.
        """
        program = f"writer.startService()\n{LOG_AND_STOP}"
        self.assertEqual(self.run_program(program, "epoll"), (0, "True\n", ""))
        self.assertEqual(numbers(self.messages()), list(range(COUNT)))

    def test_stopped_after_run(self) -> None:
        """
        So it is when ``reactor.run()`` has returned.
        """
        program = (
            "writer.startService()\nreactor.callWhenRunning(reactor.stop)\nreactor.run()\n"
            + LOG_AND_STOP
        )
        for reactor in REACTORS:
            self.log.write_bytes(b"")
            self.assertEqual(self.run_program(program, reactor), (0, "True\n", ""))
            self.assertEqual(numbers(self.messages()), list(range(COUNT)))


class ExitTests(ProcessTestCase):
    """
    Where nobody stops the writer, the interpreter's end does.
    """

    def test_endings(self) -> None:
        """
        However the program ends, all that was logged is written, and the exit status is its own.
        """
        for name, (ending, expected) in ENDINGS.items():
            self.log.write_bytes(b"")
            program = f"writer.startService()\nlog(0, 3000)\n{ending}"
            status, _, errors = self.run_program(program, "epoll")
            self.assertEqual(status, expected, f"{name}: {errors}")
            self.assertEqual(numbers(self.messages()), list(range(COUNT)), name)

    def test_asyncio(self) -> None:
        """
        So it is under the other reactor.
        """
        program = f"writer.startService()\nlog(0, 3000)\n{ENDINGS['after-run'][0]}"
        self.assertEqual(self.run_program(program, "asyncio"), (0, "", ""))
        self.assertEqual(numbers(self.messages()), list(range(COUNT)))

    def test_other_threads(self) -> None:
        """
        Threads that the interpreter waits for may log until they end.
        """
        program = "writer.startService()\nthreading.Thread(target=log, args=(0, 3000)).start()"
        self.assertEqual(self.run_program(program, "epoll"), (0, "", ""))
        self.assertEqual(numbers(self.messages()), list(range(COUNT)))

    def test_logged_later(self) -> None:
        """
        What is logged by the last functions that the interpreter calls is written too, though the
        writer's thread has ended by then.
        """
        program = "writer.startService()\nlog(0, 3)"
        self.assertEqual(self.run_program(program, "epoll", "late"), (0, "", ""))
        self.assertEqual(numbers(self.messages()), [0, 1, 2, *range(10_000, 10_005)])

    def test_hanging(self) -> None:
        """
        A destination that hangs does not keep the process from ending, whether the writer was
        stopped or not.
        """
        for ending in ("", "writer.stopService()"):
            program = (
                "writer = ThreadedWriter(lambda message: threading.Event().wait(), reactor,"
                f" stop_timeout=0.1)\nwriter.startService()\nlog(0, 3)\n{ending}\nprint('end')"
            )
            self.assertEqual(self.run_program(program, "epoll"), (0, "end\n", ""))

    def test_never_started(self) -> None:
        """
        A writer that was never started costs nothing at the end.
        """
        self.assertEqual(self.run_program("writer({'n': 1})", "epoll"), (0, "", ""))
        self.assertEqual(self.messages(), [])


class ForkTests(ProcessTestCase):
    """
    A process with a writer may fork in the midst.
    """

    def setUp(self) -> None:
        """
        Fork three times.
        """
        super().setUp()
        status, output, errors = self.run_program(FORK, "epoll", measured=False)
        self.assertEqual((status, output, errors), (0, "7 7 7\n", ""))

    def reports(self) -> list[tuple[list[str], int, bool, bool]]:
        """
        Read what the children have seen.
        """
        paths: list[Path] = sorted(self.folder.glob("log.report-*"))
        return [json.loads(path.read_bytes()) for path in paths]

    def test_parent(self) -> None:
        """
        The parent loses nothing, and nothing is written twice: the children's queues are empty.
        """
        parents = [n for n in numbers(self.messages()) if isinstance(n, int) and 0 <= n < 20_000]
        self.assertEqual(sorted(parents), list(range(3030)))

    def test_told_once(self) -> None:
        """
        A child says on its standard error, with the first message, that messages are lost there;
        before that and after it says nothing.
        """
        reports = self.reports()
        self.assertEqual(len(reports), 3)
        for (before, first, *later), *_ in reports:
            self.assertEqual(before, "")
            self.assertEqual(first.count("\n"), 1)
            self.assertIn("forked", first)
            self.assertEqual(later, [first] * 3)

    def test_no_thread(self) -> None:
        """
        A child has no thread but its own, and its service stops at once.
        """
        for _, threads, stopped, again in self.reports():
            self.assertEqual((threads, stopped, again), (1, True, True))

    def test_started_again(self) -> None:
        """
        When a child has started its service again, its messages are written.
        """
        written = numbers(self.messages())
        self.assertEqual(
            [n for n in (20_000, 20_001, 20_002) if n in written], [20_000, 20_001, 20_002]
        )
        self.assertNotIn(-1, written)
