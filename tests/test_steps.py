"""
Generators whose code runs inside an action.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, debug, log_message, start_action
from eliot._call import log_call
from eliot._signatures import GENERATED
from tests.helpers import Fields, fresh_context, level_of, of_type, record, said


class GeneratorTests(SynchronousTestCase):
    """
    Generators.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def end(self) -> Fields:
        """
        Get what the end message says.
        """
        self.assertEqual(len(of_type(self.messages, "generate")), 2)
        return said(of_type(self.messages, "generate")[1])

    def test_exhausted(self) -> None:
        """
        The action lasts from the first step to the last; between the steps the caller is where it
        was, and what it logs is not inside.
        """

        @log_call(action_type="generate")
        def generate(x: int) -> Generator[int, None, str]:
            log_message("inside", step=1)
            yield x
            log_message("inside", step=2)
            yield x + 1
            return "done"

        generator = generate(1)
        self.assertEqual(self.messages, [])
        with start_action(action_type="outer") as outer:
            for _ in generator:
                self.assertIs(current_action(), outer)
                log_message("outside")
        levels = [level_of(each) for each in of_type(self.messages, "inside")]
        self.assertEqual(levels, [[2, 2], [2, 3]])
        levels = [level_of(each) for each in of_type(self.messages, "outside")]
        self.assertEqual(levels, [[3], [4]])
        self.assertEqual(self.end(), {"result": "done"})

    def test_nested(self) -> None:
        """
        Actions that the generator holds while it waits are its current ones when it goes on.
        """

        @log_call(action_type="generate")
        def generate() -> Iterator[int]:
            with start_action(action_type="held") as held:
                yield 1
                self.assertIs(current_action(), held)
                yield 2
            log_message("after")

        with start_action(action_type="outer") as outer:
            for _ in generate():
                with start_action(action_type="in between"):
                    pass
                self.assertIs(current_action(), outer)
        self.assertEqual(level_of(of_type(self.messages, "after")[0]), [2, 3])
        self.assertEqual(level_of(of_type(self.messages, "held")[1]), [2, 2, 2])
        self.assertEqual(level_of(of_type(self.messages, "in between")[0]), [3, 1])

    def test_taking_turns(self) -> None:
        """
        Several generators take turns in any order, each in its own action, and leave the caller
        where it is; the debug mode has nothing to report.
        """
        reports: list[object] = []
        debug.enable(lambda misuse, fields: reports.append(misuse))
        self.addCleanup(debug.disable)

        @log_call
        def generate(name: str) -> Iterator[None]:
            with start_action(action_type=name) as held:
                for _ in range(3):
                    self.assertIs(current_action(), held)
                    yield

        with start_action(action_type="outer") as outer:
            running = [generate("a"), generate("b"), generate("c")]
            for _ in range(4):
                for each in running:
                    next(each, None)
                    self.assertIs(current_action(), outer)
                running.reverse()
        self.assertEqual(reports, [])

    def test_sent_and_thrown(self) -> None:
        """
        What is sent and thrown into it arrives.
        """
        got: list[object] = []

        @log_call(action_type="generate")
        def generate() -> Generator[int, str, None]:
            got.append((yield 1))
            try:
                yield 2
            except KeyError as error:
                got.append(error)
            yield 3

        generator = generate()
        error = KeyError()
        self.assertEqual((next(generator), generator.send("sent")), (1, 2))
        self.assertEqual(generator.throw(error), 3)
        self.assertEqual(list(generator), [])
        self.assertEqual(got, ["sent", error])
        self.assertEqual(self.end(), {"result": None})

    def test_raises(self) -> None:
        """
        A generator that raises makes the action fail, with one frame of ours in the traceback.
        """

        @log_call(action_type="generate")
        def generate() -> Iterator[int]:
            yield 1
            raise ZeroDivisionError

        error = self.assertRaises(ZeroDivisionError, list, generate())
        files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        self.assertEqual(files[-2:], [GENERATED, __file__])
        self.assertEqual(files.count(GENERATED), 1)
        self.assertEqual(self.end()["exception"], "builtins.ZeroDivisionError")
        self.assertIsNone(current_action())

    def test_thrown_out(self) -> None:
        """
        So does one that does not handle what is thrown into it.
        """

        @log_call(action_type="generate")
        def generate() -> Iterator[int]:
            yield 1

        generator = generate()
        next(generator)
        assert isinstance(generator, Generator)
        self.assertRaises(ZeroDivisionError, generator.throw, ZeroDivisionError())
        self.assertEqual(self.end()["exception"], "builtins.ZeroDivisionError")

    def test_left_early(self) -> None:
        """
        A generator that is not needed any more has succeeded, without a result.
        """
        closed: list[object] = []

        @log_call(action_type="generate")
        def generate() -> Iterator[int]:
            try:
                yield 1
            finally:
                closed.append(current_action())

        for _ in generate():
            break
        self.assertEqual(self.end(), {})
        self.assertEqual(of_type(self.messages, "generate")[1]["action_status"], "succeeded")
        self.assertNotEqual(closed, [None])
        self.assertIsNone(current_action())

    def test_raises_when_closed(self) -> None:
        """
        One that raises, or goes on, when it is closed does what it would have done.
        """

        def broken() -> Iterator[int]:
            try:
                yield 1
            finally:
                raise ZeroDivisionError

        def stubborn() -> Iterator[int]:
            for number in range(2):
                with contextlib.suppress(GeneratorExit):
                    yield number

        for function, error in ((broken, ZeroDivisionError), (stubborn, RuntimeError)):
            for each in (function, log_call(function, action_type="generate")):
                generator = each()
                next(generator)
                assert isinstance(generator, Generator)
                self.assertRaises(error, generator.close)
                # The stubborn one can be closed by now.
                generator.close()

    def test_never_begun(self) -> None:
        """
        One that never ran has no action.
        """
        generator = log_call(lambda: (yield))()
        generator.close()
        self.assertEqual(self.messages, [])

    def test_delegated_to(self) -> None:
        """
        It can be delegated to.
        """

        @log_call(action_type="generate")
        def generate() -> Generator[int, None, int]:
            yield 1
            return 2

        def outer() -> Generator[int, None, int]:
            return (yield from generate()) + 1

        generator = outer()
        next(generator)
        stop = self.assertRaises(StopIteration, next, generator)
        self.assertEqual(stop.value, 3)
        self.assertEqual(self.end(), {"result": 2})


