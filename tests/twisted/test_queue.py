"""
Tests of :mod:`eliot.twisted._queue`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import FAILURE_MARKS, encode
from eliot.twisted._queue import LINE_OVERHEAD, Batch, LineQueue
from eliot.twisted._threads import writing
from tests.helpers import PATIENCE, run_child, run_together

#: Enough for all lines of a test.
PLENTY = 1 << 30

FAILURE = encode({"action_type": "x", "action_status": "failed"})
TRACEBACK = encode({"message_type": "eliot:traceback"})


def room(count: int, length: int) -> int:
    """
    Make a bound that has room for so many lines of a length.
    """
    return count * (length + LINE_OVERHEAD)


def take_all(queue: LineQueue) -> list[Batch]:
    """
    Take until the queue is closed and empty.
    """
    batches = []
    while (batch := queue.take()) is not None:
        batches.append(batch)
    return batches


def take_queued(queue: LineQueue) -> list[bytes]:
    """
    Take all there is, and have it count as written.
    """
    lines = []
    while len(queue):
        batch = queue.take()
        assert batch is not None
        lines += batch.lines.splitlines(keepends=True)
    queue.hurry()
    queue.take()
    return lines


def lines_of(batches: Iterable[Batch]) -> list[bytes]:
    """
    List the lines of some batches.
    """
    return b"".join(batch.lines for batch in batches).splitlines(keepends=True)


def line(thread: int, number: int) -> bytes:
    """
    Make a line that says who has put it.
    """
    return b"%d %d\n" % (thread, number)


def putter(queue: LineQueue, thread: int, count: int) -> Callable[[], None]:
    """
    Make a function that puts the lines of one thread.
    """

    def put() -> None:
        for number in range(count):
            queue.put(line(thread, number))

    return put


def is_ordered(lines: Iterable[bytes]) -> bool:
    """
    Tell whether the numbers of each thread ascend.
    """
    by_thread: defaultdict[bytes, list[int]] = defaultdict(list)
    for each in lines:
        thread, number = each.split()
        by_thread[thread].append(int(number))
    return all(each == sorted(each) for each in by_thread.values())


class TakingTests(SynchronousTestCase):
    """
    Lines come out as they went in.
    """

    def setUp(self) -> None:
        """
        Make a queue that does not wait for more.
        """
        self.queue = LineQueue(PLENTY, 0.0)

    def test_order(self) -> None:
        """
        All lines are taken at once, in their order.
        """
        for number in range(3):
            self.queue.put(line(0, number))
        self.assertEqual(len(self.queue), 3)
        self.assertEqual(self.queue.take(), (b"0 0\n0 1\n0 2\n", 3))
        self.assertEqual(len(self.queue), 0)

    def test_closed(self) -> None:
        """
        What was put before the queue was closed is taken; then there is nothing more to wait for,
        however often one asks.
        """
        self.queue.put(b"a\n")
        self.queue.close()
        self.assertEqual(self.queue.take(), (b"a\n", 1))
        self.assertIsNone(self.queue.take())
        self.assertIsNone(self.queue.take())

    def test_closed_late(self) -> None:
        """
        What is put after the queue was closed is taken too, as long as somebody takes.
        """
        self.queue.close()
        self.queue.put(b"a\n")
        self.assertEqual(self.queue.take(), (b"a\n", 1))
        self.assertIsNone(self.queue.take())

    def test_batches(self) -> None:
        """
        Very many lines are taken in several batches, so that no write is too large.
        """
        for number in range(12_000):
            self.queue.put(line(0, number))
        self.queue.close()
        batches = take_all(self.queue)
        self.assertGreater(len(batches), 1)
        self.assertEqual(lines_of(batches), [line(0, number) for number in range(12_000)])

    def test_several_at_once(self) -> None:
        """
        Several lines may be put at once; a batch tells how often something was put.
        """
        self.queue.put(b"a\nb\n")
        self.queue.put(b"c\n")
        self.assertEqual(self.queue.take(), (b"a\nb\nc\n", 2))


class BoundTests(SynchronousTestCase):
    """
    The queue holds no more bytes than it may.
    """

    def setUp(self) -> None:
        """
        Make a queue for ten lines of four bytes.
        """
        self.queue = LineQueue(room(10, 4), 0.0)

    def fill(self) -> None:
        """
        Put as many lines as there is room for.
        """
        for _ in range(10):
            self.queue.put(b"123\n")

    def test_newest_dropped(self) -> None:
        """
        Beyond the bound the newest line is dropped and counted; one that just fits is not.
        """
        self.fill()
        self.assertEqual(self.queue.ledger.dropped, 0)
        self.queue.put(b"x\n")
        self.queue.put(b"y\n")
        self.assertEqual(self.queue.ledger.dropped, 2)
        self.assertEqual(take_queued(self.queue), [b"123\n"] * 10)

    def test_room_again(self) -> None:
        """
        When lines were written there is room for just as many bytes.
        """
        for _ in range(3):
            self.fill()
            self.assertEqual(self.queue.ledger.dropped, 0)
            take_queued(self.queue)
        self.fill()
        self.queue.put(b"x\n")
        self.assertEqual(self.queue.ledger.dropped, 1)

    def test_room_after_dropping(self) -> None:
        """
        A line that was dropped takes no room.
        """
        self.queue.put(b"x" * room(10, 4) + b"\n")
        self.fill()
        self.assertEqual(self.queue.ledger.dropped, 1)
        self.assertEqual(len(self.queue), 10)

    def test_dropped_together(self) -> None:
        """
        Lines that were put at once and dropped are counted as lines.
        """
        self.fill()
        self.queue.put(b"a\nb\nc\n")
        self.assertEqual(self.queue.ledger.dropped, 3)

    def test_reserve(self) -> None:
        """
        A failure and a traceback go into a reserve, an eighth of the bound, when ordinary lines
        have no room; when the reserve is used up, they are dropped as well.
        """
        for failure in (FAILURE, TRACEBACK):
            size = len(failure)
            queue = LineQueue(room(16, size), 0.0)
            for _ in range(16):
                queue.put(b"x" * (size - 1) + b"\n")
            queue.put(failure)
            queue.put(b"x\n")
            queue.put(failure)
            self.assertEqual((len(queue), queue.ledger.dropped), (18, 1))
            queue.put(failure)
            self.assertEqual((len(queue), queue.ledger.dropped), (18, 2))

    def test_reserve_room_again(self) -> None:
        """
        What goes into the reserve gives its room back, too.
        """
        queue = LineQueue(room(8, len(FAILURE)), 0.0)
        for _ in range(3):
            for _ in range(9):
                queue.put(FAILURE)
            self.assertEqual(queue.ledger.dropped, 0)
            take_queued(queue)

    def test_lookalike(self) -> None:
        """
        Text that quotes a failure's line is no failure.
        """
        quoting = encode({"text": FAILURE.decode()})
        queue = LineQueue(room(8, len(quoting)), 0.0)
        for _ in range(9):
            queue.put(quoting)
        self.assertEqual(queue.ledger.dropped, 1)


class MarksTests(SynchronousTestCase):
    """
    How a line shows that something has failed.
    """

    def kept(self, line: bytes, marks: tuple[bytes, ...] = FAILURE_MARKS) -> bool:
        """
        Tell whether a line goes into the reserve.
        """
        queue = LineQueue(room(8, len(line)), 0.0, "drop-newest", marks)
        for _ in range(9):
            queue.put(line)
        return queue.ledger.dropped == 0

    def test_traceback_field(self) -> None:
        """
        A message with a traceback is one, whatever its type; one that only speaks of it is not.
        """
        self.assertTrue(self.kept(encode({"n": 1, "traceback": "..."})))
        self.assertFalse(self.kept(encode({"n": 1, "text": "traceback"})))

    def test_other_encoders(self) -> None:
        """
        Lines that are no JSON have marks of their own.
        """
        self.assertTrue(self.kept(b"12:00 FAILED it\n", (b" FAILED ",)))
        self.assertFalse(self.kept(b"12:00 did it\n", (b" FAILED ",)))
        self.assertFalse(self.kept(FAILURE, (b" FAILED ",)))
        self.assertFalse(self.kept(FAILURE, ()))


class DropOldestTests(SynchronousTestCase):
    """
    The oldest lines make room for new ones.
    """

    def queue(self, count: int, length: int) -> LineQueue:
        """
        Make a queue with room for so many lines of a length.
        """
        return LineQueue(room(count, length), 0.0, "drop-oldest")

    def test_oldest(self) -> None:
        """
        As many of the oldest lines are dropped as need be, and counted.
        """
        queue = self.queue(10, 4)
        for number in range(100, 115):
            queue.put(b"%d\n" % number)
        self.assertEqual(queue.ledger.dropped, 5)
        self.assertEqual(take_queued(queue), [b"%d\n" % number for number in range(105, 115)])
        self.assertEqual(queue.size, 0)

    def test_several_lines(self) -> None:
        """
        Lines that were put at once go at once, and are counted as lines.
        """
        queue = self.queue(2, 6)
        queue.put(b"a\nb\nc\n")
        queue.put(b"12345\n")
        queue.put(b"d\n")
        self.assertEqual(queue.ledger.dropped, 3)
        self.assertEqual(take_queued(queue), [b"12345\n", b"d\n"])

    def test_failures_stay(self) -> None:
        """
        Failures stay when older and newer ordinary lines go, and keep their order.
        """
        size = len(TRACEBACK)
        queue = self.queue(5, size)
        ordinary = [b"%*d\n" % (size - 1, number) for number in range(20)]
        second = TRACEBACK[:-2].ljust(size - 2) + b"}\n"
        queue.put(ordinary[0])
        queue.put(TRACEBACK)
        for each in ordinary[1:10]:
            queue.put(each)
        queue.put(second)
        for each in ordinary[10:]:
            queue.put(each)
        self.assertEqual(queue.ledger.dropped, 17)
        self.assertEqual(take_queued(queue), [TRACEBACK, second, *ordinary[17:]])

    def test_only_failures(self) -> None:
        """
        Where there is nothing but failures, an ordinary line is dropped, and a failure drops the
        oldest failure.
        """
        failures = [encode({"action_status": "failed", "n": number}) for number in range(7)]
        queue = self.queue(5, len(failures[0]))
        for each in failures[:5]:
            queue.put(each)
        queue.put(b"x" * (len(failures[0]) - 1) + b"\n")
        self.assertEqual((len(queue), queue.ledger.dropped), (5, 1))
        for each in failures[5:]:
            queue.put(each)
        self.assertEqual((len(queue), queue.ledger.dropped), (5, 3))
        self.assertEqual(take_queued(queue), failures[2:])

    def test_too_large(self) -> None:
        """
        A line that has no room at all is dropped, and no other.
        """
        queue = self.queue(10, 4)
        queue.put(b"abc\n")
        queue.put(b"x" * room(10, 4) + b"\n")
        self.assertEqual(queue.ledger.dropped, 1)
        self.assertEqual(take_queued(queue), [b"abc\n"])

    def test_being_written(self) -> None:
        """
        What has been taken takes its room until it is written, and is not dropped any more.
        """
        queue = self.queue(4, 4)
        queue.put(b"abc\n")
        self.assertEqual(queue.take(), (b"abc\n", 1))
        for number in range(100, 104):
            queue.put(b"%d\n" % number)
        self.assertEqual(queue.ledger.dropped, 1)
        self.assertEqual(take_queued(queue), [b"101\n", b"102\n", b"103\n"])

    def test_looked_at_once(self) -> None:
        """
        However full the queue is, no line is looked at more than twice: when it comes, and when it
        would have to go.
        """
        looked_at: list[bytes] = []

        class Watched(LineQueue):
            """
            Notes what is looked at.
            """

            def _is_failure(self, line: bytes) -> bool:
                looked_at.append(line)
                return super()._is_failure(line)

        queue = Watched(room(100, len(FAILURE)), 0.0, "drop-oldest")
        for number in range(1000):
            queue.put(FAILURE if number % 2 else b"x" * (len(FAILURE) - 1) + b"\n")
        self.assertLess(len(looked_at), 2000)

    def test_gone(self) -> None:
        """
        Lines that were dropped are gone as those are that were taken.
        """
        queue = self.queue(10, 4)
        for number in range(100, 115):
            queue.put(b"%d\n" % number)
        self.assertEqual(queue.gone, 5)
        take_queued(queue)
        self.assertEqual(queue.gone, 15)

    def test_many_threads(self) -> None:
        """
        With any number of threads and a reader, each line is taken or counted, once.
        """
        for marks in ((), (b"0 ",)):
            queue = LineQueue(room(50, 8), 0.0, "drop-oldest", marks)
            batches: list[Batch] = []
            reader = Thread(target=lambda q=queue, b=batches: b.extend(take_all(q)), daemon=True)
            reader.start()
            run_together(*(putter(queue, thread, 3000) for thread in range(4)))
            queue.close()
            reader.join(PATIENCE)
            self.assertFalse(reader.is_alive())
            lines = lines_of(batches)
            self.assertEqual(len(set(lines)), len(lines))
            self.assertEqual(len(lines) + queue.ledger.dropped, 12_000)
            self.assertEqual((len(queue), queue.size), (0, 0))


class Gates(deque[Lock]):
    """
    Tells when somebody waits for room.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waited = Semaphore(0)

    def append(self, gate: Lock, /) -> None:
        """
        Somebody waits.
        """
        super().append(gate)
        self.waited.release()

    def wait(self) -> None:
        """
        Wait until one more waits.
        """
        if not self.waited.acquire(timeout=PATIENCE):
            raise TimeoutError("nobody waits")


