"""
Tests of writers in real processes, whose disks stand still, which are killed, and which fork in the
worst moments.
"""

from __future__ import annotations

import json
import os
from fcntl import F_SETPIPE_SZ, fcntl
from threading import Event, Thread

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.trial.unittest import TestCase
from zope.interface import implementer

from eliot import IEncodedDestination, add_destinations, log_message
from eliot._encode import encode
from eliot._interfaces import NotWritten
from eliot.twisted import ThreadedWriter, WriterCounts
from tests.helpers import PATIENCE, Fields, fresh_destinations, of_type
from tests.twisted.helpers import await_event, messages_in, numbers
from tests.twisted.test_processes import REACTORS, ProcessTestCase

#: Logs much more than there is room for while nobody reads the FIFO, then reads it.
STALL = """
import json
os.mkfifo(f"{log_path}.fifo")
# Open for reading, too, so that opening it does not wait; a write does, once it is full.
fifo = os.open(f"{log_path}.fifo", os.O_RDWR)
writer = ThreadedWriter(
    FileDestination(os.fdopen(fifo, "r+b", buffering=0, closefd=False)),
    reactor,
    queue_bytes=4_000_000,
    overflow=arguments[0],
    stop_timeout=30.0,
)

def memory():
    with open("/proc/self/status") as status:
        return sum(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024

writer.startService()
log(0, 1000)
before = memory()
log(1000, 99_000)
grown = memory() - before
counts = writer.counts

def read():
    with open(log_path, "ab") as file:
        while not done.is_set() or counts_in_pipe():
            file.write(os.read(fifo, 1 << 20))

def counts_in_pipe():
    import fcntl, termios
    return int.from_bytes(fcntl.ioctl(fifo, termios.FIONREAD, b"    "), sys.byteorder)

done = threading.Event()
reader = threading.Thread(target=read)
reader.start()
writer.stopService()
done.set()
# So that the last read returns.
os.write(fifo, b"\\n")
reader.join()
after = writer.counts
print(json.dumps([grown, counts.queued_bytes, counts.queued + counts.written + counts.dropped,
                  after.queued, after.written, after.dropped]))
"""

#: Logs ten thousand messages a second until a signal comes.
BUSY = """
import signal
from twisted.internet.task import LoopingCall
from eliot.twisted import LoggingService

service = LoggingService(reactor, [writer])
logged = 0

def log_some():
    global logged
    for _ in range(100):
        log_message("numbered", n=logged)
        logged += 1

service.startService()
reactor.addSystemEventTrigger("before", "shutdown", service.stopService)
LoopingCall(log_some).start(0.01)
"""

#: Is told to end in the midst.
TERMINATED = f"""{BUSY}
def terminate():
    log_some()
    os.kill(os.getpid(), signal.SIGTERM)
    log_some()

reactor.callLater(0.3, terminate)
reactor.run()
print(logged)
"""

#: Says how many messages are durable, by both ways to know, and is killed in the midst of logging.
KILLED = f"""{BUSY}
said = 0

def say(count):
    global said
    os.write(1, b"%d\\n%d\\n" % (count, writer.counts.written))
    said += 1
    if said == 20:
        threading.Thread(target=lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        while True:
            log_some()
    writer.flush().addCallback(lambda _, count=logged: say(count))

reactor.callWhenRunning(say, 0)
reactor.run()
"""

