"""
Tests of :mod:`eliot.twisted._waiting`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import defer
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    FirstError,
    QueueOverflow,
    QueueUnderflow,
    ensureDeferred,
    fail,
    succeed,
)
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, start_action
from eliot.twisted import (
    DeferredList,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    gather_results,
)
from tests.helpers import fresh_context, record

Turns: TypeAlias = DeferredLock | DeferredSemaphore


def one_token() -> DeferredSemaphore:
    """
    Make a semaphore that is as a lock.
    """
    return DeferredSemaphore(1)


class WaitingTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start two actions.
        """
        record(self)
        self.one = start_action(action_type="app:one")
        self.two = start_action(action_type="app:two")
        self.seen: list[object] = []

    def note(self, result: object) -> object:
        """
        Note the current action.
        """
        self.seen.append(current_action())
        return result


class TurnsTests(WaitingTestCase):
    """
    Those who wait for a lock or a semaphore go on in their own actions.
    """

    def each(self, check: Callable[[Turns], None]) -> None:
        """
        Check a lock, and a semaphore.
        """
        makers: list[Callable[[], Turns]] = [DeferredLock, one_token]
        for make in makers:
            self.seen = []
            check(make())

    def test_acquire(self) -> None:
        """
        Whoever lets go, the next one goes on in the own action; the context is put back.
        """

        def check(lock: Turns) -> None:
            with self.one.context():
                lock.acquire().addCallback(self.note)
            with self.two.context():
                waiting = lock.acquire().addCallback(self.note).addCallback(self.note)
            outside = lock.acquire().addCallback(self.note)
            with self.one.context():
                lock.release()
                self.assertIs(current_action(), self.one)
                lock.release()
            self.assertEqual(self.seen, [self.one, self.two, self.two, None])
            self.assertIs(self.successResultOf(waiting), lock)
            self.assertIs(self.successResultOf(outside), lock)

        self.each(check)

    def test_run(self) -> None:
        """
        So does a function that is run when it is its turn, and what gets its result.
        """

        def check(lock: Turns) -> None:
            busy: list[Deferred[int]] = []

            def work() -> Deferred[int]:
                self.seen.append(current_action())
                busy.append(Deferred())
                return busy[-1]

            with self.one.context():
                first = lock.run(work).addCallback(self.note)
            with self.two.context():
                second = lock.run(work).addCallback(self.note)
            self.assertEqual(self.seen, [self.one])
            busy[0].callback(3)
            busy[1].callback(4)
            # The second begins as soon as the first has ended, so before that one is told.
            self.assertEqual(self.seen, [self.one, self.two, self.one, self.two])
            self.assertEqual(self.successResultOf(first), 3)
            self.assertEqual(self.successResultOf(second), 4)

        self.each(check)

    def test_run_coroutine(self) -> None:
        """
        A coroutine is in the action in all its steps, a function gets its arguments, and what it
        raises lets go as well.
        """

        def check(lock: Turns) -> None:
            async def work(first: int, *, second: int) -> int:
                self.seen.append(current_action())
                return first + second

            lock.acquire()
            with self.one.context():
                ran = lock.run(work, 1, second=2)
            failed = lock.run(lambda: 1 // 0)
            lock.release()
            self.assertEqual(self.successResultOf(ran), 3)
            self.assertEqual(self.seen, [self.one])
            self.failureResultOf(failed, ZeroDivisionError)
            self.assertTrue(lock.acquire().called)

        self.each(check)

    def test_cancelled(self) -> None:
        """
        Who is cancelled waits no more, and is told in the own action.
        """

        def check(lock: Turns) -> None:
            lock.acquire()
            with self.one.context():
                waiting = lock.acquire().addBoth(self.note)
            with self.two.context():
                waiting.cancel()
            self.failureResultOf(waiting, CancelledError)
            self.assertEqual(self.seen, [self.one])
            self.assertEqual(lock.waiting, [])
            lock.release()
            self.assertTrue(lock.acquire().called)

        self.each(check)

    def test_async_with(self) -> None:
        """
        A coroutine holds it for a block.
        """

        def check(lock: Turns) -> None:
            async def work() -> None:
                async with lock:
                    self.seen.append(current_action())

            lock.acquire()
            with self.one.context():
                done = ensureDeferred(work())
            lock.release()
            self.successResultOf(done)
            self.assertEqual(self.seen, [self.one])
            self.assertTrue(lock.acquire().called)

        self.each(check)

    def test_surface(self) -> None:
        """
        They are those of Twisted.
        """
        self.assertIsInstance(DeferredLock(), defer.DeferredLock)
        self.assertIsInstance(one_token(), defer.DeferredSemaphore)
        self.assertRaises(ValueError, DeferredSemaphore, 0)

    @given(st.lists(st.sampled_from(["acquire", "release", "cancel"]), max_size=20), st.booleans())
    def test_random(self, deeds: list[str], with_semaphore: bool) -> None:
        """
        Whatever happens in whatever order, all get it in the order in which they have asked, each
        in the own action, and nothing is left behind.
        """
        fresh_context(self)
        record(self)
        turns = one_token() if with_semaphore else DeferredLock()
        waiting: list[Deferred[object]] = []
        got: list[tuple[Action, object]] = []
        free = 1

        def note(result: object, action: Action) -> None:
            got.append((action, current_action()))

        for deed in deeds:
            with start_action(action_type=f"app:{deed}") as action:
                if deed == "acquire":
                    waiting.append(turns.acquire().addBoth(note, action))
                    free = 0
                elif deed == "release" and not free:
                    free = not turns.waiting
                    turns.release()
                elif deed == "cancel" and waiting:
                    waiting[-1].cancel()
                self.assertIs(current_action(), action)
        self.assertTrue(all(action is current for action, current in got))
        self.assertEqual(len(turns.waiting), len(waiting) - len(got))


class QueueTests(WaitingTestCase):
    """
    Those who wait for an object of a queue go on in their own actions.
    """

    def test_get(self) -> None:
        """
        Whoever puts it there, who waits goes on in the own action.
        """
        queue: DeferredQueue[int] = DeferredQueue()
        with self.one.context():
            got = queue.get().addCallback(self.note)
        with self.two.context():
            queue.put(1)
            self.assertIs(current_action(), self.two)
        self.assertEqual(self.successResultOf(got), 1)
        queue.put(2)
        with self.two.context():
            self.assertEqual(self.successResultOf(queue.get().addCallback(self.note)), 2)
        self.assertEqual(self.seen, [self.one, self.two])

    def test_cancelled(self) -> None:
        """
        Who is cancelled gets nothing.
        """
        queue: DeferredQueue[int] = DeferredQueue()
        with self.one.context():
            got = queue.get().addBoth(self.note)
        got.cancel()
        self.failureResultOf(got, CancelledError)
        self.assertEqual(self.seen, [self.one])
        queue.put(1)
        self.assertEqual(queue.pending, [1])

    def test_bounds(self) -> None:
        """
        It is one of Twisted's, with its bounds.
        """
        queue: DeferredQueue[int] = DeferredQueue(size=1, backlog=0)
        self.assertIsInstance(queue, defer.DeferredQueue)
        self.assertRaises(QueueUnderflow, queue.get)
        queue.put(1)
        self.assertRaises(QueueOverflow, queue.put, 2)


class ListTests(WaitingTestCase):
    """
    Those who wait for several Deferreds go on in their own actions.
    """

    def test_list(self) -> None:
        """
        A list fires in the action in which it was made, whoever fires the last one.
        """
        first: Deferred[int] = Deferred()
        second: Deferred[int] = Deferred()
        with self.one.context():
            both = DeferredList([first, second]).addCallback(self.note)
        with self.two.context():
            first.callback(1)
            second.callback(2)
            self.assertIs(current_action(), self.two)
        self.assertEqual(self.successResultOf(both), [(True, 1), (True, 2)])
        self.assertEqual(self.seen, [self.one])

    def test_empty(self) -> None:
        """
        An empty one has fired.
        """
        self.assertEqual(self.successResultOf(DeferredList([])), [])
        self.assertEqual(self.successResultOf(gather_results([])), [])

    def test_options(self) -> None:
        """
        It has the options of Twisted's.
        """
        waiting: Deferred[int] = Deferred()
        with self.one.context():
            any_result = DeferredList([waiting, Deferred()], fireOnOneCallback=True)
            any_failure = DeferredList([waiting], fireOnOneErrback=True, consumeErrors=True)
            any_result.addBoth(self.note)
            any_failure.addBoth(self.note)
        waiting.callback(1)
        self.assertEqual(self.successResultOf(any_result), (1, 0))
        self.assertEqual(self.successResultOf(any_failure), [(True, 1)])
        failing: Deferred[int] = Deferred()
        with self.one.context():
            failed = DeferredList([failing], False, True, True).addBoth(self.note)
        failing.errback(ValueError("no"))
        self.failureResultOf(failed, FirstError)
        self.assertEqual(self.seen, [self.one] * 3)
        self.assertIsInstance(failed, defer.DeferredList)

    def test_list_cancelled(self) -> None:
        """
        Cancelling it cancels those that it waits for.
        """
        waiting: Deferred[int] = Deferred()
        both = DeferredList([waiting], consumeErrors=True)
        both.cancel()
        results: list[tuple[bool, Failure]] = self.successResultOf(both)
        self.assertEqual([(well, why.type) for well, why in results], [(False, CancelledError)])

    def test_gathered(self) -> None:
        """
        Results that are gathered come in the action in which they were asked for.
        """
        waiting: Deferred[int] = Deferred()
        with self.one.context():
            both = gather_results([waiting, succeed(2)]).addCallback(self.note)
        with self.two.context():
            waiting.callback(1)
        self.assertEqual(self.successResultOf(both), [1, 2])
        self.assertEqual(self.seen, [self.one])

    def test_gathered_failure(self) -> None:
        """
        So does the first failure.
        """
        waiting: Deferred[int] = Deferred()
        with self.one.context():
            both = gather_results([waiting, Deferred()], consumeErrors=True).addBoth(self.note)
        waiting.errback(ValueError("no"))
        self.failureResultOf(both, FirstError)
        self.assertEqual(self.seen, [self.one])
        self.failureResultOf(gather_results([fail(ValueError())], consumeErrors=True), FirstError)

    def test_gathered_cancelled(self) -> None:
        """
        Cancelling it cancels all.
        """
        waiting: list[Deferred[int]] = [Deferred(), Deferred()]
        both = gather_results(waiting, consumeErrors=True)
        both.cancel()
        self.failureResultOf(both, FirstError)
        self.assertTrue(all(each.called for each in waiting))
