"""
The current action: nested, in threads and coroutines, and left in odd places.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Generator
from contextvars import Context, copy_context
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action
from eliot._context import enter, leave
from tests.helpers import (
    Fields,
    fresh_context,
    in_threads,
    level_of,
    of_type,
    record,
    unraisable,
)


def action(name: str) -> Action:
    """
    Make an action that is never started: contexts ask nothing of actions but which they are.
    """
    return Action(None, "task", [], name)


class ScopeTests(SynchronousTestCase):
    """
    Entering and leaving.
    """

    def setUp(self) -> None:
        """
        Begin outside of all actions.
        """
        fresh_context(self)

    def test_nowhere(self) -> None:
        """
        Outside of all actions there is no current one.
        """
        self.assertIsNone(current_action())

    def test_nested(self) -> None:
        """
        The innermost action is the current one; leaving it puts back the one around it.
        """
        outer, inner = action("outer"), action("inner")
        enter(outer)
        enter(inner)
        self.assertIs(current_action(), inner)
        leave(inner)
        self.assertIs(current_action(), outer)
        leave(outer)
        self.assertIsNone(current_action())

    @given(st.lists(st.integers(0, 3), max_size=20))
    def test_re_entered(self, order: list[int]) -> None:
        """
        Actions can be entered in each other any number of times, and themselves too; leaving in
        the opposite order puts back what was there at each step.
        """

        def check() -> None:
            actions = [action(str(number)) for number in range(4)]
            seen = []
            for number in order:
                seen.append(current_action())
                enter(actions[number])
                self.assertIs(current_action(), actions[number])
            for number, before in zip(reversed(order), reversed(seen), strict=True):
                leave(actions[number])
                self.assertIs(current_action(), before)

        Context().run(check)

    def test_never_entered(self) -> None:
        """
        Leaving an action that this context never entered changes nothing.
        """
        outer = action("outer")
        leave(outer)
        self.assertIsNone(current_action())
        enter(outer)
        leave(action("other"))
        self.assertIs(current_action(), outer)
        leave(outer)

    def test_foreign_context(self) -> None:
        """
        Leaving in another context changes nothing there.
        """
        entered, here = action("entered"), action("here")
        foreign = Context()
        foreign.run(enter, here)
        enter(entered)
        foreign.run(leave, entered)
        self.assertIs(foreign.run(current_action), here)
        self.assertIs(current_action(), entered)
        leave(entered)

    def test_left_around_another(self) -> None:
        """
        An action that is left takes with it whatever was entered in it and not left: nothing
        that was begun in a block stays current after the block.
        """
        outermost, outer, inner = action("outermost"), action("outer"), action("inner")
        enter(outermost)
        enter(outer)
        enter(inner)
        leave(outer)
        self.assertIs(current_action(), outermost)
        leave(inner)
        self.assertIs(current_action(), outermost)
        leave(outermost)

    def test_left_twice(self) -> None:
        """
        Leaving an action again changes nothing.
        """
        outer, inner = action("outer"), action("inner")
        enter(outer)
        enter(inner)
        leave(inner)
        leave(inner)
        self.assertIs(current_action(), outer)
        leave(outer)

    def test_copied(self) -> None:
        """
        A copy of a context has its own current action from then on.
        """
        outer, inner = action("outer"), action("inner")
        enter(outer)
        copy = copy_context()
        copy.run(enter, inner)
        self.assertIs(current_action(), outer)
        leave(outer)
        self.assertIs(copy.run(current_action), inner)
        copy.run(leave, inner)
        self.assertIs(copy.run(current_action), outer)


class ThreadTests(SynchronousTestCase):
    """
    Threads.
    """

    def setUp(self) -> None:
        """
        Begin outside of all actions.
        """
        fresh_context(self)

    def test_own_context(self) -> None:
        """
        A new thread is in no action, and what it enters is its own affair.
        """
        seen: list[Action | None] = []

        def run(number: int) -> None:
            mine = action(str(number))
            before = current_action()
            enter(mine)
            for _ in range(200):
                assert current_action() is mine
            leave(mine)
            seen.extend([before, current_action()])

        outer = action("outer")
        enter(outer)
        in_threads(4, run)
        self.assertEqual(seen, [None] * 8)
        self.assertIs(current_action(), outer)
        leave(outer)

    def test_same_action_in_threads(self) -> None:
        """
        One action can be entered in several threads at once.
        """
        shared = action("shared")

        def run(number: int) -> None:
            for _ in range(200):
                enter(shared)
                assert current_action() is shared
                leave(shared)
                assert current_action() is None

        in_threads(4, run)
        self.assertIsNone(current_action())


class GeneratorTests(SynchronousTestCase):
    """
    Generators that hold an action while they wait.
    """

    def setUp(self) -> None:
        """
        Record messages, and errors that would only be printed.
        """
        self.messages = record(self)
        self.unraisable = unraisable(self)

    def generate(self) -> Generator[Action, None, None]:
        """
        Give the action that is held.
        """
        with start_action(action_type="held") as held:
            yield held
            yield held

    def assert_ended_once(self) -> None:
        """
        Fail unless the held action has ended, once, without noise.
        """
        gc.collect()
        self.assertEqual(len(of_type(self.messages, "held")), 2)
        self.assertEqual(self.unraisable, [])

    def test_left_early(self) -> None:
        """
        A loop that breaks off leaves nothing behind.
        """
        with start_action(action_type="outer") as outer:
            for held in self.generate():
                self.assertIs(current_action(), held)
                break
            gc.collect()
            self.assertIs(current_action(), outer)
        self.assert_ended_once()

    def test_closed_elsewhere(self) -> None:
        """
        A generator that is closed in another context changes nothing there.
        """
        generator = self.generate()
        Context().run(next, generator)
        with start_action(action_type="elsewhere") as elsewhere:
            generator.close()
            self.assertIs(current_action(), elsewhere)
        self.assert_ended_once()

    def test_exhausted_elsewhere(self) -> None:
        """
        So does one that runs to its end in another context.
        """
        generator = self.generate()
        Context().run(next, generator)
        with start_action(action_type="elsewhere") as elsewhere:
            self.assertEqual(len(list(generator)), 1)
            self.assertIs(current_action(), elsewhere)
        self.assert_ended_once()

    def test_closed_in_another_thread(self) -> None:
        """
        So does one that is closed in another thread.
        """
        generator = self.generate()
        Context().run(next, generator)
        in_threads(1, lambda number: generator.close())
        self.assertIsNone(current_action())
        self.assert_ended_once()

    def test_closed_inside(self) -> None:
        """
        A generator that is closed in a block that was begun after it takes the block's action
        with it: the two cannot be told from a block that ends around a generator.  What is around
        both is current then, and the block's end is silent.
        """
        with start_action(action_type="outer") as outer:
            generator = self.generate()
            next(generator)
            with start_action(action_type="block"):
                generator.close()
                self.assertIs(current_action(), outer)
            self.assertIs(current_action(), outer)
        self.assert_ended_once()

    def test_interleaved(self) -> None:
        """
        Of two generators that were begun after each other, the first can end first.
        """
        with start_action(action_type="outer") as outer:
            first, second = self.generate(), self.generate()
            next(first)
            next(second)
            first.close()
            second.close()
            self.assertIs(current_action(), outer)
        self.assertEqual(self.unraisable, [])

    def test_collected(self) -> None:
        """
        One that is forgotten ends its action, without noise.
        """
        holder = SimpleNamespace(generator=self.generate())
        Context().run(next, holder.generator)
        holder.generator = None
        self.assert_ended_once()
        self.assertIsNone(current_action())


class AsyncioTests(SynchronousTestCase):
    """
    Coroutines and tasks of asyncio.
    """

    def setUp(self) -> None:
        """
        Record messages, and errors that would only be printed.
        """
        self.messages = record(self)
        self.unraisable = unraisable(self)

    def under(self, parent: Fields) -> list[object]:
        """
        Tell what was logged right inside an action.

        :param parent: its start message.
        """
        level = level_of(parent)
        return [
            each["message_type"]
            for each in self.messages
            if "message_type" in each
            and each["task_uuid"] == parent["task_uuid"]
            and level_of(each)[:-1] == level[:-1]
        ]

    def test_tasks(self) -> None:
        """
        Tasks that take turns keep each their own current action, inside the one that they were
        made in.
        """

        async def work(name: str) -> None:
            with start_action(action_type=name):
                for _ in range(3):
                    log_message(f"in {name}")
                    await asyncio.sleep(0)

        async def main() -> Action | None:
            with start_action(action_type="main"):
                await asyncio.gather(work("first"), work("second"))
                log_message("after both")
                return current_action()

        self.assertIsNotNone(asyncio.run(main()))
        self.assertIsNone(current_action())
        [main_start, _] = of_type(self.messages, "main")
        self.assertEqual(self.under(main_start), ["after both"])
        for name in ("first", "second"):
            [start, end] = of_type(self.messages, name)
            self.assertEqual(self.under(start), [f"in {name}"] * 3)
            self.assertEqual(end["action_status"], "succeeded")
            self.assertEqual(level_of(start)[:-2], level_of(main_start)[:-1])

    def test_cancelled(self) -> None:
        """
        A cancelled task is cancelled all the same, and its action has failed.
        """

        async def work() -> None:
            with start_action(action_type="work"):
                await asyncio.Event().wait()

        async def main() -> bool:
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

        self.assertTrue(asyncio.run(main()))
        [_, end] = of_type(self.messages, "work")
        self.assertEqual(end["exception"], "asyncio.exceptions.CancelledError")

    def test_asynchronous_generator(self) -> None:
        """
        An asynchronous generator that is left early, and closed by the event loop in a context
        of its own, ends its action without noise.
        """

        async def generate() -> AsyncIterator[int]:
            with start_action(action_type="held"):
                yield 1
                yield 2

        async def main() -> Action | None:
            with start_action(action_type="main"):
                async for _ in generate():
                    break
            gc.collect()
            for _ in range(3):
                await asyncio.sleep(0)
            return current_action()

        asyncio.run(main())
        gc.collect()
        self.assertEqual(len(of_type(self.messages, "held")), 2)
        self.assertEqual(self.unraisable, [])
        self.assertIsNone(current_action())