#: A disk that works once it is told to; what it says until then is up to it.
SICK = """
import signal, warnings
from zope.interface import implementer
from eliot import IEncodedDestination
from eliot._interfaces import NotWritten

warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is the point
signal.alarm(40)
healthy = threading.Event()
tried = threading.Event()

@implementer(IEncodedDestination)
class SickDisk:
    encoder = staticmethod(file.encoder)

    def __call__(self, message):
        self.write(self.encoder(message))

    def write(self, lines):
        tried.set()
        if not healthy.is_set():
            self.suffer(lines)
        file.write(lines)

def live_on(number):
    # The child logs, which is lost, then starts its service again.
    global healthy, tried
    healthy, tried = threading.Event(), threading.Event()
    healthy.set()
    log(-3, 3)
    stopped = writer.stopService()
    writer.startService()
    log(number, 3)
    again = writer.stopService()
    ok = stopped.called and again.called and threading.active_count() == 1
    counts = writer.counts
    os._exit(0 if ok and counts.queued == 0 else 1)

def fork_and_wait(number):
    pid = os.fork()
    if not pid:
        live_on(number)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

#: Forks while the thread tries again.
FORK_RETRYING = f"""{SICK}
class FullDisk(SickDisk):
    def suffer(self, lines):
        raise NotWritten(OSError(28, "No space left on device"), lines)

writer = ThreadedWriter(FullDisk(), reactor)
writer.startService()
log(0, 3)
tried.wait()
statuses = [fork_and_wait(number) for number in (1000, 2000)]
healthy.set()
writer.stopService()
print(*statuses, writer.counts.dropped)
"""

#: Forks while a thread waits for room.
FORK_BLOCKED = f"""{SICK}
class HangingDisk(SickDisk):
    def suffer(self, lines):
        healthy.wait()

writer = ThreadedWriter(HangingDisk(), reactor, queue_bytes=2000, overflow="block")
writer.startService()
log(0, 1)
tried.wait()
logging = threading.Thread(target=log, args=(1, 50))
logging.start()
while writer.counts.queued_bytes < 1700:
    pass