class BlockTests(SynchronousTestCase):
    """
    Whoever logs waits for room.
    """

    def setUp(self) -> None:
        """
        Make a queue for three lines of two bytes, with a reader that the test plays.
        """
        self.queue = LineQueue(room(3, 2), 0.0, "block")
        self.queue.expect_reader(True)
        self.gates = self.queue._gates = Gates()

    def fill(self) -> None:
        """
        Leave no room.
        """
        for _ in range(3):
            self.queue.put(b"x\n")

    def put_in_thread(self, line: bytes) -> Thread:
        """
        Put a line in a thread that has to wait, and wait for that.
        """
        thread = Thread(target=self.queue.put, args=(line,), daemon=True)
        thread.start()
        self.gates.wait()
        return thread

    def ended(self, thread: Thread) -> None:
        """
        A thread waits no longer.
        """
        thread.join(PATIENCE)
        self.assertFalse(thread.is_alive())

    def test_waits(self) -> None:
        """
        It waits until lines have been written, not only taken.
        """
        self.fill()
        thread = self.put_in_thread(b"y\n")
        self.assertIsNotNone(self.queue.take())
        self.assertTrue(thread.is_alive())
        lines = take_queued(self.queue)
        self.ended(thread)
        self.assertEqual([*lines, *take_queued(self.queue)][-1], b"y\n")
        self.assertEqual(self.queue.ledger.dropped, 0)

    def test_many_threads(self) -> None:
        """
        With any number of threads and a reader, no line is lost, and each thread's keep their
        order.
        """
        queue = LineQueue(room(5, 8), 0.0, "block")
        queue.expect_reader(True)
        batches: list[Batch] = []
        reader = Thread(target=lambda: batches.extend(take_all(queue)), daemon=True)
        reader.start()
        run_together(*(putter(queue, thread, 500) for thread in range(4)))
        queue.close()
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        lines = lines_of(batches)
        self.assertEqual(len(lines), 2000)
        self.assertTrue(is_ordered(lines))
        self.assertEqual(queue.ledger.dropped, 0)

    def test_too_large(self) -> None:
        """
        A line that is larger than the bound goes where nothing else is.
        """
        large = b"x" * room(3, 2) + b"\n"
        self.fill()
        thread = self.put_in_thread(large)
        lines = take_queued(self.queue)
        self.ended(thread)
        self.assertEqual([*lines, *take_queued(self.queue)], [b"x\n"] * 3 + [large])

    def test_given_up(self) -> None:
        """
        When the time for stopping has passed, all who wait are released, and their lines counted.
        """
        self.fill()
        threads = [self.put_in_thread(b"y\n") for _ in range(3)]
        self.queue.close()
        self.assertTrue(all(thread.is_alive() for thread in threads))
        self.queue.give_up()
        for thread in threads:
            self.ended(thread)
        self.assertEqual(self.queue.ledger.dropped, 3)
        self.queue.put(b"z\n")
        self.assertEqual(self.queue.ledger.dropped, 4)

    def test_closed(self) -> None:
        """
        Who waits when the queue is closed still gets its room; nobody begins to wait then, and a
        failure may use the reserve.
        """
        self.fill()
        thread = self.put_in_thread(b"y\n")
        self.queue.close()
        self.queue.put(b"z\n")
        self.assertEqual(self.queue.ledger.dropped, 1)
        lines = [each for _ in range(3) if (batch := self.queue.take()) for each in [batch.lines]]
        self.queue._open_gates()
        self.ended(thread)
        rest = self.queue.take()
        assert rest is not None
        self.assertEqual([*lines, rest.lines], [b"x\n", b"x\n", b"x\n", b"y\n"])

    def test_no_reader(self) -> None:
        """
        Nobody waits where there is no thread that could make room.
        """
        self.queue.expect_reader(False)
        self.fill()
        self.queue.put(b"y\n")
        self.assertEqual(self.queue.ledger.dropped, 1)

    def test_reader_gone(self) -> None:
        """
        Who waits when the reader goes writes its line by itself.
        """
        written: list[bytes] = []
        self.fill()
        thread = self.put_in_thread(b"y\n")
        self.queue.hand_over(written.append)
        self.ended(thread)
        self.assertEqual(written, [b"x\n"] * 3 + [b"y\n"])

    def test_writing_thread(self) -> None:
        """
        A thread that writes does not wait, for any queue.
        """
        self.fill()
        with writing():
            self.queue.put(b"y\n")
        self.assertEqual(self.queue.ledger.dropped, 1)


