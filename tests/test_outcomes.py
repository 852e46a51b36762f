"""
What becomes of calls whose result is still to come.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Generator
from concurrent.futures import Future
from types import coroutine
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, inlineCallbacks, succeed
from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, log_message, start_action
from eliot._call import log_call
from eliot._signatures import GENERATED
from tests.helpers import Fields, hand_through, level_of, record, said


class DeferredTests(SynchronousTestCase):
    """
    Functions that return Deferreds.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_fires_later(self) -> None:
        """
        The action ends when the Deferred fires, which is the same one, with the same result.
        """
        deferred: Deferred[int] = Deferred()
        with start_action(action_type="outer") as outer:
            returned = log_call(lambda: deferred)()
            self.assertIs(current_action(), outer)
        self.assertIs(returned, deferred)
        self.assertEqual(len(self.messages), 3)
        deferred.callback(3)
        self.assertEqual(said(self.messages[3]), {"result": 3})
        self.assertEqual(self.successResultOf(deferred), 3)

    def test_has_fired(self) -> None:
        """
        One that has fired ends it at once.
        """
        self.successResultOf(log_call(lambda: succeed(None))())
        self.assertEqual(said(self.messages[1]), {"result": None})

    def test_fails(self) -> None:
        """
        A failure makes the action fail, and is passed on.
        """
        deferred = log_call(lambda: fail(ZeroDivisionError("no")))()
        self.assertEqual(self.messages[1]["exception"], "builtins.ZeroDivisionError")
        self.failureResultOf(deferred, ZeroDivisionError)

    def test_cancelled(self) -> None:
        """
        So does cancelling it.
        """
        deferred: Deferred[None] = log_call(Deferred[None])()
        deferred.cancel()
        self.assertEqual(self.messages[1]["action_status"], "failed")
        self.failureResultOf(deferred, CancelledError)

    def test_inline_callbacks(self) -> None:
        """
        Functions of Twisted's coroutines are logged with their arguments, and what happens in
        them is inside the action, also after they have waited.
        """
        waiting: Deferred[int] = Deferred()

        @log_call(action_type="waits")
        @inlineCallbacks
        def wait(x: int) -> Generator[Deferred[int], int, int]:
            y = yield waiting
            log_message("woken")
            return x + y

        deferred = wait(1)
        self.assertIsNone(current_action())
        waiting.callback(2)
        self.assertEqual(self.successResultOf(deferred), 3)
        start, woken, end = self.messages
        self.assertEqual((said(start), said(end)), ({"x": 1}, {"result": 3}))
        self.assertEqual(level_of(woken), [2])

    def test_result_left_out(self) -> None:
        """
        The result may be left out here, too.
        """
        self.successResultOf(log_call(lambda: succeed(3), include_result=False)())
        self.assertEqual(said(self.messages[1]), {})


