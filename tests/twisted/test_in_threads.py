"""
Tests of :mod:`eliot.twisted._in_threads`.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread, get_ident

from twisted.internet import reactor
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IReactorThreads
from twisted.python.threadpool import ThreadPool
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import implementer

from eliot import Action, current_action, log_message, start_action
from eliot._crossed import innermost
from eliot.twisted import (
    blocking_call_from_thread,
    call_from_thread,
    call_in_thread,
    defer_to_thread,
    defer_to_thread_pool,
)
from tests.helpers import PATIENCE, level_of, of_type, record
from tests.twisted.helpers import FakeReactor


@implementer(IReactorThreads)
class ThreadedReactor(FakeReactor):
    """
    A reactor with a pool of real threads.
    """

    def __init__(self, pool: ThreadPool) -> None:
        FakeReactor.__init__(self)
        self._pool = pool

    def getThreadPool(self) -> ThreadPool:  # noqa: N802 - as Twisted spells it
        """
        Get the pool.
        """
        return self._pool

    def callInThread(  # noqa: N802 - as Twisted spells it
        self, callable: Callable[..., object], *args: object, **kwargs: object
    ) -> None:
        """
        Call a function in a thread.
        """
        self._pool.callInThread(callable, *args, **kwargs)

    def suggestThreadPoolSize(self, size: int) -> None:  # noqa: N802 - as Twisted spells it
        """
        Do nothing.
        """


class ThreadsTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action, and a reactor with threads.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:ask")
        pool = ThreadPool(0, 2)
        pool.start()
        self.addCleanup(pool.stop)
        self.pool = pool
        self.reactor = ThreadedReactor(pool)

    def in_thread(self, function: Callable[[], object]) -> Thread:
        """
        Run a function in another thread, inside the action.
        """
        thread = Thread(target=lambda: self.action.run(function))
        thread.start()
        self.addCleanup(thread.join)
        return thread


class DeferToThreadTests(ThreadsTestCase):
    """
    Threads that are waited for.
    """

    def deferred(self, function: Callable[..., object], *args: object) -> Deferred[object]:
        """
        Run a function in a thread, in the action, and wait for it inside another one.
        """
        with self.action.context():
            result = defer_to_thread(self.reactor, function, *args)
        with start_action(action_type="app:other") as other:
            self.reactor.turn()
            self.assertIs(current_action(), other)
        return result

    def test_result(self) -> None:
        """
        The function is called with its arguments in another thread, in the action, and its result
        is that of the Deferred.
        """
        threads: list[int] = []

        def work(*args: object) -> object:
            threads.append(get_ident())
            return args, current_action()

        found = self.deferred(work, 1, 2)
        self.assertEqual(self.successResultOf(found), ((1, 2), self.action))
        self.assertNotEqual(threads, [get_ident()])

    def test_callbacks(self) -> None:
        """
        Callbacks that were added before get it in the action.
        """
        with self.action.context():
            result = defer_to_thread(self.reactor, log_message, "app:in_thread")
        result.addCallback(lambda _: log_message("app:after"))
        self.reactor.turn()
        self.successResultOf(result)
        places = [
            level_of(each)
            for name in ("app:in_thread", "app:after")
            for each in of_type(self.messages, name)
        ]
        self.assertEqual(places, [[2], [3]])

    def test_raises(self) -> None:
        """
        What the function raises is the failure, and is known to have crossed the action.
        """
        error = self.failureResultOf(self.deferred(lambda: 1 // 0), ZeroDivisionError).value
        self.assertIs(innermost(error), self.action)

    def test_pool(self) -> None:
        """
        Another pool does it as well, and its threads are left as they were.
        """
        pool = ThreadPool(1, 1)
        pool.start()
        self.addCleanup(pool.stop)
        found: list[object] = []
        for action in (self.action, None):
            # Both in the same thread.
            if action is None:
                result = defer_to_thread_pool(self.reactor, pool, current_action)
            else:
                with action.context():
                    result = defer_to_thread_pool(self.reactor, pool, current_action)
            self.reactor.turn()
            found.append(self.successResultOf(result))
        self.assertEqual(found, [self.action, None])


class CallTests(ThreadsTestCase):
    """
    Calls that nobody waits for.
    """

    def test_in_thread(self) -> None:
        """
        A function is called with its arguments in a thread, in the action.
        """
        found: SimpleQueue[object] = SimpleQueue()

        def called(*args: object, **kwargs: object) -> None:
            found.put((args, kwargs, current_action()))

        with self.action.context():
            call_in_thread(self.reactor, called, 1, reactor=2)
        self.assertEqual(found.get(timeout=PATIENCE), ((1,), {"reactor": 2}, self.action))

    def test_from_thread(self) -> None:
        """
        The reactor calls a function with its arguments in the action of the thread that asked it.
        """
        found: list[object] = []

        def called(*args: object, **kwargs: object) -> None:
            found.append((args, kwargs, current_action(), get_ident()))

        self.in_thread(lambda: call_from_thread(self.reactor, called, 1, function=2))
        with start_action(action_type="app:other") as other:
            self.reactor.turn()
            self.assertIs(current_action(), other)
        self.assertEqual(found, [((1,), {"function": 2}, self.action, get_ident())])


class BlockingTests(ThreadsTestCase):
    """
    Threads that wait for the reactor.
    """

    def blocking(self, function: Callable[..., object], *args: object) -> list[object]:
        """
        Call a function in this thread from another one, in the action, and wait for it inside
        another one.

        :returns: where the result will be when the other thread has ended.
        """
        results: list[object] = []

        def ask() -> None:
            try:
                results.append(blocking_call_from_thread(self.reactor, function, *args))
            except Exception as error:
                results.append(error)
            results.append(current_action())

        thread = self.in_thread(ask)
        with start_action(action_type="app:other") as other:
            self.reactor.turn()
            self.assertIs(current_action(), other)
        thread.join(PATIENCE)
        return results

    def test_value(self) -> None:
        """
        The function is called with its arguments in the thread of the reactor, in the action.
        """
        results = self.blocking(lambda *args: (args, get_ident(), current_action()), 1)
        self.assertEqual(results, [((1,), get_ident(), self.action), self.action])

    def test_coroutine(self) -> None:
        """
        A coroutine runs in the action.
        """

        async def work() -> Action | None:
            return current_action()

        self.assertEqual(self.blocking(work), [self.action, self.action])

    def test_raises(self) -> None:
        """
        What the function raises, or its Deferred fails with, is raised.
        """
        for wrong in (lambda: 1 // 0, lambda: fail(ZeroDivisionError())):
            error, after = self.blocking(wrong)
            self.assertIsInstance(error, ZeroDivisionError)
            self.assertIs(after, self.action)


class RealReactorTests(TestCase):
    """
    With the reactor of this process.
    """

    async def test_there_and_back(self) -> None:
        """
        From the reactor into a thread, and from there back and forth, all is in the action.
        """
        assert IReactorThreads.providedBy(reactor)
        messages = record(self)
        called: Deferred[None] = Deferred()

        def work() -> str:
            call_from_thread(reactor, log_message, "app:work", n=1)
            return blocking_call_from_thread(reactor, answer)

        async def answer() -> str:
            log_message("app:work", n=2)
            await called
            return "done"

        def in_other_thread() -> None:
            log_message("app:work", n=3)
            call_from_thread(reactor, called.callback, None)

        with start_action(action_type="app:all") as action:
            result = defer_to_thread(reactor, work)
            call_in_thread(reactor, in_other_thread)
            self.assertEqual(await result, "done")
            self.assertIs(current_action(), action)
        self.assertIsNone(current_action())
        found = of_type(messages, "app:work")
        self.assertCountEqual([each["n"] for each in found], [1, 2, 3])
        self.assertCountEqual([level_of(each) for each in found], [[2], [3], [4]])