class MeanwhileTests(SynchronousTestCase):
    """
    What other threads, and signals, may do while somebody looks for room.
    """

    def test_reader_gone_while_evicting(self) -> None:
        """
        If the reader goes while the oldest lines are being dropped, those that were put aside are
        written by whoever drops them, also if the new line has no room.
        """
        written: list[bytes] = []

        class Watched(LineQueue):
            """
            Loses its reader when a line is looked at.
            """

            def _is_failure(self, line: bytes) -> bool:
                if self._direct is None:
                    self.hand_over(written.append)
                return super()._is_failure(line)

        queue = Watched(room(1, len(FAILURE)), 0.0, "drop-oldest")
        queue.put(FAILURE)
        queue.put(b"x" * (len(FAILURE) - 1) + b"\n")
        self.assertEqual((written, queue.ledger.dropped), ([FAILURE], 1))

    def test_reader_gone_while_waiting(self) -> None:
        """
        If the reader goes while somebody waits in vain, the line is written all the same.
        """
        written: list[bytes] = []

        class Watched(LineQueue):
            """
            Loses its reader when somebody would wait.
            """

            def _wait(self, size: int) -> bool:
                self.hand_over(written.append)
                return False

        queue = Watched(room(1, 2), 0.0, "block")
        queue.put(b"x\n")
        queue.put(b"y\n")
        self.assertEqual((written, queue.ledger.dropped), ([b"x\n", b"y\n"], 0))

    def test_interrupted(self) -> None:
        """
        What interrupts the search for room costs the line, which is counted.
        """

        class Interrupted(LineQueue):
            """
            Is interrupted.
            """

            def _wait(self, size: int) -> bool:
                raise KeyboardInterrupt

        queue = Interrupted(room(1, 2), 0.0, "block")
        queue.put(b"x\n")
        self.assertRaises(KeyboardInterrupt, queue.put, b"y\nz\n")
        self.assertEqual((len(queue), queue.ledger.dropped), (1, 2))

    def test_nothing_left_to_evict(self) -> None:
        """
        Where there is nothing to be dropped any more, the new line is, be it a failure.
        """
        queue = LineQueue(room(2, len(FAILURE)), 0.0, "drop-oldest")
        # As if additions were lost.
        queue._size = queue.bound
        queue.put(FAILURE)
        self.assertEqual((len(queue), queue.ledger.dropped), (0, 1))

    def test_evicted_while_written_directly(self) -> None:
        """
        Somebody who was dropping lines when the reader went may take some away that another one
        is about to write.
        """

        class Fleeting(deque[bytes]):
            """
            Loses what is taken first.
            """

            def popleft(self) -> bytes:
                """
                Somebody else was faster, the first time.
                """
                line = super().popleft()
                if line == b"gone\n":
                    raise IndexError
                return line

        written: list[bytes] = []
        queue = LineQueue(PLENTY, 0.0)
        queue._lines = Fleeting()
        queue.put(b"gone\n")
        queue.put(b"here\n")
        queue.hand_over(written.append)
        self.assertEqual(written, [b"here\n"])