class AsyncGeneratorTests(SynchronousTestCase):
    """
    Asynchronous generators.
    """

    def setUp(self) -> None:
        """
        Record messages, and what event loops complain of.
        """
        self.messages = record(self)
        self.complaints: list[object] = []

    def run_async(self, function: Callable[[], Any]) -> Any:
        """
        Run a coroutine to its end.
        """

        async def main() -> object:
            asyncio.get_running_loop().set_exception_handler(
                lambda _, about: self.complaints.append(about)
            )
            return await function()

        result = asyncio.run(main())
        self.assertEqual(self.complaints, [])
        self.assertIsNone(current_action())
        return result

    def test_exhausted(self) -> None:
        """
        The action lasts to the last step; between the steps the caller is where it was.  There is
        no result.
        """

        @log_call(action_type="generate")
        async def generate(x: int) -> AsyncIterator[int]:
            with start_action(action_type="held") as held:
                for number in range(x):
                    await asyncio.sleep(0)
                    self.assertIs(current_action(), held)
                    yield number

        async def main() -> list[int]:
            with start_action(action_type="outer") as outer:
                got = []
                async for number in generate(3):
                    self.assertIs(current_action(), outer)
                    got.append(number)
            return got

        self.assertEqual(self.run_async(main), [0, 1, 2])
        start, end = of_type(self.messages, "generate")
        self.assertEqual((said(start), said(end)), ({"x": 3}, {}))
        self.assertEqual(level_of(of_type(self.messages, "held")[1]), [2, 2, 2])

    def test_sent_and_thrown(self) -> None:
        """
        What is sent and thrown into it arrives.
        """
        got: list[object] = []

        @log_call(action_type="generate")
        async def generate() -> Any:
            got.append((yield 1))
            try:
                yield 2
            except KeyError as error:
                got.append(error)
            yield 3
            raise ZeroDivisionError

        error = KeyError()

        async def main() -> None:
            generator = generate()
            self.assertEqual(await anext(generator), 1)
            self.assertEqual(await generator.asend("sent"), 2)
            self.assertEqual(await generator.athrow(error), 3)
            try:
                await anext(generator)
            except ZeroDivisionError as raised:
                files = [frame.filename for frame in traceback.extract_tb(raised.__traceback__)]
                self.assertEqual(files[-2:], [GENERATED, __file__])
                self.assertEqual(files.count(GENERATED), 1)

        self.run_async(main)
        self.assertEqual(got, ["sent", error])
        end = of_type(self.messages, "generate")[1]
        self.assertEqual(end["exception"], "builtins.ZeroDivisionError")

    def slow_to_close(self) -> Any:
        """
        Make an asynchronous generator that awaits something when it is closed.
        """

        @log_call(action_type="generate")
        async def generate() -> AsyncIterator[int]:
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                log_message("cleaned up")

        return generate()

    def assert_cleaned_up(self) -> None:
        """
        Fail unless what cleans up has run inside the action, which has succeeded.
        """
        _, end = of_type(self.messages, "generate")
        [message] = of_type(self.messages, "cleaned up")
        self.assertEqual(level_of(message)[:-1], level_of(end)[:-1])
        self.assertEqual((said(end), end["action_status"]), ({}, "succeeded"))

    def test_closed(self) -> None:
        """
        One that is closed has succeeded.
        """

        async def main() -> None:
            generator = self.slow_to_close()
            await anext(generator)
            await generator.aclose()
            self.assert_cleaned_up()

        self.run_async(main)

    def test_left_early(self) -> None:
        """
        So has one that is left early: the event loop closes it.
        """

        async def main() -> None:
            async for _ in self.slow_to_close():
                break
            for _ in range(5):
                await asyncio.sleep(0)

        self.run_async(main)
        self.assert_cleaned_up()

    def test_closed_by_the_end(self) -> None:
        """
        So has one that the event loop closes when it ends: it knows of one generator, not of two.
        """
        kept: list[Any] = []

        async def main() -> None:
            kept.append(self.slow_to_close())
            await anext(kept[0])

        self.run_async(main)
        self.assert_cleaned_up()

    def test_cancelled(self) -> None:
        """
        One whose step is cancelled has failed.
        """

        @log_call(action_type="generate")
        async def generate() -> AsyncIterator[int]:
            await asyncio.Event().wait()
            yield 1

        async def main() -> None:
            async def consume() -> None:
                async for _ in generate():
                    pass

            task = asyncio.create_task(consume())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        self.run_async(main)
        end = of_type(self.messages, "generate")[1]
        self.assertEqual(end["exception"], "asyncio.exceptions.CancelledError")

    def test_thrown_away(self) -> None:
        """
        One that is thrown away while it awaits something changes nothing where that happens.
        """
        fresh_context(self)

        @log_call(action_type="generate")
        async def generate() -> AsyncIterator[int]:
            await asyncio.sleep(0)
            yield 1

        generator = generate()
        step = generator.__anext__()
        with start_action(action_type="begun"):
            step.__await__().send(None)
            # What is inside waits, so the one who drives it by hand is inside as well.
        with start_action(action_type="elsewhere") as elsewhere:
            before = current_action()
            step.close()  # type: ignore[attr-defined]  # a coroutine
            self.assertIs(current_action(), before)
            self.assertIs(before, elsewhere)