class CoroutineTests(SynchronousTestCase):
    """
    Coroutines, and functions that return futures.
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
        return said(self.messages[-1])

    def test_awaited(self) -> None:
        """
        The action lasts as long as the coroutine runs, which is inside of it.
        """

        @log_call
        async def work(x: int) -> int:
            await asyncio.sleep(0)
            log_message("said")
            return x + 1

        async def main() -> int:
            waiting = work(1)
            self.assertEqual(self.messages, [])
            result = await waiting
            self.assertIsNone(current_action())
            return result

        self.assertEqual(asyncio.run(main()), 2)
        start, inside, _ = self.messages
        self.assertEqual((said(start), self.end()), ({"x": 1}, {"result": 2}))
        self.assertEqual(level_of(inside), [2])

    def test_raises(self) -> None:
        """
        A coroutine that raises makes the action fail; one frame of ours is in the traceback.
        """

        @log_call
        async def work() -> None:
            raise ZeroDivisionError

        error = self.assertRaises(ZeroDivisionError, asyncio.run, work())
        files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        self.assertEqual(files[-2:], [GENERATED, __file__])
        self.assertEqual(files.count(GENERATED), 1)
        self.assertEqual(self.end()["exception"], "builtins.ZeroDivisionError")

    def test_cancelled(self) -> None:
        """
        One that is cancelled makes it fail.
        """

        @log_call
        async def work() -> None:
            await asyncio.Event().wait()

        async def main() -> bool:
            task = asyncio.create_task(work())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            return task.cancelled()

        self.assertTrue(asyncio.run(main()))
        self.assertEqual(self.end()["exception"], "asyncio.exceptions.CancelledError")

    def test_thrown_away(self) -> None:
        """
        One that is closed while it waits makes it fail, too; one that never ran has no action.
        """

        @log_call
        async def work() -> None:
            await asyncio.sleep(0)

        waiting = work()
        waiting.send(None)
        waiting.close()
        self.assertEqual(self.end()["exception"], "builtins.GeneratorExit")
        del self.messages[:]
        work().close()
        self.assertEqual(self.messages, [])

    def test_returned_coroutine(self) -> None:
        """
        A function that returns a coroutine, as that of another decorator, is logged until the
        coroutine has its result.
        """

        async def work(x: int) -> int:
            await asyncio.sleep(0)
            log_message("said")
            return x + 1

        async def main() -> int:
            waiting = log_call(hand_through(work))(1)
            self.assertIn(work.__qualname__, repr(waiting))
            self.assertIsNone(current_action())
            return await waiting

        self.assertEqual(asyncio.run(main()), 2)
        start, inside, _ = self.messages
        self.assertEqual((said(start), self.end()), ({"x": 1}, {"result": 2}))
        self.assertEqual(level_of(inside), [2])

    def test_returned_coroutine_raises(self) -> None:
        """
        Likewise where it raises.
        """

        async def work() -> None:
            raise ZeroDivisionError

        self.assertRaises(ZeroDivisionError, asyncio.run, log_call(hand_through(work))())
        self.assertEqual(self.end()["exception"], "builtins.ZeroDivisionError")

    def run_with_future(self, then: Callable[[asyncio.Future[int]], object]) -> asyncio.Future[int]:
        """
        Log a function that returns a future, and let something be done to that.
        """

        async def main() -> asyncio.Future[int]:
            future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self.assertIs(log_call(lambda: future)(), future)
            self.assertEqual(len(self.messages), 1)
            then(future)
            await asyncio.wait([future])
            await asyncio.sleep(0)
            return future

        return asyncio.run(main())

    def test_future(self) -> None:
        """
        The action of a function that returns a future ends with the future.
        """
        self.run_with_future(lambda future: future.set_result(3))
        self.assertEqual(self.end(), {"result": 3})

    def test_future_fails(self) -> None:
        """
        A future's exception makes it fail, and does not count as noticed by the program: asyncio
        still complains of it, if nobody else asks.
        """
        future = self.run_with_future(lambda future: future.set_exception(ZeroDivisionError()))
        self.assertEqual(self.end()["exception"], "builtins.ZeroDivisionError")
        self.assertTrue(future._log_traceback)
        future.exception()

    def test_future_cancelled(self) -> None:
        """
        So does cancelling it.
        """
        self.run_with_future(lambda future: future.cancel())
        self.assertEqual(self.end()["exception"], "asyncio.exceptions.CancelledError")

    def test_done_future(self) -> None:
        """
        One that is done ends the action at once.
        """

        async def main() -> None:
            future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            future.set_result(3)
            log_call(lambda: future)()
            self.assertEqual(self.end(), {"result": 3})

        asyncio.run(main())

    def test_task(self) -> None:
        """
        A task is a future.
        """

        async def work() -> int:
            return 3

        async def main() -> None:
            await log_call(lambda: asyncio.create_task(work()))()

        asyncio.run(main())
        self.assertEqual(self.end(), {"result": 3})

    def test_concurrent_future(self) -> None:
        """
        So are those that threads fulfil.
        """
        futures: list[Future[int]] = [Future(), Future()]
        for each in futures:
            log_call(lambda each=each: each, include_args=())()
        futures[0].set_result(3)
        self.assertEqual(self.end(), {"result": 3})
        futures[1].cancel()
        self.assertEqual(self.end()["exception"], "concurrent.futures._base.CancelledError")

    def test_broken_future(self) -> None:
        """
        A future that does not work is a result as any other.
        """

        class Broken(Future[int]):
            def done(self) -> bool:
                raise ZeroDivisionError

        broken = Broken()
        self.assertIs(log_call(lambda: broken)(), broken)
        self.assertEqual(self.end(), {"result": broken})

    def test_generator_based(self) -> None:
        """
        A coroutine of the oldest kind can still be awaited.
        """

        @log_call
        @coroutine
        def old(x: int) -> Generator[Any, Any, int]:
            yield from asyncio.sleep(0).__await__()
            return x

        async def main() -> int:
            return await old(3)

        self.assertEqual(asyncio.run(main()), 3)
        self.assertEqual(self.end(), {"result": 3})