#: What the children below begin with: a queue that is full, in which the main thread is going to
#: wait.  ``when_waiting`` calls a function in another thread then.
FULL_QUEUE = """
import os, signal, sys, threading, warnings
from collections import deque
from eliot.twisted._queue import LineQueue

queue = LineQueue(200, 0.0, "block")
queue.expect_reader(True)
for _ in range(3):
    queue.put(b"x\\n")

def when_waiting(function):
    class Gates(deque):
        def append(self, gate):
            super().append(gate)
            queue._gates = gates
            threading.Thread(target=function).start()
    gates, queue._gates = queue._gates, Gates()

def take():
    with_lines = []
    while not b"".join(with_lines).endswith(b"y\\n"):
        batch = queue.take()
        with_lines.append(batch.lines)
    print(b"".join(with_lines).decode().split(), flush=True)

def interrupt():
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
"""


class InterruptedTests(SynchronousTestCase):
    """
    Signals come, and processes fork, while somebody waits for room.
    """

    def run_waiting(self, program: str) -> tuple[int, str, str]:
        """
        Run a program in a process of its own.

        :returns: its exit status, output and errors.
        """
        child = run_child(FULL_QUEUE + program, measured=False)
        return child.returncode, child.stdout, child.stderr

    def test_signal_handler_logs(self) -> None:
        """
        A signal handler may log, and wait likewise, in the midst of the wait; both lines arrive.
        """
        program = """
def handle(*_):
    when_waiting(take)
    queue.put(b"handler\\n")

signal.signal(signal.SIGINT, handle)
when_waiting(interrupt)
queue.put(b"y\\n")
"""
        status, output, errors = self.run_waiting(program)
        self.assertEqual(
            (status, output, errors), (0, "['x', 'x', 'x', 'handler', 'y']\n", ""), output
        )

    def test_interrupted(self) -> None:
        """
        Whoever interrupts the wait ends it, and the line is counted.
        """
        program = """
when_waiting(interrupt)
try:
    queue.put(b"y\\n")
except KeyboardInterrupt:
    print(queue.ledger.dropped, len(queue))
"""
        self.assertEqual(self.run_waiting(program), (0, "1 3\n", ""))

    def test_fork_in_handler(self) -> None:
        """
        A child that a signal handler forks in the midst of the wait does not wait for a thread
        that it has not got.
        """
        program = """
warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is the point
pids = []
taker = threading.Thread(target=take)

def handle(*_):
    pids.append(os.fork())
    if not pids[0]:
        signal.alarm(20)
        queue.orphan()
    else:
        taker.start()

signal.signal(signal.SIGINT, handle)
when_waiting(interrupt)
queue.put(b"y\\n")
if not pids[0]:
    os._exit(queue.ledger.dropped)
taker.join()
print(os.waitstatus_to_exitcode(os.waitpid(pids[0], 0)[1]))
"""
        status, output, errors = self.run_waiting(program)
        self.assertEqual((status, output), (0, "['x', 'x', 'x', 'y']\n1\n"))
        self.assertEqual(errors.count("\n"), 1, errors)
        self.assertIn("forked", errors)


