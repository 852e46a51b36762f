"""
The current action in coroutines and generators of all kinds, whoever runs them.

Each test is about several that take turns, or that are left before their end.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing
from typing import Any
from unittest import SkipTest

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    ensureDeferred,
    gatherResults,
    inlineCallbacks,
)
from twisted.internet.task import Clock, deferLater
from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, debug, log_message, start_action
from eliot._call import log_call
from eliot._compat import use_asyncio_context
from tests.helpers import Fields, level_of, of_type, record, text_of, unraisable

NAMES = ("first", "second", "third")


class CoroutineCase(SynchronousTestCase):
    """
    What the tests of the event loops share.
    """

    def setUp(self) -> None:
        """
        Record messages, and errors that would only be printed.
        """
        self.messages = record(self)
        self.unraisable = unraisable(self)

    def tearDown(self) -> None:
        """
        Nothing is left behind, and nothing has been said aside.
        """
        gc.collect()
        self.assertIsNone(current_action())
        self.assertEqual(self.unraisable, [])

    def assert_each_its_own(self, parent: str) -> None:
        """
        Fail unless each of the named actions is inside the parent, and holds the messages of its
        name, all in one task.

        :param parent: the type of the action in which they were started.
        """
        [start, end] = of_type(self.messages, parent)
        self.assertEqual(end["action_status"], "succeeded")
        for name in NAMES:
            first, last = of_type(self.messages, name)
            self.assertEqual(level_of(first)[:-2], level_of(start)[:-1])
            self.assertEqual(last["action_status"], "succeeded")
            inside = of_type(self.messages, f"in {name}")
            self.assertEqual(len(inside), 3)
            for each in inside:
                self.assertEqual(text_of(each, "task_uuid"), text_of(start, "task_uuid"))
                self.assertEqual(level_of(each)[:-1], level_of(first)[:-1])

    def end_of(self, name: str) -> Fields:
        """
        Get the end message of the only action of a type.
        """
        [_, end] = of_type(self.messages, name)
        return end

    async def work(self, name: str, pause: Callable[[], Awaitable[object]]) -> None:
        """
        Log inside an action, with pauses.
        """
        with start_action(action_type=name) as action:
            for _ in range(3):
                log_message(f"in {name}")
                await pause()
                self.assertIs(current_action(), action)

    async def decorated(self, name: str, pause: Callable[[], Awaitable[object]]) -> None:
        """
        The same, by a decorator.
        """

        @log_call(action_type=name)
        async def work() -> None:
            for _ in range(3):
                log_message(f"in {name}")
                await pause()

        await work()


class AsyncioTests(CoroutineCase):
    """
    Tasks of asyncio.
    """

    def test_each_its_own(self) -> None:
        """
        Tasks that run at the same time keep each their own action.
        """
        for work in (self.work, self.decorated):
            del self.messages[:]

            async def main() -> None:
                with start_action(action_type="main"):
                    await asyncio.gather(
                        *[work(name, lambda: asyncio.sleep(0)) for name in NAMES]  # noqa: B023
                    )

            asyncio.run(main())
            self.assert_each_its_own("main")

    def test_nested(self) -> None:
        """
        What is awaited is inside the action of whoever awaits it; a task that outlives the block
        in which it was made stays inside its action.
        """

        async def inner() -> None:
            await asyncio.sleep(0)
            log_message("said")

        async def main() -> None:
            with start_action(action_type="main"):
                await inner()
                task = asyncio.create_task(inner())
            self.assertIsNone(current_action())
            await task

        asyncio.run(main())
        levels = [level_of(each) for each in of_type(self.messages, "said")]
        self.assertEqual(levels, [[2], [4]])

    def test_cancelled(self) -> None:
        """
        Cancelling raises nothing of ours, and the actions have failed.
        """

        async def main() -> None:
            tasks = [
                asyncio.create_task(work(name, lambda: asyncio.sleep(60)))
                for work, name in ((self.work, "plain"), (self.decorated, "decorated"))
            ]
            await asyncio.sleep(0)
            for each in tasks:
                each.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            self.assertEqual([type(each) for each in results], [asyncio.CancelledError] * 2)

        asyncio.run(main())
        for name in ("plain", "decorated"):
            self.assertEqual(self.end_of(name)["exception"], "asyncio.exceptions.CancelledError")

    def test_timeout(self) -> None:
        """
        Nor does a timeout.
        """

        async def main() -> None:
            try:
                async with asyncio.timeout(0):
                    await self.work("slow", lambda: asyncio.sleep(60))
            except TimeoutError:
                log_message("too late")

        asyncio.run(main())
        self.assertEqual(self.end_of("slow")["action_status"], "failed")
        self.assertEqual(level_of(of_type(self.messages, "too late")[0]), [1])

    def test_generators_closed(self) -> None:
        """
        Asynchronous generators that hold an action are closed without noise: explicitly, by a
        ``break``, by cancelling whoever uses them, and by the end of the event loop.
        """

        async def generate(name: str) -> AsyncIterator[int]:
            with start_action(action_type=name):
                while True:
                    await asyncio.sleep(0)
                    yield 1

        kept: list[AsyncIterator[int]] = []

        async def endless() -> None:
            async for _ in generate("cancelled"):
                await asyncio.sleep(0)

        async def main() -> None:
            async with aclosing(generate("closed")) as generator:  # type: ignore[type-var]  # is one
                await anext(generator)
            async for _ in generate("broken off"):
                break
            task = asyncio.create_task(endless())
            for _ in range(5):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            kept.append(generate("kept"))
            await anext(kept[0])

        complaints: list[object] = []

        async def watched() -> None:
            asyncio.get_running_loop().set_exception_handler(
                lambda _, about: complaints.append(about)
            )
            await main()

        asyncio.run(watched())
        gc.collect()
        for name in ("closed", "broken off", "cancelled", "kept"):
            self.assertEqual(self.end_of(name)["action_status"], "failed")
        self.assertEqual(complaints, [])

    def test_asked_for(self) -> None:
        """
        Programs that ask for all this, as they once had to, go on.
        """
        use_asyncio_context()
        self.test_nested()


class TrioTests(CoroutineCase):
    """
    Tasks of Trio.
    """

    def setUp(self) -> None:
        """
        Without Trio there is nothing to test.
        """
        super().setUp()
        try:
            self.trio: Any = importlib.import_module("trio")
        except ImportError:
            raise SkipTest("Trio is not installed") from None

    def test_each_its_own(self) -> None:
        """
        Tasks that run at the same time keep each their own action.
        """
        for work in (self.work, self.decorated):
            del self.messages[:]

            async def main() -> None:
                with start_action(action_type="main"):
                    async with self.trio.open_nursery() as nursery:
                        for name in NAMES:
                            nursery.start_soon(work, name, self.trio.lowlevel.checkpoint)  # noqa: B023

            self.trio.run(main)
            self.assert_each_its_own("main")

    def test_cancelled(self) -> None:
        """
        Cancelling raises nothing of ours, and the actions have failed.
        """

        async def main() -> None:
            async with self.trio.open_nursery() as nursery:
                nursery.start_soon(self.work, "plain", self.trio.sleep_forever)
                nursery.start_soon(self.decorated, "decorated", self.trio.sleep_forever)
                await self.trio.testing.wait_all_tasks_blocked()
                nursery.cancel_scope.cancel()

        importlib.import_module("trio.testing")
        self.trio.run(main)
        for name in ("plain", "decorated"):
            self.assertEqual(self.end_of(name)["exception"], "trio.Cancelled")

    def test_generators_closed(self) -> None:
        """
        Asynchronous generators, plain and decorated, are closed without noise.
        """

        async def generate() -> AsyncIterator[int]:
            with start_action(action_type="held"):
                try:
                    yield 1
                    yield 2
                finally:
                    log_message("cleaned up")

        async def main() -> None:
            for each in (generate, log_call(generate, action_type="decorated")):
                async with aclosing(each()) as generator:  # type: ignore[type-var]  # is one
                    await anext(generator)

        self.trio.run(main)
        self.assertEqual(self.end_of("decorated")["action_status"], "succeeded")
        self.assertEqual(len(of_type(self.messages, "cleaned up")), 2)


class TwistedTests(CoroutineCase):
    """
    Twisted's coroutines, which wait for Deferreds.
    """

    def setUp(self) -> None:
        """
        Have a clock to wait for.
        """
        super().setUp()
        self.clock = Clock()

    def pause(self) -> Deferred[None]:
        """
        Wait for a second.
        """
        return deferLater(self.clock, 1, lambda: None)

    @inlineCallbacks
    def by_callbacks(self, name: str, pause: object) -> Generator[Deferred[None], None, None]:
        """
        Log inside an action, with pauses.
        """
        with start_action(action_type=name) as action:
            for _ in range(3):
                log_message(f"in {name}")
                yield self.pause()
                self.assertIs(current_action(), action)

    def test_each_its_own(self) -> None:
        """
        Coroutines that run at the same time keep each their own action, and whoever starts them
        or fires what they wait for stays in its own.
        """
        for work in (
            self.by_callbacks,
            lambda name, pause: ensureDeferred(self.work(name, pause)),
            lambda name, pause: ensureDeferred(self.decorated(name, pause)),
        ):
            del self.messages[:]
            with start_action(action_type="main") as main:
                running = gatherResults([work(name, self.pause) for name in NAMES])
                self.assertIs(current_action(), main)
            with start_action(action_type="reactor") as reactor:
                for _ in range(3):
                    self.clock.advance(1)
                    self.assertIs(current_action(), reactor)
            self.successResultOf(running)
            self.assert_each_its_own("main")

    def test_cancelled(self) -> None:
        """
        Cancelling raises nothing of ours, and the actions have failed.
        """
        waiting = {
            "callbacks": self.by_callbacks("callbacks", None),
            "coroutine": Deferred.fromCoroutine(self.work("coroutine", self.pause)),
            "decorated": Deferred.fromCoroutine(self.decorated("decorated", self.pause)),
        }
        for name, deferred in waiting.items():
            deferred.cancel()
            self.failureResultOf(deferred, CancelledError)
            self.assertEqual(
                self.end_of(name)["exception"], "twisted.internet.defer.CancelledError"
            )

    def test_thrown_away(self) -> None:
        """
        Coroutines that wait for what never comes, and are forgotten, end their actions without
        noise.
        """
        Deferred.fromCoroutine(self.work("forgotten", Deferred))
        self.by_callbacks("forgotten too", None)
        self.clock = Clock()
        gc.collect()
        for name in ("forgotten", "forgotten too"):
            self.assertEqual(self.end_of(name)["exception"], "builtins.GeneratorExit")

    @given(st.lists(st.integers(0, 3), min_size=4, max_size=40))
    def test_any_order(self, order: list[int]) -> None:
        """
        In whatever order what they wait for comes, each goes on in its own action.
        """
        del self.messages[:]
        waiting: dict[int, Deferred[None]] = {}

        async def work(number: int) -> None:
            with start_action(action_type="work", number=number) as action:
                for _ in range(order.count(number)):
                    waiting[number] = Deferred()
                    await waiting[number]
                    self.assertIs(current_action(), action)
                    log_message("woken", number=number)

        running = [Deferred.fromCoroutine(work(number)) for number in range(4)]
        for number in order:
            waiting[number].callback(None)
            self.assertIsNone(current_action())
        for each in running:
            self.successResultOf(each)
        for start in of_type(self.messages, "work"):
            inside = [
                each
                for each in of_type(self.messages, "woken")
                if each["task_uuid"] == start["task_uuid"]
            ]
            if "number" in start:
                self.assertEqual({each["number"] for each in inside} - {start["number"]}, set())
                self.assertEqual(len(inside), order.count(int(str(start["number"]))))


class PlainGeneratorTests(CoroutineCase):
    """
    Generators that hold an action across ``yield`` by a ``with`` block of their own, which cannot
    know that they are left.
    """

    def generate(self) -> Iterator[int]:
        """
        Hold an action.
        """
        with start_action(action_type="held"):
            yield 1
            yield 2

    def test_silent(self) -> None:
        """
        However they are used, nothing is raised, and each action ends once.
        """
        first, second = self.generate(), self.generate()
        next(first)
        next(second)
        for each in (first, second):
            self.assertEqual(list(each), [2])
        with start_action(action_type="around"):
            left = self.generate()
            next(left)
        del left
        self.assertEqual(len(of_type(self.messages, "held")), 6)

    def test_reported(self) -> None:
        """
        The debug mode reports what leaks, in a message that says where; it has nothing to report
        of a generator that is decorated as well.
        """
        debug.enable()
        self.addCleanup(debug.disable)
        with start_action(action_type="around"):
            generator = log_call(self.generate)()
            next(generator)
        list(generator)
        self.assertEqual(of_type(self.messages, "eliot:debug:context_leak"), [])
        with start_action(action_type="around"):
            generator = self.generate()
            next(generator)
        list(generator)
        reports = of_type(self.messages, "eliot:debug:context_leak")
        self.assertEqual([each["type"] for each in reports], ["around", "held"])
        for each in reports:
            self.assertIn(f"{__file__}:", text_of(each, "where"))
