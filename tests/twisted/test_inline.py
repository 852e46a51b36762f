"""
Generators that wait for Deferreds, with their actions kept.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
from collections.abc import Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred, fail, inlineCallbacks, succeed
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action
from eliot.twisted import inline_callbacks
from tests.helpers import identity_of, of_type, record

#: What a generator is that waits for Deferreds.
Waiting = Generator["Deferred[Any]", Any, Any]


def both(function: Callable[..., Any]) -> list[Callable[..., Deferred[object]]]:
    """
    Decorate a function without and with debugging.
    """
    return [inline_callbacks(function), inline_callbacks(function, debug=True)]


def waiting(deferred: Deferred[object], number: int = 0) -> Waiting:
    """
    Log, before and after a Deferred has fired.
    """
    with start_action(action_type="app:wait", number=number):
        log_message("app:before")
        result = yield deferred
        log_message("app:after")
    return result


class Foreign(Generator[object, object, object]):
    """
    A generator that is none of Python's own, as those of compiled code.
    """

    def __init__(self, generator: Waiting) -> None:
        self._generator = generator

    def send(self, value: object) -> object:
        """
        Go on.
        """
        return self._generator.send(value)

    def throw(
        self,
        error: type[BaseException] | BaseException,
        value: object = None,
        traceback: TracebackType | None = None,
        /,
    ) -> object:
        """
        Go on with an exception.
        """
        assert isinstance(error, BaseException)
        return self._generator.throw(error)


class ContextTests(SynchronousTestCase):
    """
    The current action.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_kept(self) -> None:
        """
        An action that was started before a ``yield`` is the current one after it, whoever fires
        the Deferred.
        """
        for wait in both(waiting):
            self.messages.clear()
            deferred: Deferred[object] = Deferred()
            with start_action(action_type="app:cause"):
                result = wait(deferred)
            with start_action(action_type="app:other"):
                deferred.callback("done")
            self.assertEqual(self.successResultOf(result), "done")
            [after] = of_type(self.messages, "app:after")
            start, end = of_type(self.messages, "app:wait")
            cause = of_type(self.messages, "app:cause")[0]
            self.assertEqual(start["task_uuid"], cause["task_uuid"])
            for each in (after, end):
                task, level = identity_of(each)
                self.assertEqual((task, level[:-1]), (start["task_uuid"], (2,)))

    def test_two(self) -> None:
        """
        Two that run at the same time keep to their own actions.
        """
        for wait in both(waiting):
            self.messages.clear()
            first: Deferred[object] = Deferred()
            second: Deferred[object] = Deferred()
            results = [wait(first, 1), wait(second, 2)]
            second.callback(None)
            first.callback(None)
            for each in results:
                self.successResultOf(each)
            starts = [each for each in self.messages if "number" in each]
            for start in starts:
                task = [
                    each["message_type"]
                    for each in self.messages
                    if each["task_uuid"] == start["task_uuid"]
                    and each.get("message_type", "yielded") != "yielded"
                ]
                self.assertEqual(task, ["app:before", "app:after"])

    def test_callers_action(self) -> None:
        """
        Without an action of its own it runs in that of its caller.
        """
        seen: list[Action | None] = []

        def look(deferred: Deferred[object]) -> Waiting:
            seen.append(current_action())
            yield deferred
            seen.append(current_action())

        for wait in both(look):
            seen.clear()
            deferred: Deferred[object] = Deferred()
            action = start_action(action_type="app:cause")
            with action.context():
                result = wait(deferred)
            deferred.callback(None)
            self.successResultOf(result)
            self.assertEqual(seen, [action, action])

    def test_not_leaked(self) -> None:
        """
        Neither who calls nor who fires the Deferred gets to see what is current inside.
        """
        for wait in both(waiting):
            deferred: Deferred[object] = Deferred()
            result = wait(deferred)
            self.assertIs(current_action(), None)
            deferred.callback(None)
            self.assertIs(current_action(), None)
            self.successResultOf(result)

    def test_plain_not_leaked(self) -> None:
        """
        Nor does what a plain function leaves behind.
        """

        def enter() -> None:
            start_action(action_type="app:left_open").__enter__()

        self.successResultOf(inline_callbacks(enter)())
        self.assertIs(current_action(), None)