class WakingTests(SynchronousTestCase):
    """
    The reader is woken when it must be, and only then.
    """

    def test_each_line(self) -> None:
        """
        A reader that sleeps is woken by every single line: two threads that wait for each other
        always go on.
        """
        queue = LineQueue(PLENTY, 0.0)
        taken: SimpleQueue[bytes] = SimpleQueue()

        def read() -> None:
            while (batch := queue.take()) is not None:
                taken.put(batch.lines)

        def put() -> None:
            for number in range(5000):
                queue.put(line(0, number))
                self.assertEqual(taken.get(timeout=PATIENCE), line(0, number))
            queue.close()

        run_together(read, put)
        self.assertTrue(taken.empty())

    def test_linger(self) -> None:
        """
        The reader waits a moment for more lines; hurrying it, or closing the queue, cuts that
        short, though it would be longer than this test may last.
        """
        for cut_short in (LineQueue.hurry, LineQueue.close):
            queue = LineQueue(PLENTY, 10 * PATIENCE)
            batches: list[Batch | None] = []
            reader = Thread(target=lambda q=queue, b=batches: b.append(q.take()), daemon=True)
            reader.start()
            queue.put(b"a\n")
            queue.put(b"b\n")
            cut_short(queue)
            reader.join(PATIENCE)
            self.assertFalse(reader.is_alive())
            self.assertEqual(batches, [(b"a\nb\n", 2)])

    def test_half_full(self) -> None:
        """
        The reader does not wait for more when half of the room is used.
        """
        queue = LineQueue(room(2, 48), 10 * PATIENCE)
        batches: list[Batch | None] = []
        reader = Thread(target=lambda: batches.append(queue.take()), daemon=True)
        reader.start()
        queue.put(b"x" * 47 + b"\n")
        queue.put(b"x\n")
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        self.assertEqual(queue.ledger.dropped, 0)

    def test_closed_meanwhile(self) -> None:
        """
        What was put before the queue was closed is taken, also if both happen just after the reader
        has found nothing.
        """
        queue = LineQueue(PLENTY, 0.0)

        class Meanwhile(deque[bytes]):
            def __bool__(self) -> bool:
                found = len(self) > 0
                if not found and not queue._closed:
                    queue.put(b"x\n")
                    queue.close()
                return found

        queue._lines = Meanwhile()
        self.assertEqual(lines_of(take_all(queue)), [b"x\n"])

    def test_close_wakes(self) -> None:
        """
        A reader that sleeps learns that the queue was closed.
        """
        queue = LineQueue(PLENTY, 0.0)
        batches: list[Batch | None] = []
        run_together(lambda: batches.append(queue.take()), queue.close)
        self.assertEqual(batches, [None])