statuses = [fork_and_wait(number) for number in (1000, 2000)]
healthy.set()
logging.join()
writer.stopService()
print(*statuses, writer.counts.dropped)
"""


class StalledDiskTests(ProcessTestCase):
    """
    The disk stands still: a FIFO that nobody reads.
    """

    #: By how many bytes the process may grow beyond the bound.
    MARGIN = 3_000_000

    def check(self, overflow: str) -> list[object]:
        """
        Log much more than there is room for.

        :returns: the numbers of the messages that were written in the end.
        """
        self.log.write_bytes(b"")
        status, output, errors = self.run_program(STALL, "epoll", overflow, measured=False)
        self.assertEqual((status, errors), (0, ""))
        grown, size, logged, queued, written, dropped = json.loads(output)
        self.assertLess(grown, 4_000_000 + self.MARGIN)
        self.assertLessEqual(size, 4_000_000)
        self.assertGreater(size, 3_900_000)
        self.assertEqual((logged, queued, written + dropped), (100_000, 0, 100_000))
        messages = [
            each
            for line in self.log.read_bytes().splitlines(keepends=True)
            if line != b"\n"
            for each in messages_in(line)
        ]
        (note,) = of_type(messages, "eliot:messages_dropped")
        self.assertEqual(note["count"], dropped)
        self.assertEqual(len(numbers(messages)), written)
        return numbers(messages)

    def test_memory(self) -> None:
        """
        What the process takes stays within the bound that was given, however short the lines are;
        what was dropped is counted, and told of once.
        """
        found = self.check("drop-newest")
        self.assertEqual(found[:20_000], list(range(20_000)))
        # Of those that came later, shorter ones may have found a last bit of room.
        self.assertEqual(found, sorted(set(found)))

    def test_memory_for_the_newest(self) -> None:
        """
        So it is where the oldest are dropped.
        """
        found = self.check("drop-oldest")
        self.assertEqual(found[-10_000:], list(range(90_000, 100_000)))


class SignalTests(ProcessTestCase):
    """
    Signals end a process in the midst of fast logging.
    """

    def test_terminated(self) -> None:
        """
        SIGTERM: nothing that was logged is lost.
        """
        for name in REACTORS:
            self.log.write_bytes(b"")
            status, output, errors = self.run_program(TERMINATED, name)
            self.assertEqual((status, errors), (0, ""), name)
            self.assertEqual(numbers(self.messages()), list(range(int(output))), name)

    def test_killed(self) -> None:
        """
        SIGKILL: what was known to be durable is in the file, in order, and only the last line may
        be broken.
        """
        status, output, errors = self.run_program(KILLED, "epoll", measured=False)
        self.assertEqual((status, errors), (-9, ""))
        durable = [int(line) for line in output.split()]
        self.assertGreater(max(durable), 0)
        whole = self.log.read_bytes().rpartition(b"\n")[0] + b"\n"
        found = numbers(messages_in(whole))
        self.assertEqual(found, list(range(len(found))))
        self.assertGreaterEqual(len(found), max(durable))


class ForkTests(ProcessTestCase):
    """
    A process forks in the worst moments.
    """

    def check(self, program: str, count: int) -> None:
        """
        Fork in a program twice: nothing hangs, the parent loses nothing, the children write what
        they log once their services run.
        """
        status, output, errors = self.run_program(program, "epoll", measured=False)
        self.assertEqual((status, output), (0, "0 0 0\n"), errors)
        self.assertEqual(errors.count("\n"), 2, errors)
        written = [number for number in numbers(self.messages()) if isinstance(number, int)]
        self.assertEqual([each for each in written if each < 1000], list(range(count)))
        self.assertEqual(
            sorted(each for each in written if each >= 1000), [1000, 1001, 1002, 2000, 2001, 2002]
        )
        dropped = of_type(self.messages(), "eliot:messages_dropped")
        self.assertEqual([each["count"] for each in dropped], [3, 3])

    def test_retrying(self) -> None:
        """
        While the thread tries again.
        """
        self.check(FORK_RETRYING, 3)

    def test_blocked(self) -> None:
        """
        While somebody waits for room.
        """
        self.check(FORK_BLOCKED, 51)


@implementer(IEncodedDestination)
class Pipe:
    """
    Writes to a pipe that does not make it wait.
    """

    encoder = staticmethod(encode)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self, message: Fields) -> None:
        """
        Write one message.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Write what the pipe takes.
        """
        try:
            written = os.write(self._descriptor, lines)
        except BlockingIOError as error:
            raise NotWritten(error, lines) from error
        if written < len(lines):
            raise NotWritten(BlockingIOError(11, "the pipe is full"), lines[written:])


class PipeTests(TestCase):
    """
    A real pipe that does not make anybody wait.
    """

    def test_nothing_lost(self) -> Deferred[None]:
        """
        Nobody reads for a while, which the others learn; then everything comes, whole and once.
        """
        fresh_destinations(self)
        readable, writable = os.pipe()
        fcntl(writable, F_SETPIPE_SZ, 4096)
        os.set_blocking(writable, False)
        failed = Event()
        received: list[bytes] = []

        def notice(message: Fields) -> None:
            if message["message_type"] == "eliot:destination_failure":
                failed.set()

        def read() -> None:
            while received[-1:] != [b""]:
                received.append(os.read(readable, 1000))
            os.close(readable)

        add_destinations(notice)
        writer = ThreadedWriter(Pipe(writable), reactor, stop_timeout=PATIENCE)
        writer.startService()
        for number in range(300):
            log_message("numbered", n=number)
        await_event(failed)
        reader = Thread(target=read, daemon=True)
        reader.start()

        def check(_: None) -> None:
            os.close(writable)
            reader.join(PATIENCE)
            self.assertFalse(reader.is_alive())
            messages = messages_in(b"".join(received))
            self.assertEqual(numbers(messages), list(range(300)))
            self.assertNotEqual(of_type(messages, "eliot:destination_recovered"), [])
            self.assertEqual(of_type(messages, "eliot:messages_dropped"), [])
            failures = writer.counts.failures
            self.assertEqual(writer.counts, WriterCounts(0, 0, 300, 0, failures))

        return writer.stopService().addCallback(check)