class ResultTests(SynchronousTestCase):
    """
    What becomes of the Deferred, without and with debugging.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_return_value(self) -> None:
        """
        What the generator returns is its result.
        """

        def add() -> Waiting:
            one = yield succeed(1)
            two = yield succeed(2)
            return one + two

        for each in both(add):
            self.assertEqual(self.successResultOf(each()), 3)

    def test_not_deferred(self) -> None:
        """
        Anything else that is yielded comes back at once.
        """

        def give() -> Generator[str, object, object]:
            return (yield "same")

        for each in both(give):
            self.assertEqual(self.successResultOf(each()), "same")

    def test_failure(self) -> None:
        """
        A failure is raised where it was waited for.
        """
        error = ValueError("no")

        def catch() -> Waiting:
            try:
                yield fail(error)
            except ValueError as caught:
                return (yield succeed(caught))

        for each in both(catch):
            self.assertIs(self.successResultOf(each()), error)

    def test_exception(self) -> None:
        """
        An exception that leaves the generator is its result, and the traceback shows where that
        was; the action has failed.
        """

        def break_down() -> Waiting:
            with start_action(action_type="app:deed"):
                yield succeed(None)
                raise ValueError("no")

        for each in both(break_down):
            failure = self.failureResultOf(each(), ValueError)
            self.assertIn("in break_down\n", failure.getTraceback())
            self.assertEqual(self.messages[-1]["action_status"], "failed")

    def test_cancelled(self) -> None:
        """
        Cancelling it cancels what is waited for, and the action fails by that.
        """
        for wait in both(waiting):
            cancelled: list[object] = []
            result = wait(Deferred(cancelled.append))
            result.cancel()
            self.failureResultOf(result, CancelledError)
            self.assertEqual(len(cancelled), 1)
            self.assertEqual(
                self.messages[-1]["exception"], "twisted.internet.defer.CancelledError"
            )

    def test_cancellation_caught(self) -> None:
        """
        A generator may do something else then.
        """

        def wait() -> Waiting:
            with contextlib.suppress(CancelledError):
                yield Deferred()
            return "calm"

        for each in both(wait):
            result = each()
            result.cancel()
            self.assertEqual(self.successResultOf(result), "calm")

    def test_collected(self) -> None:
        """
        One that nobody waits for any longer is closed, and cleans up.
        """
        closed: list[str] = []

        def wait() -> Waiting:
            try:
                yield Deferred()
            finally:
                closed.append("closed")

        for each in both(wait):
            each()
        gc.collect()
        self.assertEqual(closed, ["closed", "closed"])

    def test_deep(self) -> None:
        """
        Many Deferreds that have fired already take no more of the stack than one.
        """

        def count() -> Waiting:
            for number in range(3_000):
                yield succeed(number)
            return number

        for each in both(count):
            self.assertEqual(self.successResultOf(each()), 2_999)

    def test_foreign(self) -> None:
        """
        Generators that are none of Python's own are run like others.
        """

        def make(deferred: Deferred[object]) -> Foreign:
            return Foreign(waiting(deferred))

        for each in both(make):
            self.assertEqual(self.successResultOf(each(succeed(3))), 3)
            self.failureResultOf(each(fail(ValueError("no"))), ValueError)

    @given(st.lists(st.sampled_from(["value", "none", "failure", "raise"]), max_size=6))
    def test_like_twisted(self, steps: list[str]) -> None:
        """
        It does what Twisted's own decorator does.
        """
        give: dict[str, Any] = {"value": 1, "none": None}

        def walk() -> Waiting:
            seen: list[object] = []
            for step in steps:
                try:
                    if step == "raise":
                        raise KeyError(len(seen))
                    seen.append((yield fail(ValueError()) if step == "failure" else give[step]))
                except ValueError as error:
                    seen.append(type(error))
            return seen

        outcomes = []
        for function in (inlineCallbacks(walk), *both(walk)):
            found: list[object] = []
            function().addErrback(lambda failure: repr(failure.value)).addCallback(found.append)
            outcomes.append(found)
        self.assertEqual(outcomes, [outcomes[0]] * 3)


class OtherFunctionsTests(SynchronousTestCase):
    """
    Functions that are no generators.
    """

    def test_value(self) -> None:
        """
        A value is the result.
        """
        for each in both(lambda x: x + 1):
            self.assertEqual(self.successResultOf(each(3)), 4)

    def test_exception(self) -> None:
        """
        So is an exception.
        """

        def fall() -> None:
            raise ValueError("no")

        for each in both(fall):
            failure = self.failureResultOf(each(), ValueError)
            self.assertIn("in fall\n", failure.getTraceback())

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """

        def stop() -> None:
            raise KeyboardInterrupt

        for each in both(stop):
            self.assertRaises(KeyboardInterrupt, each)

    def test_deferred(self) -> None:
        """
        A Deferred is returned as it is.
        """
        deferred: Deferred[None] = Deferred()
        for each in both(lambda: deferred):
            self.assertIs(each(), deferred)

    def test_failure(self) -> None:
        """
        A Failure that is returned is a failure.
        """
        for each in both(lambda: Failure(ValueError("no"))):
            self.failureResultOf(each(), ValueError)

    def test_coroutine(self) -> None:
        """
        A coroutine is waited for, in its own context.
        """
        messages = record(self)

        async def wait(deferred: Deferred[object]) -> object:
            with start_action(action_type="app:wait"):
                result = await deferred
                log_message("app:after")
                return result

        for each in both(wait):
            deferred: Deferred[object] = Deferred()
            result = each(deferred)
            self.assertIs(current_action(), None)
            deferred.callback(3)
            self.assertEqual(self.successResultOf(result), 3)
            self.assertEqual(of_type(messages, "app:after")[-1]["task_level"], [2])

    def test_generator_returned(self) -> None:
        """
        A generator that a function has made elsewhere is run as well.
        """

        def make(deferred: Deferred[object]) -> Waiting:
            return waiting(deferred, 3)

        for each in both(make):
            self.assertEqual(self.successResultOf(each(succeed(3))), 3)

    def test_partial(self) -> None:
        """
        Objects that can be called may be given, too.
        """
        for each in both(partial(waiting, number=2)):
            self.assertEqual(self.successResultOf(each(succeed(3))), 3)
        for each in both(partial(int, "3")):
            self.assertEqual(self.successResultOf(each()), 3)