class ManyThreadsTests(SynchronousTestCase):
    """
    Any thread may put lines while one takes them.
    """

    THREADS = 4
    LINES = 10_000

    def run_threads(self, queue: LineQueue) -> list[bytes]:
        """
        Let many threads put lines while one takes them.

        :returns: what was taken.
        """
        batches: list[Batch] = []
        reader = Thread(target=lambda: batches.extend(take_all(queue)), daemon=True)
        reader.start()
        run_together(*(putter(queue, thread, self.LINES) for thread in range(self.THREADS)))
        queue.close()
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        self.assertEqual(sum(batch.puts for batch in batches), len(lines_of(batches)))
        return lines_of(batches)

    def test_nothing_lost(self) -> None:
        """
        Where there is room, every line is taken once, and those of one thread in their order.
        """
        for linger in (0.0, 0.001):
            queue = LineQueue(PLENTY, linger)
            lines = self.run_threads(queue)
            self.assertEqual(queue.ledger.dropped, 0)
            expected = {line(t, n) for t in range(self.THREADS) for n in range(self.LINES)}
            self.assertEqual(len(lines), len(expected))
            self.assertEqual(set(lines), expected)
            self.assertTrue(is_ordered(lines))

    def test_counted(self) -> None:
        """
        Where there is too little room, each line is either taken or counted, the order is kept,
        and in the end the bound is where it was.
        """
        queue = LineQueue(room(100, 4), 0.0)
        lines = self.run_threads(queue)
        self.assertEqual(len(set(lines)), len(lines))
        self.assertEqual(len(lines) + queue.ledger.dropped, self.THREADS * self.LINES)
        self.assertTrue(is_ordered(lines))
        dropped = queue.ledger.dropped
        for _ in range(100):
            queue.put(b"123\n")
        self.assertEqual(queue.ledger.dropped, dropped)
        queue.put(b"x\n")
        self.assertEqual(queue.ledger.dropped, dropped + 1)

    def test_handed_over(self) -> None:
        """
        When the reader leaves while others put lines, each line is written once, by whomever.
        """
        for _ in range(20):
            queue = LineQueue(PLENTY, 0.0)
            written: list[bytes] = []

            def read(queue: LineQueue = queue, written: list[bytes] = written) -> None:
                written.extend(lines_of(take_all(queue)))
                queue.hand_over(written.append)

            def close(queue: LineQueue = queue) -> None:
                queue.put(line(0, 0))
                queue.close()

            run_together(read, close, *(putter(queue, thread, 300) for thread in (1, 2, 3)))
            expected = {line(0, 0)} | {line(t, n) for t in (1, 2, 3) for n in range(300)}
            self.assertEqual(len(written), len(expected))
            self.assertEqual(set(written), expected)


