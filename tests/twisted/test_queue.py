"""
Tests of :mod:`eliot.twisted._queue`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode
from eliot.twisted._queue import LINE_OVERHEAD, Batch, LineQueue
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
        queue.put(b"x" * 50 + b"\n")
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        self.assertEqual(queue.ledger.dropped, 0)

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
        queue = LineQueue(400, 0.0)
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
