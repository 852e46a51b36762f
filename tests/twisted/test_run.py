"""
Tests of :mod:`eliot.twisted._run`.
"""

from __future__ import annotations

from collections.abc import Callable
from errno import ENOSPC
from threading import Event, Thread, current_thread

from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode
from eliot._interfaces import NotWritten
from eliot.twisted._delivery import Delivery, Write
from eliot.twisted._notes import Notes
from eliot.twisted._queue import LineQueue
from eliot.twisted._run import Run
from tests.helpers import PATIENCE, fresh_destinations, of_type
from tests.twisted.helpers import (
    Disk,
    HeldThreads,
    JoinedThreads,
    await_event,
    messages_in,
    numbers,
)


def make_run(
    queue: LineQueue,
    write: Write,
    complain: Callable[[Exception], object],
    before: Run | None = None,
) -> Run:
    """
    Make a run.

    :param write: writes lines.
    :param complain: is told what that raises.
    :param before: the run that it follows.
    """
    delivery = Delivery(write, queue, queue.ledger, Notes(encode), complain)
    return Run(queue, delivery, 1.0, before)


class RunTests(SynchronousTestCase):
    """
    A run writes what is queued, in its thread.
    """

    def setUp(self) -> None:
        """
        Make a run, with a real thread unless a test chooses otherwise.
        """
        fresh_destinations(self)
        self.disk = Disk()
        self.complaints: list[Exception] = []
        self.ended = Event()
        self.threads = JoinedThreads()
        self.queue = LineQueue(1 << 20, 0.0)
        self.run_ = make_run(self.queue, self.disk.write, self.complaints.append)

    def start(self) -> None:
        """
        Start the run with a real thread.
        """
        self.run_.start(self.threads, self.ended.set)

    def end(self) -> None:
        """
        End the run, and wait for that.
        """
        self.run_.end()
        self.threads.join()

    def put(self, *numbers: int) -> None:
        """
        Put messages.
        """
        for number in numbers:
            self.queue.put(encode({"n": number}))

    def put_and_await(self, number: int) -> None:
        """
        Put a message, and wait until the thread writes it.
        """
        self.disk.entered.clear()
        self.put(number)
        await_event(self.disk.entered)

    def test_one_write(self) -> None:
        """
        What has come together is written with one call.
        """
        threads = HeldThreads()
        self.run_.start(threads, self.ended.set)
        self.put(1, 2, 3)
        self.run_.end()
        threads.started[0].run()
        self.assertEqual(numbers(messages_in(self.disk.writes[0])), [1, 2, 3])
        self.assertEqual(len(self.disk.writes), 1)

    def test_before_start(self) -> None:
        """
        What was queued before the start is written.
        """
        self.put(1)
        self.assertFalse(self.run_.started)
        self.start()
        self.assertTrue(self.run_.started)
        self.end()
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_end(self) -> None:
        """
        A run that is ended writes what is queued, and tells of its end last.
        """
        self.start()
        self.assertTrue(self.run_.is_alive())
        self.disk.hang()
        self.put_and_await(1)
        self.put(2, 3)
        self.run_.end()
        self.assertFalse(self.run_.join(0.0))
        self.assertFalse(self.ended.is_set())
        self.disk.recover()
        self.assertTrue(self.run_.join(PATIENCE))
        self.assertFalse(self.run_.is_alive())
        self.assertTrue(self.ended.is_set())
        self.assertEqual(numbers(self.disk.messages), [1, 2, 3])

    def test_join_not_started(self) -> None:
        """
        A run that has not started need not be waited for.
        """
        self.assertTrue(self.run_.join(PATIENCE))

    def test_after_the_end(self) -> None:
        """
        What is queued after the end is written before the call returns.
        """
        self.start()
        self.end()
        self.put(1)
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_failing(self) -> None:
        """
        What writing raises is told; the lines that it has cost are counted, and told of once
        writing works again.
        """
        self.start()
        self.disk.error = OSError("disk full")
        self.disk.hang()
        self.put_and_await(1)
        self.put(2, 3)
        self.disk.entered.clear()
        self.disk.permit()
        await_event(self.disk.entered)
        self.disk.error = None
        self.disk.recover()
        self.end()
        self.assertEqual([str(each) for each in self.complaints], ["disk full"])
        self.assertEqual(numbers(self.disk.messages), [2, 3])
        (told,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(told["count"], 1)

    def test_note_failing(self) -> None:
        """
        Where the note of dropped messages cannot be written, the count is kept for the next.
        """
        calls: list[bytes] = []

        def write(lines: bytes) -> None:
            calls.append(lines)
            if len(calls) in {1, 3}:
                self.put(len(calls) + 1)
                raise OSError("disk full")

        run = make_run(self.queue, write, self.complaints.append)
        threads = HeldThreads()
        run.start(threads, self.ended.set)
        self.put(1)
        run.end()
        threads.started[0].run()
        self.assertEqual(len(self.complaints), 2)
        self.assertEqual([numbers(messages_in(each)) for each in calls], [[1], [2], [], [4], []])
        for each in (calls[2], calls[4]):
            (told,) = of_type(messages_in(each), "eliot:messages_dropped")
            self.assertEqual(told["count"], 1)

    def test_dropped(self) -> None:
        """
        Messages for which there was no room are told of in the end, with their number.
        """
        self.queue.bound = 100
        self.start()
        self.disk.hang()
        self.put_and_await(1)
        for number in range(2, 50):
            self.put(number)
        self.disk.recover()
        self.end()
        written = numbers(self.disk.messages)
        (told,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertLess(len(written), 49)
        self.assertEqual(told["count"], 49 - len(written))

    def test_dropped_alone(self) -> None:
        """
        Also when no message was written after the one that was too large.
        """
        self.queue.bound = 100
        self.start()
        self.queue.put(encode({"text": "x" * 200}))
        self.end()
        (told,) = of_type(self.disk.messages, "eliot:messages_dropped")
        self.assertEqual(told["count"], 1)

    def test_survives(self) -> None:
        """
        The thread goes on after any number of errors.
        """
        self.disk.error = OSError("disk full")
        self.start()
        for number in range(5):
            self.put_and_await(number)
        self.disk.error = None
        self.put_and_await(5)
        self.end()
        self.assertIn(5, numbers(self.disk.messages))


class WhenWrittenTestCase(SynchronousTestCase):
    """
    Has a run, and something to be called.
    """

    def setUp(self) -> None:
        """
        Make a run.
        """
        self.disk = Disk()
        self.threads = JoinedThreads()
        self.queue = LineQueue(1 << 20, 0.0)
        self.run_ = make_run(self.queue, self.disk.write, self.fail)
        self.called = Event()
        self.calls: list[int] = []

    def start(self) -> None:
        """
        Start the run, and end it with the test.
        """
        self.run_.start(self.threads, lambda: None)
        self.addCleanup(self.threads.join)
        self.addCleanup(self.run_.end)

    def hang(self) -> None:
        """
        Start the run, and wait until it hangs writing what is queued.
        """
        self.disk.hang()
        self.start()
        self.addCleanup(self.disk.recover)
        await_event(self.disk.entered)

    def remember(self) -> None:
        """
        Remember how much was written when the call came.
        """
        self.calls.append(len(self.disk.lines))
        self.called.set()


class WhenWrittenTests(WhenWrittenTestCase):
    """
    One is told when what is queued has been written: neither too early nor never.
    """

    def test_queued(self) -> None:
        """
        Lines that wait in the queue are written first.
        """
        self.queue.put(b"a\n")
        self.queue.put(b"b\n")
        self.run_.call_when_written(self.remember)
        self.start()
        await_event(self.called)
        self.assertEqual(self.calls, [4])

    def test_at_once(self) -> None:
        """
        A thread that waits for more lines does not let those wait who ask.
        """
        self.queue = LineQueue(1 << 20, 10 * PATIENCE)
        self.run_ = make_run(self.queue, self.disk.write, self.fail)
        self.start()
        self.queue.put(b"a\n")
        self.run_.call_when_written(self.remember)
        await_event(self.called)
        self.assertEqual(self.calls, [2])

    def assert_called_after_the_second(self, first: bytes, second: bytes) -> None:
        """
        Put lines twice, and ask to be called while the first ones are being written: the call must
        come when all are written.
        """
        self.queue.put(first)
        self.hang()
        self.queue.put(second)
        self.run_.call_when_written(self.remember)
        self.disk.entered.clear()
        self.disk.permit()
        await_event(self.disk.entered)
        self.assertEqual(self.calls, [])
        self.disk.permit()
        await_event(self.called)
        self.assertEqual(self.calls, [len(first) + len(second)])

    def test_in_flight(self) -> None:
        """
        The call comes after the lines that were queued while the ones before were being written.
        """
        self.assert_called_after_the_second(b"a\n", b"b\n")

    def test_being_written(self) -> None:
        """
        The call comes after the lines that are being written, where none wait behind them.
        """
        self.queue.put(b"a\n")
        self.hang()
        self.run_.call_when_written(self.remember)
        self.assertEqual(self.calls, [])
        self.disk.permit()
        await_event(self.called)
        self.assertEqual(self.calls, [2])

    def test_nothing_queued(self) -> None:
        """
        The call comes also where nothing is queued, whether anything was before or not.
        """
        self.start()
        for _ in range(2):
            self.called.clear()
            self.run_.call_when_written(self.remember)
            await_event(self.called)
            self.queue.put(b"a\n")

    def test_ended(self) -> None:
        """
        The call comes also where the run is told to end right after.
        """
        self.start()
        self.run_.call_when_written(self.remember)
        self.run_.end()
        self.threads.join()
        self.assertEqual(self.calls, [0])

    def test_lines_together(self) -> None:
        """
        Lines that were put together are no reason to call too early or late.
        """
        self.assert_called_after_the_second(b"a\nb\nc\n", b"d\n")

    def test_in_order(self) -> None:
        """
        Several calls come in the order in which they were asked for.
        """
        order: list[int] = []

        def append(number: int) -> Callable[[], None]:
            return lambda: order.append(number)

        for number in range(3):
            self.queue.put(b"a\n")
            self.run_.call_when_written(append(number))
        self.run_.call_when_written(self.remember)
        self.start()
        await_event(self.called)
        self.assertEqual(order, [0, 1, 2])

    def test_oldest_dropped(self) -> None:
        """
        The call comes also where lines that were queued before it are dropped to make room.
        """
        self.queue = LineQueue(2000, 0.0, "drop-oldest")
        self.run_ = make_run(self.queue, self.disk.write, self.fail)
        self.queue.put(b"x" * 9 + b"\n")
        self.hang()
        for _ in range(100):
            self.queue.put(b"y" * 9 + b"\n")
        self.run_.call_when_written(self.remember)
        for _ in range(10):
            self.queue.put(b"z" * 9 + b"\n")
        for _ in range(200):
            self.disk.permit()
        await_event(self.called)


class RemedyTests(WhenWrittenTestCase):
    """
    What may help is done between the lines that are queued before and after, or at once where
    nothing can be written.
    """

    def test_in_order(self) -> None:
        """
        It is done in the thread, after the lines that were queued before.
        """
        self.queue.put(b"a\n")
        self.hang()
        self.queue.put(b"b\n")
        threads: list[Thread] = []
        self.run_.remedy(lambda: threads.append(current_thread()))
        self.run_.remedy(self.remember)
        self.assertEqual(threads, [])
        self.disk.permit()
        self.disk.permit()
        await_event(self.called)
        self.assertEqual(self.calls, [4])
        self.assertEqual(threads, self.threads.started)

    def test_stuck(self) -> None:
        """
        Where nothing can be written, it is done before the next attempt, once; a line that was
        written in part is written anew then.
        """
        given: list[bytes] = []
        stuck = Event()

        def write(lines: bytes) -> None:
            given.append(lines)
            if not self.calls:
                stuck.set()
                raise NotWritten(OSError(ENOSPC, "full"), lines[-1:])

        self.run_ = make_run(self.queue, write, lambda _: None)
        self.start()
        self.queue.put(b"abc\n")
        await_event(stuck)
        self.run_.remedy(self.remember)
        self.run_.end()
        self.threads.join()
        self.assertEqual(len(self.calls), 1)
        self.assertEqual({each[-4:] for each in given[1:-2]} - {b"\n"}, set())
        self.assertEqual(given[-2], b"abc\n")

    def test_ended(self) -> None:
        """
        Where the thread has ended it is done at once.
        """
        self.start()
        self.run_.end()
        self.threads.join()
        self.run_.remedy(self.remember)
        self.assertEqual(self.calls, [0])


class FollowingTests(SynchronousTestCase):
    """
    A run may follow another one to the same destination.
    """

    def setUp(self) -> None:
        """
        Make two runs.
        """
        fresh_destinations(self)
        self.disk = Disk()
        self.threads = JoinedThreads()
        self.first = self.make(None)
        self.second = self.make(self.first)

    def make(self, before: Run | None) -> Run:
        """
        Make a run that follows another one.
        """
        return make_run(LineQueue(1 << 20, 0.0), self.disk.write, self.fail, before)

    def test_one_after_the_other(self) -> None:
        """
        It begins to write when the other one has ended; whoever still puts lines there has them
        written by it.
        """
        self.disk.hang()
        self.first.start(self.threads, lambda: None)
        self.second.start(self.threads, lambda: None)
        self.second.queue.put(b"c\n")
        self.first.queue.put(b"a\n")
        await_event(self.disk.entered)
        self.first.queue.put(b"b\n")
        self.first.end()
        self.assertEqual(self.second.before, self.first)
        self.disk.recover()
        self.threads.started[0].join(PATIENCE)
        self.first.queue.put(b"d\n")
        self.second.end()
        self.threads.join()
        self.assertEqual(self.disk.lines, b"a\nb\nc\nd\n")
        self.assertIsNone(self.second.before)

    def test_orphaned(self) -> None:
        """
        It does not wait for one whose thread belongs to the parent of this process.
        """
        self.first.start(HeldThreads(), lambda: None)
        self.first._renew_after_fork()
        self.assertTrue(self.first.orphaned)
        self.second.start(self.threads, lambda: None)
        self.second.queue.put(b"a\n")
        self.second.end()
        self.threads.join()
        self.assertEqual(self.disk.lines, b"a\n")

    def test_given_up(self) -> None:
        """
        Who gives up on the second gives up on the first, which it waits for.
        """
        self.second.give_up()
        self.assertTrue(self.first.queue.given_up)


class LettingGoTests(SynchronousTestCase):
    """
    A run that is finished lets go of what it writes to, once.
    """

    def setUp(self) -> None:
        """
        Make a run.
        """
        fresh_destinations(self)
        self.calls: list[str] = []
        self.threads = HeldThreads()
        self.run_ = make_run(
            LineQueue(1 << 20, 0.0), lambda lines: self.calls.append("write"), self.fail
        )

    def start(self) -> None:
        """
        Start it.
        """
        self.run_.start(
            self.threads, lambda: self.calls.append("ended"), lambda: self.calls.append("let go")
        )

    def test_finished(self) -> None:
        """
        It lets go when all is written.
        """
        self.start()
        self.run_.queue.put(b"a\n")
        self.run_.finish()
        self.assertEqual(self.calls, [])
        self.threads.started[0].run()
        self.run_.finish()
        self.assertEqual(self.calls, ["write", "let go", "ended"])

    def test_ended(self) -> None:
        """
        One that is only told to end keeps it, for what is written directly, until it is finished.
        """
        self.start()
        self.run_.end()
        self.threads.started[0].run()
        self.run_.queue.put(b"a\n")
        self.run_.finish()
        self.run_.finish()
        self.assertEqual(self.calls, ["ended", "write", "let go"])

    def test_orphaned(self) -> None:
        """
        In a forked child, where the thread is not, that is done when it is finished.
        """
        self.start()
        self.run_._renew_after_fork()
        self.assertEqual(self.calls, [])
        self.run_.finish()
        self.assertEqual(self.calls, ["let go"])

    def test_not_started(self) -> None:
        """
        Where no thread could be started, it never had it; it may be started later.
        """

        def start_thread(function: Callable[[], None]) -> Thread:
            raise RuntimeError("can't start new thread")

        self.run_.queue.put(b"a\n")
        self.assertRaises(RuntimeError, self.run_.start, start_thread, self.fail, self.fail)
        self.assertFalse(self.run_.started)
        self.start()
        self.run_.finish()
        self.threads.started[0].run()
        self.assertEqual(self.calls, ["write", "let go", "ended"])

    def test_ended_by_force(self) -> None:
        """
        Whatever ends the thread, the lines that it was writing are counted, and it lets go.
        """

        def write(lines: bytes) -> None:
            raise SystemExit

        queue = LineQueue(1 << 20, 0.0)
        self.run_ = make_run(queue, write, self.fail)
        self.start()
        queue.put(b"a\n")
        self.run_.finish()
        self.assertRaises(SystemExit, self.threads.started[0].run)
        self.assertEqual((self.calls, queue.ledger.dropped), (["let go", "ended"], 1))