class HandOverTests(SynchronousTestCase):
    """
    When the reader is gone, those who put lines write them.
    """

    def test_left_over(self) -> None:
        """
        What is still in the queue is written at once, in order, and what comes later when it comes.
        """
        queue = LineQueue(PLENTY, 0.0)
        written: list[bytes] = []
        queue.put(b"a\n")
        queue.put(b"b\n")
        queue.hand_over(written.append)
        self.assertEqual(written, [b"a\n", b"b\n"])
        queue.put(b"c\n")
        self.assertEqual(written, [b"a\n", b"b\n", b"c\n"])
        self.assertEqual(len(queue), 0)

    def test_within_itself(self) -> None:
        """
        Whoever writes a line may put another one, as a destination does that logs.
        """
        queue = LineQueue(PLENTY, 0.0)
        written: list[bytes] = []

        def write(lines: bytes) -> None:
            written.append(lines)
            if lines == b"a\n":
                queue.put(b"b\n")

        queue.hand_over(write)
        queue.put(b"a\n")
        self.assertEqual(written, [b"a\n", b"b\n"])

    def test_failing(self) -> None:
        """
        Whoever puts a line learns that it could not be written, and the next one is written.
        """
        queue = LineQueue(PLENTY, 0.0)
        written: list[bytes] = []

        def write(lines: bytes) -> None:
            if lines == b"bad\n":
                raise OSError("disk full")
            written.append(lines)

        queue.hand_over(write)
        self.assertRaises(OSError, queue.put, b"bad\n")
        queue.put(b"good\n")
        self.assertEqual(written, [b"good\n"])

    def test_room(self) -> None:
        """
        What is written directly takes no room.
        """
        queue = LineQueue(4, 0.0)
        written: list[bytes] = []
        queue.hand_over(written.append)
        for _ in range(10):
            queue.put(b"123\n")
        self.assertEqual((len(written), queue.ledger.dropped), (10, 0))


class OrphanTests(SynchronousTestCase):
    """
    A queue in a forked child, where nobody takes anything out of it.
    """

    def test_told_once(self) -> None:
        """
        It is empty and lets nothing in, failures included; standard error is told so with the
        first line that is lost, and not again.
        """
        child = run_child(
            "from eliot.twisted._queue import LineQueue\n"
            f"queue = LineQueue({PLENTY}, 0.0)\n"
            "queue.put(b'the parent writes this\\n')\n"
            "queue.orphan()\n"
            "print('orphan', flush=True)\n"
            f"for line in (b'lost\\n', {FAILURE!r}, {TRACEBACK!r}):\n"
            "    queue.put(line)\n"
            "print(len(queue), queue.ledger.dropped)\n"
        )
        self.assertEqual(child.stdout, "orphan\n0 3\n")
        self.assertEqual((child.returncode, child.stderr.count("\n")), (0, 1))
        self.assertIn("forked", child.stderr)
