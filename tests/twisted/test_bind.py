"""
Tests of :mod:`eliot.twisted._bind`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action, start_root_action
from eliot._context import NOWHERE, enter, scope
from eliot._crossed import innermost
from eliot.twisted import bind
from eliot.twisted._bind import Stepping, present_scope
from tests.helpers import level_of, of_type, record


class BindTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:bind")


class BindTests(BindTestCase):
    """
    What is bound runs in the action in which it was bound.
    """

    def bound(self, function: Callable[..., object], *args: object) -> Callable[..., object]:
        """
        Bind a function in the action.
        """
        with self.action.context():
            return bind(function, *args)

    def test_action(self) -> None:
        """
        It does so as often as it is called, inside another action and outside of all, and what
        was current before is so after it.
        """
        bound = self.bound(current_action)
        self.assertIs(bound(), self.action)
        with start_action(action_type="app:other") as other:
            self.assertIs(bound(), self.action)
            self.assertIs(current_action(), other)
        self.assertIsNone(current_action())

    def test_places(self) -> None:
        """
        What several calls log has places of its own in the action.
        """
        bound = self.bound(log_message, "app:called")
        bound()
        bound()
        self.assertEqual(
            [level_of(each) for each in of_type(self.messages, "app:called")], [[2], [3]]
        )

    def test_outside(self) -> None:
        """
        What is bound outside of all actions runs outside of them.
        """
        bound = bind(current_action)
        with self.action.context():
            self.assertIsNone(bound())
            self.assertIs(current_action(), self.action)

    def test_root(self) -> None:
        """
        Outside of all actions is in the root action of the process, if there is one.
        """
        bound = bind(current_action)
        root = start_root_action("app:root")
        self.addCleanup(root.finish)
        self.assertEqual(bound(), current_action())

    def test_thread(self) -> None:
        """
        It may be called in any thread.
        """
        found: list[object] = []
        bound = self.bound(lambda: found.append(current_action()))
        thread = Thread(target=bound)
        thread.start()
        thread.join()
        self.assertEqual(found, [self.action])

    def test_arguments(self) -> None:
        """
        The arguments that were bound come first, and keyword arguments of the call win over
        bound ones, as with ``functools.partial``.
        """

        def called(*args: object, **kwargs: object) -> object:
            return args, kwargs

        expected = partial(called, 1, a=2, b=3)(4, b=5, function=6)
        self.assertEqual(bind(called, 1, a=2, b=3)(4, b=5, function=6), expected)

    def test_raises(self) -> None:
        """
        What it raises passes, the context is put back, and the exception is known to have
        crossed the action.
        """

        def wrong() -> None:
            enter(start_action(action_type="app:leaked"))
            raise ValueError("no")

        error = self.assertRaises(ValueError, self.bound(wrong))
        self.assertIs(innermost(error), self.action)
        self.assertIsNone(current_action())

    def test_raises_outside(self) -> None:
        """
        One that was bound outside of all actions has crossed none.
        """
        error = self.assertRaises(ZeroDivisionError, bind(lambda: 1 // 0))
        self.assertIsNone(innermost(error))

    def test_leak(self) -> None:
        """
        An action that it enters and does not leave is not current after it, nor in the next call.
        """
        bound = self.bound(lambda: enter(start_action(action_type="app:leaked")))
        bound()
        bound()
        self.assertIsNone(current_action())
        leaked = of_type(self.messages, "app:leaked")
        self.assertEqual([level_of(each) for each in leaked], [[2, 1], [3, 1]])

    def test_looks_alike(self) -> None:
        """
        It has the name, the text and the signature of the function; but not the signature where
        it has some of the arguments already.
        """

        def load(car: str) -> str:
            """Load it."""
            return car

        bound = bind(load)
        self.assertEqual((bound.__name__, bound.__doc__), ("load", "Load it."))
        self.assertEqual(inspect.signature(bound), inspect.signature(load))
        self.assertEqual(str(inspect.signature(bind(load, "a car"))).count("car"), 0)

    def test_nameless(self) -> None:
        """
        Anything that can be called can be bound, whatever it is asked.
        """

        class Hostile:
            """Raises whenever it is asked something."""

            def __getattr__(self, name: str) -> object:
                raise RuntimeError(name)

            def __call__(self) -> object:
                return current_action()

        self.assertIs(self.bound(Hostile())(), self.action)
        self.assertIs(self.bound(partial(current_action))(), self.action)


class PresentScopeTests(BindTestCase):
    """
    What later code is to run in.
    """

    def test_cut(self) -> None:
        """
        It is the current action without those around it: a function that starts an action in
        which it asks to be called again keeps nothing alive but that.
        """
        with self.action, start_action(action_type="app:inner") as inner:
            self.assertEqual(present_scope(), (inner, NOWHERE))
        self.assertIs(present_scope(), NOWHERE)


class CoroutineTests(BindTestCase):
    """
    Coroutines that are bound are in the action in all their steps.
    """

    def test_steps(self) -> None:
        """
        The action is the current one before and after it waits, an action that the coroutine has
        started is so too, and whoever awaits it sees neither.
        """
        fired: Deferred[str] = Deferred()
        seen: list[object] = []

        async def work() -> str:
            seen.append(current_action())
            with start_action(action_type="app:inner") as inner:
                result = await fired
                self.assertIs(current_action(), inner)
            seen.append(current_action())
            return result

        async def caller() -> str:
            with start_action(action_type="app:caller") as own:
                awaiting = ensureDeferred(bound())
                self.assertIs(current_action(), own)
                result = await awaiting
                result += await bound()
                self.assertIs(current_action(), own)
            return result

        with self.action.context():
            bound = bind(work)
        self.assertTrue(inspect.iscoroutinefunction(bound))
        result = ensureDeferred(caller())
        fired.callback("done")
        self.assertEqual(self.successResultOf(result), "donedone")
        self.assertEqual(seen, [self.action] * 4)

    def test_driven_by_hand(self) -> None:
        """
        While it waits, the context is that of whoever drives it, and it may be driven in another
        context at each step.
        """
        seen: list[object] = []

        async def work() -> None:
            with start_action(action_type="app:inner") as inner:
                seen.append(inner)
                await asyncio.sleep(0)
                seen.append(current_action())

        with self.action.context():
            made = bind(work)()
        made.send(None)
        self.assertIsNone(current_action())
        copy_context().run(self.assertRaises, StopIteration, made.send, None)
        self.assertIsNone(current_action())
        self.assertEqual(seen[:1], seen[1:])

    def test_closed(self) -> None:
        """
        One that is closed ends in its action, in whatever context that is done.
        """
        seen: list[object] = []

        async def work() -> None:
            try:
                await Deferred()
            finally:
                seen.append(current_action())

        with self.action.context():
            made = bind(work)()
        made.send(None)
        with start_action(action_type="app:other") as other:
            made.close()
            self.assertIs(current_action(), other)
        self.assertEqual(seen, [self.action])

    def test_cancelled(self) -> None:
        """
        What is thrown in arrives in the action, and what it raises passes and is known to have
        crossed it.
        """
        seen: list[object] = []

        async def work() -> None:
            try:
                await Deferred()
            except CancelledError:
                seen.append(current_action())
                raise

        with self.action.context():
            result = ensureDeferred(bind(work)())
        result.cancel()
        error = self.failureResultOf(result, CancelledError).value
        self.assertEqual(seen, [self.action])
        self.assertIs(innermost(error), self.action)

    def test_arguments(self) -> None:
        """
        Arguments are bound, and wrong ones are refused.
        """

        async def work(one: int, two: int) -> int:
            return one + two

        self.assertEqual(self.successResultOf(ensureDeferred(bind(work, 1)(2))), 3)
        self.failureResultOf(ensureDeferred(bind(work)(1, 2, 3)), TypeError)  # type: ignore[call-arg]

    def test_object(self) -> None:
        """
        What is called may be an object, too.
        """

        class Worker:
            """Works."""

            async def __call__(self) -> Action | None:
                return current_action()

        with self.action.context():
            bound = bind(Worker())
        self.assertIs(self.successResultOf(ensureDeferred(bound())), self.action)

    def test_asyncio(self) -> None:
        """
        The event loop of asyncio drives it as any other.
        """

        async def work() -> Action | None:
            await asyncio.sleep(0)
            return current_action()

        async def main() -> list[Action | None]:
            return [*await asyncio.gather(bound(), work(), bound())]

        with self.action.context():
            bound = bind(work)
        self.assertEqual(asyncio.run(main()), [self.action, None, self.action])


class SteppingTests(BindTestCase):
    """
    Steps that go on as deep as the last one has got.
    """

    @given(st.lists(st.sampled_from(["enter", "leave", "raise"]), max_size=12))
    def test_depth(self, steps: list[str]) -> None:
        """
        Whatever the steps do, and wherever they are taken, each begins where the last one ended,
        and the context outside stays as it was.
        """
        record(self)
        entered = [start_action(action_type="app:outermost")]
        stepping = Stepping((entered[0], NOWHERE))

        def take(step: str) -> None:
            self.assertIs(current_action(), entered[-1])
            if step == "enter":
                entered.append(start_action(action_type="app:inner").__enter__())
            elif step == "leave" and len(entered) > 1:
                entered.pop().__exit__(None, None, None)
            elif step == "raise":
                raise ValueError(step)

        for number, step in enumerate(steps):
            other = start_action(action_type="app:other")
            with other.context() if number % 2 else other:
                before = scope.get()
                try:
                    stepping.step(take, step)
                except ValueError as error:
                    self.assertIs(innermost(error), entered[-1])
                self.assertIs(scope.get(), before)