class AppearanceTests(SynchronousTestCase):
    """
    What it looks like.
    """

    def test_method(self) -> None:
        """
        Methods are methods, also of classes.
        """

        class Ferry:
            """
            Has methods.
            """

            name = "all"

            @inline_callbacks
            def wait(self, name: str) -> Waiting:
                """Wait."""
                yield succeed(None)
                self.name = name
                return self

            @classmethod
            @inline_callbacks
            def names(cls) -> str:
                """Name."""
                return cls.name

        ferry = Ferry()
        self.assertIs(self.successResultOf(ferry.wait("Gull")), ferry)
        self.assertEqual(ferry.name, "Gull")
        self.assertEqual(self.successResultOf(Ferry.names()), "all")

    def test_dressed(self) -> None:
        """
        It has the name, the documentation and the signature of the function.
        """

        def plain(berth: str, *, lines: int = 2) -> None:
            """Make fast."""

        def generator(berth: str, *, lines: int = 2) -> Waiting:
            """Make fast."""
            yield succeed(None)

        for function in (plain, generator):
            for each in both(function):
                self.assertEqual(each.__name__, function.__name__)
                self.assertEqual(each.__qualname__, function.__qualname__)
                self.assertEqual(each.__doc__, "Make fast.")
                self.assertEqual(inspect.signature(each), inspect.signature(function))
                self.assertIs(inspect.unwrap(each), function)

    def test_wrong_arguments(self) -> None:
        """
        Arguments that do not fit are an error of whoever calls, as with Twisted's own.
        """
        for each in both(waiting):
            self.assertRaises(TypeError, each)


class DebugTests(SynchronousTestCase):
    """
    Debugging.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def types(self) -> list[object]:
        """
        List the types of messages.
        """
        return [each.get("message_type", each.get("action_status")) for each in self.messages]

    def test_yielded(self) -> None:
        """
        Each ``yield`` is told as soon as it has come, inside the current action of the generator.
        """

        def walk(deferred: Deferred[object]) -> Waiting:
            with start_action(action_type="app:walk"):
                with contextlib.suppress(ValueError):
                    yield deferred
                log_message("app:on")
                yield succeed(None)
            yield succeed(None)

        deferred: Deferred[object] = Deferred()
        result = inline_callbacks(walk, debug=True)(deferred)
        self.assertEqual(self.types(), ["started", "yielded"])
        deferred.errback(ValueError("no"))
        self.successResultOf(result)
        self.assertEqual(
            self.types(), ["started", "yielded", "app:on", "yielded", "succeeded", "yielded"]
        )
        levels = [each["task_level"] for each in self.messages]
        self.assertEqual(levels, [[1], [2], [3], [4], [5], [1]])
        self.assertEqual(
            set(self.messages[1]), {"task_uuid", "task_level", "timestamp", "message_type"}
        )

    def test_not_asked(self) -> None:
        """
        Without debugging nothing is logged.
        """
        self.successResultOf(inline_callbacks(waiting)(succeed(None)))
        self.assertNotIn("yielded", self.types())
