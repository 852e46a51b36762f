"""
Tests of :mod:`eliot.twisted._contexts`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Generator
from contextvars import Context, copy_context
from threading import Thread
from types import FrameType

from twisted.internet.defer import Deferred, ensureDeferred, inlineCallbacks
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_call, start_action
from eliot._context import NOWHERE
from eliot.twisted import DeferredContext
from eliot.twisted import _contexts as contexts
from eliot.twisted._contexts import present_context, scope_within
from tests.helpers import record


def frames_from(frame: FrameType | None) -> list[FrameType]:
    """
    List a frame and all that have called it.
    """
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def elsewhere(function: Callable[[], object]) -> None:
    """
    Call a function in another thread, and wait for it.
    """
    thread = Thread(target=function)
    thread.start()
    thread.join()


class PresentContextTests(SynchronousTestCase):
    """
    The context that code runs in, itself.
    """

    def test_itself(self) -> None:
        """
        It is not a copy: what is set later is seen in it, also from another thread.
        """
        record(self)
        context = present_context()
        assert context is not None
        found: list[object] = []
        with start_action(action_type="app:work") as action:
            elsewhere(lambda: found.append(scope_within([], context)[0]))
        self.assertEqual(found, [action])
        self.assertIs(scope_within([], context)[0], current_action())

    def test_in_copy(self) -> None:
        """
        Where code runs in another context, that one is found.
        """
        context = copy_context()
        self.assertIs(context.run(present_context), context)
        self.assertIsNot(present_context(), context)

    def test_unknown(self) -> None:
        """
        Where Python does not tell, none is found.
        """
        self.patch(contexts, "get_referents", lambda token: [])
        self.assertIs(present_context(), None)


class ScopeWithinTests(SynchronousTestCase):
    """
    The scope of code that runs in another thread.
    """

    def setUp(self) -> None:
        """
        Begin outside of all actions.
        """
        record(self)
        self.outermost = present_context()
        #: What was found by :meth:`look`, and what was right.
        self.found: list[Action | None] = []
        self.right: list[Action | None] = []

    def look(self) -> None:
        """
        Let another thread find out which action this is called in.
        """
        self.right.append(current_action())
        ident = sys._getframe(0)
        elsewhere(lambda: self.found.append(scope_within(frames_from(ident), self.outermost)[0]))

    def check(self, count: int) -> None:
        """
        Require that it was right every time.
        """
        self.assertEqual(self.found, self.right)
        self.assertEqual(len(self.found), count)

    def test_blocks(self) -> None:
        """
        Blocks of actions, functions whose calls are actions, and callbacks.
        """
        self.look()
        with start_action(action_type="app:outer") as outer:
            self.look()
            with start_action(action_type="app:inner"):
                self.look()
            log_call(self.look)()
            self.look()
            deferred: Deferred[None] = Deferred()
            with outer.context():
                DeferredContext(deferred).addCallback(lambda _: self.look())
        deferred.callback(None)
        self.look()
        self.check(7)

    def test_generator(self) -> None:
        """
        What a generator has entered is current in its code, and not in that which its Deferred
        calls back.
        """

        @inlineCallbacks
        def work() -> Generator[Deferred[None], None, None]:
            with start_action(action_type="app:generator"):
                self.look()
                yield first
                self.look()
                try:
                    yield second
                except ZeroDivisionError:
                    self.look()
                with start_action(action_type="app:inner"):
                    self.look()

        first: Deferred[None] = Deferred()
        second: Deferred[None] = Deferred()
        with start_action(action_type="app:starter"):
            done: Deferred[None] = work()
        done.addCallback(lambda _: self.look())
        with start_action(action_type="app:other"):
            first.callback(None)
            self.look()
            second.errback(ZeroDivisionError())
            self.successResultOf(done)
        self.check(6)

    def test_coroutine(self) -> None:
        """
        The same with coroutines, and one within another.
        """

        async def inner(deferred: Deferred[None]) -> None:
            with start_action(action_type="app:inner"):
                await deferred
                self.look()

        async def outer(deferred: Deferred[None]) -> None:
            with start_action(action_type="app:outer"):
                await inner(deferred)
                self.look()

        deferred: Deferred[None] = Deferred()
        done = ensureDeferred(outer(deferred))
        deferred.callback(None)
        self.successResultOf(done)
        self.check(2)

    def test_asyncio(self) -> None:
        """
        What asyncio calls runs in the context of its handle.
        """

        async def work() -> None:
            with start_action(action_type="app:coroutine"):
                await asyncio.sleep(0)
                asyncio.get_running_loop().call_soon(self.look)
                self.look()
            await asyncio.sleep(0)
            self.look()

        with start_action(action_type="app:outer"):
            asyncio.run(work())
        self.check(3)

    def test_other_context(self) -> None:
        """
        Code that runs in a context which a function has at hand is in the action of that.
        """
        with start_action(action_type="app:work"):
            context = copy_context()
        with start_action(action_type="app:other"):
            context.run(self.look)
            # None of these is entered.
            empty = Context()
            empty.run(lambda: None)
            self.look()
        self.check(2)

    def test_unknown(self) -> None:
        """
        Where the outermost context is not known, no action is.
        """
        with start_action(action_type="app:work"):
            self.assertIs(scope_within([], None), NOWHERE)

    def test_threads_at_once(self) -> None:
        """
        Where threads really run at the same time, nothing is looked at.
        """
        self.patch(contexts, "_ONE_AT_A_TIME", False)
        with start_action(action_type="app:work"):
            self.assertIs(scope_within([sys._getframe()], self.outermost), NOWHERE)
