"""
Tests of :mod:`eliot.twisted._deferred`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator
from threading import Thread
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import (
    AlreadyCalledError,
    CancelledError,
    Deferred,
    TimeoutError,
    ensureDeferred,
    fail,
    inlineCallbacks,
    succeed,
)
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import (
    Action,
    add_destinations,
    current_action,
    log_message,
    start_action,
    start_root_action,
)
from eliot._context import enter
from eliot.twisted import AlreadyFinished, DeferredContext
from tests.helpers import Fields, fresh_destinations


class DeferredContextTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action.
        """
        fresh_destinations(self)
        self.messages: list[Fields] = []
        add_destinations(self.messages.append)
        self.action = start_action(action_type="fetch")

    def context(self, deferred: Deferred[object]) -> DeferredContext[object]:
        """
        Make the context of a Deferred, in the action.
        """
        with self.action.context():
            return DeferredContext(deferred)

    def status(self) -> list[object]:
        """
        List what the action has said of itself.
        """
        return [
            each["action_status"]
            for each in self.messages
            if each.get("action_type") == "fetch" and "action_status" in each
        ]


class CallbacksTests(DeferredContextTestCase):
    """
    Callbacks run with the action.
    """

    def test_callback(self) -> None:
        """
        A callback gets the result and the other arguments, runs with the action, and what it
        returns is the next result.
        """
        calls: list[object] = []

        def callback(*args: object, **kwargs: object) -> str:
            calls.append((args, kwargs, current_action()))
            return "next"

        deferred: Deferred[object] = Deferred()
        context = self.context(deferred)
        self.assertIs(context.addCallback(callback, 2, c=3), context)
        self.assertEqual(calls, [])
        deferred.callback(1)
        self.assertEqual(calls, [((1, 2), {"c": 3}, self.action)])
        self.assertEqual(self.successResultOf(deferred), "next")

    def test_errback(self) -> None:
        """
        An errback gets the Failure and the other arguments, and runs with the action.
        """
        calls: list[object] = []
        failure = Failure(ValueError("no"))

        def errback(*args: object, **kwargs: object) -> str:
            calls.append((args, kwargs, current_action()))
            return "handled"

        deferred: Deferred[object] = Deferred()
        context = self.context(deferred)
        self.assertIs(context.addErrback(errback, 2, c=3), context)
        deferred.errback(failure)
        self.assertEqual(calls, [((failure, 2), {"c": 3}, self.action)])
        self.assertEqual(self.successResultOf(deferred), "handled")

    def test_both(self) -> None:
        """
        What is added as both gets either, with the same other arguments.
        """
        failure = Failure(ValueError("no"))
        for result in (1, failure):
            calls: list[object] = []

            def both(*args: object, calls: list[object] = calls, **kwargs: object) -> None:
                calls.append((args, kwargs, current_action()))

            deferred: Deferred[object] = Deferred()
            context = self.context(deferred)
            self.assertIs(context.addBoth(both, 2, c=3), context)
            deferred.callback(result)
            self.assertEqual(calls, [((result, 2), {"c": 3}, self.action)])
            self.assertIsNone(self.successResultOf(deferred))

    def test_callbacks(self) -> None:
        """
        A callback and an errback that are added together have arguments of their own, and just
        one of them runs.
        """
        failure = Failure(ValueError("no"))
        expected = {1: [("callback", 1, 2, 3)], failure: [("errback", failure, 4, 5)]}
        for result, calls in expected.items():
            made: list[object] = []

            def remember(
                name: str, made: list[object] = made
            ) -> Callable[[object, int, int], None]:
                return lambda value, a, b: made.append((name, value, a, b))

            deferred: Deferred[object] = Deferred()
            context = self.context(deferred)
            returned = context.addCallbacks(
                remember("callback"), remember("errback"), (2,), {"b": 3}, (4,), {"b": 5}
            )
            self.assertIs(returned, context)
            deferred.callback(result)
            self.assertEqual(made, calls)

    def test_callbacks_by_name(self) -> None:
        """
        The parameters have the names that those of a Deferred have.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallbacks(
            callback=lambda result, a, b: (result, a, b),
            errback=lambda failure: failure,
            callbackArgs=(2,),
            callbackKeywords={"b": 3},
            errbackArgs=(),
            errbackKeywords={},
        )
        deferred.callback(1)
        self.assertEqual(self.successResultOf(deferred), (1, 2, 3))

    def test_no_errback(self) -> None:
        """
        Where the errback is left out, a failure passes.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallbacks(lambda _: self.fail("called"))
        deferred.errback(ValueError("no"))
        self.failureResultOf(deferred, ValueError)

    def test_no_callback(self) -> None:
        """
        A result passes an errback, inside and outside of an action.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addErrback(lambda _: self.fail("called"))
        DeferredContext(deferred).addErrback(lambda _: self.fail("called"))
        deferred.callback(1)
        self.assertEqual(self.successResultOf(deferred), 1)

    def test_keyword_like_parameter(self) -> None:
        """
        Arguments may have any names, those of our own parameters among them.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(
            lambda result, **kwargs: (result, kwargs), callback=1, self=2, result_=3
        )
        deferred.callback(0)
        self.assertEqual(
            self.successResultOf(deferred), (0, {"callback": 1, "self": 2, "result_": 3})
        )

    def test_raising(self) -> None:
        """
        What a callback raises is a Failure for the next one, and the context is put back.
        """
        deferred: Deferred[object] = Deferred()
        context = self.context(deferred)
        context.addCallback(lambda _: 1 // 0)
        context.addErrback(lambda failure: (failure.type, current_action()))
        deferred.callback(1)
        self.assertEqual(self.successResultOf(deferred), (ZeroDivisionError, self.action))
        self.assertIsNone(current_action())

    def test_result(self) -> None:
        """
        The Deferred is found as ``result``.
        """
        deferred: Deferred[object] = Deferred()
        self.assertIs(self.context(deferred).result, deferred)

    def test_outside_all_ways(self) -> None:
        """
        So do those that are added in other ways.
        """
        context = DeferredContext(succeed(1))
        context.addBoth(lambda result: (result, current_action()))
        context.addCallbacks(lambda result: [result], None)
        self.assertEqual(self.successResultOf(context.addActionFinish()), [(1, None)])

    def test_outside(self) -> None:
        """
        Outside of all actions, callbacks run as they are, and the Deferred comes back.
        """
        deferred: Deferred[object] = Deferred()
        context = DeferredContext(deferred)
        with self.action.context():
            context.addCallback(lambda result, more: (result, more, current_action()), 2)
        self.assertIs(context.addActionFinish(), deferred)
        deferred.callback(1)
        self.assertEqual(self.successResultOf(deferred), (1, 2, None))
        self.assertEqual(self.status(), ["started"])


class ContextTests(DeferredContextTestCase):
    """
    The context is what it was, whatever callbacks do.
    """

    def test_before_and_after(self) -> None:
        """
        After a callback the current action is the one before, whether the Deferred fires inside
        another action or outside of all.
        """
        seen: list[object] = []
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(lambda _: seen.append(current_action()))
        deferred.addCallback(lambda _: seen.append(current_action()))
        with start_action(action_type="other") as other:
            deferred.callback(None)
            seen.append(current_action())
        self.assertEqual(seen, [self.action, other, other])
        self.assertIsNone(current_action())

    def test_already_fired(self) -> None:
        """
        On a Deferred that has fired, callbacks run as they are added; the context is the action's
        during each, and what it was after.
        """
        seen: list[object] = []
        context = self.context(succeed(1))
        context.addCallback(lambda _: seen.append(current_action()))
        seen.append(current_action())
        with self.action.context():
            context.addCallback(lambda _: seen.append(current_action()))
            seen.append(current_action())
        self.assertEqual(seen, [self.action, None, self.action, self.action])

    def test_leak(self) -> None:
        """
        A callback that enters an action and does not leave it changes nothing for others.
        """
        seen: list[object] = []
        leaked = start_action(action_type="leaked")

        def leak(_: object) -> None:
            enter(leaked)
            seen.append(current_action())

        deferred: Deferred[object] = Deferred()
        context = self.context(deferred)
        context.addCallback(leak).addCallback(lambda _: seen.append(current_action()))
        deferred.addCallback(lambda _: seen.append(current_action()))
        deferred.callback(None)
        self.assertEqual(seen, [leaked, self.action, None])
        self.assertIsNone(current_action())

    def test_leak_and_raise(self) -> None:
        """
        Nor does one that raises after that.
        """

        def leak(_: object) -> None:
            enter(start_action(action_type="leaked"))
            raise ValueError("no")

        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(leak)
        with start_action(action_type="other") as other:
            deferred.callback(None)
            self.assertIs(current_action(), other)
        self.failureResultOf(deferred, ValueError)

    def test_leave_too_often(self) -> None:
        """
        A callback that leaves the action it runs in, and more, does not change where the code
        that fires the Deferred is.
        """

        def leave(_: object) -> None:
            self.action.__exit__(None, None, None)
            self.action.__exit__(None, None, None)

        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(leave)
        with self.action.context():
            deferred.callback(None)
            self.assertIs(current_action(), self.action)

    def test_children(self) -> None:
        """
        What callbacks log, and the actions they start, are the action's, in their order.
        """

        def log(_: object) -> None:
            log_message("one")
            with start_action(action_type="child"):
                log_message("two")

        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(log).addActionFinish()
        deferred.callback(None)
        self.assertEqual({each["task_uuid"] for each in self.messages}, {self.action.task_uuid})
        levels = [each["task_level"] for each in self.messages]
        self.assertEqual(levels, [[1], [2], [3, 1], [3, 2], [3, 3], [4]])

    def test_nested_deferreds(self) -> None:
        """
        A callback that fires a Deferred of another action gets its own context back.
        """
        other = start_action(action_type="other")
        inner: Deferred[object] = Deferred()
        seen: list[object] = []
        with other.context():
            DeferredContext(inner).addCallback(lambda _: seen.append(current_action()))

        def fire(_: object) -> None:
            inner.callback(None)
            seen.append(current_action())

        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(fire)
        deferred.callback(None)
        self.assertEqual(seen, [other, self.action])
        self.assertIsNone(current_action())

    def test_waiting(self) -> None:
        """
        When a callback returns a Deferred, the next one runs with the action once that has fired,
        and meanwhile nobody is in the action.
        """
        inner: Deferred[object] = Deferred()
        deferred: Deferred[object] = Deferred()
        context = self.context(deferred)
        context.addCallback(lambda _: inner)
        context.addCallback(lambda result: (result, current_action()))
        context.addActionFinish()
        deferred.callback(None)
        self.assertIsNone(current_action())
        self.assertEqual(self.status(), ["started"])
        inner.callback("inner")
        self.assertEqual(self.successResultOf(deferred), ("inner", self.action))
        self.assertEqual(self.status(), ["started", "succeeded"])
        self.assertIsNone(current_action())

    def test_paused(self) -> None:
        """
        On a Deferred that is paused nothing happens until it goes on.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(lambda _: current_action()).addActionFinish()
        deferred.pause()
        deferred.callback(None)
        self.assertEqual(self.status(), ["started"])
        deferred.unpause()
        self.assertEqual(self.successResultOf(deferred), self.action)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_yield(self) -> None:
        """
        In a coroutine that waits for such a Deferred the current action is the coroutine's own.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(lambda _: current_action())

        @inlineCallbacks
        def wait() -> Generator[Deferred[object], object, object]:
            with start_action(action_type="other") as other:
                inside = yield deferred
                return inside, current_action() is other

        waiting = wait()
        self.assertIsNone(current_action())
        deferred.callback(None)
        self.assertEqual(self.successResultOf(waiting), (self.action, True))
        self.assertIsNone(current_action())


class AddActionFinishTests(DeferredContextTestCase):
    """
    The action ends with the Deferred.
    """

    def test_success(self) -> None:
        """
        With a result the action succeeds, and the result stays.
        """
        deferred: Deferred[object] = Deferred()
        finished = self.context(deferred).addActionFinish()
        self.assertIs(finished, deferred)
        self.assertEqual(self.status(), ["started"])
        deferred.callback("result")
        self.assertEqual(self.status(), ["started", "succeeded"])
        self.assertEqual(self.successResultOf(finished), "result")

    def test_success_fields(self) -> None:
        """
        Fields that callbacks add are in the end message.
        """

        def add_fields(result: object) -> object:
            action = current_action()
            assert action is not None
            action.add_success_fields(size=result)
            return result

        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(add_fields).addActionFinish()
        deferred.callback(3)
        self.assertEqual(self.messages[-1]["size"], 3)

    def test_failure(self) -> None:
        """
        With a Failure the action fails: the end message names the exception and its reason, and
        the same Failure passes on.
        """
        failure = Failure(ValueError("no such page"))
        deferred: Deferred[object] = Deferred()
        finished = self.context(deferred).addActionFinish()
        deferred.errback(failure)
        end = self.messages[-1]
        self.assertEqual(end["action_status"], "failed")
        self.assertEqual(end["exception"], "builtins.ValueError")
        self.assertEqual(end["reason"], "no such page")
        self.assertIs(self.failureResultOf(finished), failure)

    def test_raising_callback(self) -> None:
        """
        The action fails with what a callback raises.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(lambda _: 1 // 0).addActionFinish()
        deferred.callback(1)
        self.assertEqual(self.messages[-1]["exception"], "builtins.ZeroDivisionError")
        self.failureResultOf(deferred, ZeroDivisionError)

    def test_handled(self) -> None:
        """
        The action succeeds where an errback has handled the failure.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addErrback(lambda _: None).addActionFinish()
        deferred.errback(ValueError("no"))
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_cancelled(self) -> None:
        """
        A Deferred that is cancelled fails the action.
        """
        deferred: Deferred[object] = Deferred()
        finished = self.context(deferred).addActionFinish()
        finished.cancel()
        self.assertEqual(self.status(), ["started", "failed"])
        self.assertEqual(self.messages[-1]["exception"], "twisted.internet.defer.CancelledError")
        self.failureResultOf(finished, CancelledError)

    def test_already_fired(self) -> None:
        """
        On a Deferred that has fired the action ends at once.
        """
        self.context(succeed(1)).addActionFinish()
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_already_failed(self) -> None:
        """
        Likewise where it has failed.
        """
        finished = self.context(fail(ValueError("no"))).addActionFinish()
        self.assertEqual(self.status(), ["started", "failed"])
        self.failureResultOf(finished, ValueError)

    def test_later_callbacks(self) -> None:
        """
        What is added to the Deferred itself after that runs outside of the action, after its end,
        and does not change how it ended.
        """
        deferred: Deferred[object] = Deferred()
        finished = self.context(deferred).addActionFinish()
        finished.addCallback(lambda _: current_action())
        finished.addCallback(lambda action: 1 // 0 if action is None else None)
        deferred.callback(1)
        self.failureResultOf(finished, ZeroDivisionError)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_finished_by_hand(self) -> None:
        """
        An action that a callback has finished stays as it is.
        """
        deferred: Deferred[object] = Deferred()
        self.context(deferred).addCallback(lambda _: self.action.finish()).addActionFinish()
        deferred.callback(1)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_already_finished(self) -> None:
        """
        After ``addActionFinish`` nothing can be added, whether inside of an action or outside,
        and the Deferred is as it was.
        """
        outside: DeferredContext[object] = DeferredContext(succeed(1))
        for context in (self.context(succeed(1)), outside):
            deferred = context.addActionFinish()

            def wrong(*args: object) -> None:
                self.fail(f"called with {args}")

            self.assertRaises(AlreadyFinished, context.addCallback, wrong)
            self.assertRaises(AlreadyFinished, context.addErrback, wrong)
            self.assertRaises(AlreadyFinished, context.addBoth, wrong)
            self.assertRaises(AlreadyFinished, context.addCallbacks, wrong, wrong)
            self.assertRaises(AlreadyFinished, context.addActionFinish)
            self.assertEqual(self.successResultOf(deferred), 1)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_several_contexts(self) -> None:
        """
        Contexts of several actions may follow each other on one Deferred: the inner action ends
        first.
        """
        deferred: Deferred[object] = Deferred()
        with self.action.context():
            with start_action(action_type="inner").context():
                inner: Action | None = current_action()
                finished = DeferredContext(deferred).addActionFinish()
            outer = DeferredContext(finished)
            outer.addCallback(lambda _: current_action()).addActionFinish()
        deferred.callback(None)
        self.assertIsNotNone(inner)
        self.assertEqual(
            [(each["action_type"], each["action_status"]) for each in self.messages],
            [
                ("fetch", "started"),
                ("inner", "started"),
                ("inner", "succeeded"),
                ("fetch", "succeeded"),
            ],
        )
        self.assertIs(self.successResultOf(deferred), self.action)


class ExplicitActionTests(DeferredContextTestCase):
    """
    The action may be given.
    """

    def test_given(self) -> None:
        """
        Callbacks run with the action that is given, which ends, whatever the current one is.
        """
        deferred: Deferred[object] = Deferred()
        with start_action(action_type="other") as other:
            context = DeferredContext(deferred, self.action)
            context.addCallback(lambda _: current_action())
            finished = context.addActionFinish()
            self.assertIs(current_action(), other)
        deferred.callback(None)
        self.assertIs(self.successResultOf(finished), self.action)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_given_outside(self) -> None:
        """
        So it is outside of all actions.
        """
        context = DeferredContext(succeed(None), action=self.action)
        context.addCallback(lambda _: current_action())
        self.assertIs(self.successResultOf(context.addActionFinish()), self.action)

    def test_root(self) -> None:
        """
        The root action of the process does not end with a Deferred.
        """
        root = start_root_action("app:root")
        self.addCleanup(root.finish)
        DeferredContext(succeed(None)).addActionFinish()
        ends = [each for each in self.messages if each.get("action_status") == "succeeded"]
        self.assertEqual(ends, [])


class SurfaceTestCase(DeferredContextTestCase):
    """
    Has a Deferred in the action, and others outside of all actions.
    """

    def setUp(self) -> None:
        """
        Make a clock.
        """
        super().setUp()
        self.clock = Clock()
        self.seen: list[object] = []
        self.deferred: Deferred[object] = Deferred(self.note_cancelled)

    def note_cancelled(self, deferred: Deferred[object]) -> None:
        """
        Note the current action of a canceller.
        """
        self.seen.append(current_action())

    def note(self, result: object) -> object:
        """
        Note the current action.
        """
        self.seen.append(current_action())
        return result

    def end(self) -> object:
        """
        Tell what the end message of the action says.
        """
        end = self.messages[-1]
        return end["action_status"], end.get("exception")


class TimeoutTests(SurfaceTestCase):
    """
    A Deferred is given some time.
    """

    def test_timed_out(self) -> None:
        """
        When its time is over it is cancelled, with the action, which fails as it does.
        """
        context = self.context(self.deferred)
        self.assertIs(context.addTimeout(2, self.clock), context)
        context.addErrback(self.note)
        finished = context.addActionFinish()
        with start_action(action_type="other") as other:
            self.clock.advance(2)
            self.assertIs(current_action(), other)
            self.failureResultOf(finished, TimeoutError)
            failed = self.messages[-1]
        self.assertEqual(failed["action_status"], "failed")
        self.assertEqual(failed["exception"], "twisted.internet.defer.TimeoutError")
        self.assertEqual(self.seen, [self.action, self.action])

    def test_in_time(self) -> None:
        """
        One that fires in time is not cancelled, and the clock has nothing more to do.
        """
        finished = self.context(self.deferred).addTimeout(2, self.clock).addActionFinish()
        self.deferred.callback(1)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.successResultOf(finished), 1)
        self.assertEqual(self.end(), ("succeeded", None))

    def test_own_result(self) -> None:
        """
        What is to be made of the result then is made with the action, and is what it ends with.
        """
        made: list[object] = []

        def convert(result: object, timeout: float) -> str:
            made.append((type(result), timeout, current_action()))
            return "too late"

        for action in (self.action, None):
            context = DeferredContext(Deferred[object](), action)
            finished = context.addTimeout(2, self.clock, onTimeoutCancel=convert).addActionFinish()
            self.clock.advance(2)
            self.assertEqual(self.successResultOf(finished), "too late")
        self.assertEqual(made, [(Failure, 2, self.action), (Failure, 2, None)])
        self.assertEqual(self.end(), ("succeeded", None))

    def test_outside(self) -> None:
        """
        Outside of all actions it is Twisted's.
        """
        finished = DeferredContext(self.deferred).addTimeout(2, self.clock).addActionFinish()
        self.clock.advance(2)
        self.failureResultOf(finished, TimeoutError)
        self.assertEqual(self.seen, [None])


class CancelTests(SurfaceTestCase):
    """
    A Deferred is cancelled.
    """

    def test_with_action(self) -> None:
        """
        Its canceller runs with the action, which fails, whoever cancels it, and whether that is
        before or after the end of the action has been added.
        """
        context = self.context(self.deferred)
        finished = context.addErrback(self.note).addActionFinish()
        with start_action(action_type="other").context():
            context.cancel()
        self.failureResultOf(finished, CancelledError)
        self.assertEqual(self.seen, [self.action, self.action])
        self.assertEqual(self.end(), ("failed", "twisted.internet.defer.CancelledError"))
        self.deferred = Deferred(self.note_cancelled)
        context = self.context(self.deferred)
        context.cancel()
        self.failureResultOf(context.addActionFinish(), CancelledError)

    def test_own_result(self) -> None:
        """
        A canceller that has a result makes the action succeed.
        """
        context = self.context(Deferred(lambda deferred: deferred.callback(1)))
        finished = context.addActionFinish()
        context.cancel()
        self.assertEqual(self.successResultOf(finished), 1)
        self.assertEqual(self.end(), ("succeeded", None))

    def test_outside(self) -> None:
        """
        Outside of all actions it is cancelled as it is.
        """
        context = DeferredContext(self.deferred)
        with self.action.context():
            context.cancel()
        self.failureResultOf(self.deferred, CancelledError)
        self.assertEqual(self.seen, [self.action])

    def test_inner(self) -> None:
        """
        The Deferred that is waited for is cancelled, and fails the action.
        """
        context = self.context(succeed(None))
        context.addCallback(lambda _: self.deferred)
        finished = context.addActionFinish()
        context.cancel()
        self.failureResultOf(finished, CancelledError)
        self.assertEqual(self.status(), ["started", "failed"])


class HandedOnTests(SurfaceTestCase):
    """
    A result is handed on, to a Deferred or to a future.
    """

    def test_chained(self) -> None:
        """
        Another Deferred gets the result, with the action, and the next callback gets ``None``.
        """
        other: Deferred[object] = Deferred()
        other.addCallback(self.note)
        context = self.context(self.deferred)
        self.assertIs(context.chainDeferred(other), context)
        finished = context.addActionFinish()
        self.deferred.callback(1)
        self.assertEqual(self.successResultOf(other), 1)
        self.assertIsNone(self.successResultOf(finished))
        self.assertEqual(self.seen, [self.action])
        self.assertEqual(self.end(), ("succeeded", None))

    def test_chained_failure(self) -> None:
        """
        A failure that another Deferred gets fails the action all the same.
        """
        other: Deferred[object] = Deferred()
        finished = self.context(self.deferred).chainDeferred(other).addActionFinish()
        self.deferred.errback(ValueError("no"))
        self.failureResultOf(other, ValueError)
        self.assertIsNone(self.successResultOf(finished))
        self.assertEqual(self.end(), ("failed", "builtins.ValueError"))

    def test_chained_then_failed(self) -> None:
        """
        A callback that comes after that, and raises, is why the action fails.
        """
        other: Deferred[object] = Deferred()
        other.addErrback(lambda _: None)
        context = self.context(self.deferred).chainDeferred(other)
        finished = context.addCallback(lambda _: 1 // 0).addActionFinish()
        self.deferred.errback(ValueError("no"))
        self.failureResultOf(finished, ZeroDivisionError)
        self.assertEqual(self.end(), ("failed", "builtins.ZeroDivisionError"))

    def test_chained_contexts(self) -> None:
        """
        The other one may be that of another action, and both end.
        """
        inner = start_action(action_type="inner")
        other: Deferred[object] = Deferred()
        chained = DeferredContext(other, inner)
        chained.addCallback(self.note)
        chained.addActionFinish()
        self.context(self.deferred).chainDeferred(chained).addActionFinish()
        self.deferred.callback(1)
        self.assertEqual(self.seen, [inner])
        self.assertEqual(
            [each["action_type"] for each in self.messages if each["action_status"] == "succeeded"],
            ["inner", "fetch"],
        )

    def test_twice(self) -> None:
        """
        A result that is handed on twice is there the first time only, and that is what counts.
        """
        other: Deferred[object] = Deferred()
        another: Deferred[object] = Deferred()
        context = self.context(self.deferred).chainDeferred(other).chainDeferred(another)
        finished = context.addActionFinish()
        self.deferred.errback(ValueError("no"))
        self.failureResultOf(other, ValueError)
        self.assertIsNone(self.successResultOf(another))
        self.assertIsNone(self.successResultOf(finished))
        self.assertEqual(self.end(), ("failed", "builtins.ValueError"))

    def test_chained_outside(self) -> None:
        """
        Outside of all actions it is Twisted's.
        """
        other: Deferred[object] = Deferred()
        DeferredContext(self.deferred).chainDeferred(other).addActionFinish()
        self.deferred.callback(1)
        self.assertEqual(self.successResultOf(other), 1)

    def future(self, main: Callable[[], Coroutine[Any, Any, object]]) -> object:
        """
        Run a coroutine in an event loop of its own.
        """
        return asyncio.run(main())

    def test_future(self) -> None:
        """
        A future gets the result, and the action ends.
        """

        async def main() -> object:
            context = self.context(self.deferred)
            future = context.asFuture(asyncio.get_running_loop())
            context.addActionFinish()
            self.deferred.callback(1)
            return await future

        self.assertEqual(self.future(main), 1)
        self.assertEqual(self.end(), ("succeeded", None))

    def test_future_failure(self) -> None:
        """
        A future gets the exception, and the action fails.
        """

        async def main() -> object:
            context = self.context(self.deferred)
            future = context.asFuture(asyncio.get_running_loop())
            context.addActionFinish()
            self.deferred.errback(ValueError("no"))
            return await future

        self.assertRaises(ValueError, self.future, main)
        self.assertEqual(self.end(), ("failed", "builtins.ValueError"))

    def test_future_cancelled(self) -> None:
        """
        Where the future is cancelled, the Deferred is, with the action, which fails.
        """

        async def main() -> object:
            context = self.context(self.deferred)
            future = context.asFuture(asyncio.get_running_loop())
            context.addActionFinish()
            future.cancel()
            return await future

        self.assertRaises(asyncio.CancelledError, self.future, main)
        self.assertEqual(self.seen, [self.action])
        self.assertEqual(self.end(), ("failed", "twisted.internet.defer.CancelledError"))

    def test_future_outside(self) -> None:
        """
        Outside of all actions it is Twisted's.
        """

        async def main() -> object:
            future = DeferredContext(self.deferred).asFuture(asyncio.get_running_loop())
            self.deferred.callback(1)
            return await future

        self.assertEqual(self.future(main), 1)


class AsDeferredTests(SurfaceTestCase):
    """
    The rest of what a Deferred does.
    """

    def test_await(self) -> None:
        """
        It can be awaited, before and after the end of the action was added, for its result or its
        exception.
        """

        async def wait(context: DeferredContext[object]) -> object:
            return await context

        context = self.context(succeed(1))
        self.assertEqual(self.successResultOf(ensureDeferred(wait(context))), 1)
        context.addActionFinish()
        self.assertEqual(self.successResultOf(ensureDeferred(wait(context))), 1)
        self.assertEqual(self.end(), ("succeeded", None))
        failed = ensureDeferred(wait(self.context(fail(ValueError("no")))))
        self.failureResultOf(failed, ValueError)

    def test_await_failure(self) -> None:
        """
        The action fails with what whoever awaits it gets, although they have handled it.
        """

        async def wait(context: DeferredContext[object]) -> None:
            with contextlib.suppress(ValueError):
                await context
            self.note(None)
            context.addActionFinish()

        with start_action(action_type="other") as other:
            waiting = ensureDeferred(wait(self.context(self.deferred)))
        self.deferred.errback(ValueError("no"))
        self.successResultOf(waiting)
        self.assertEqual(self.seen, [other])
        self.assertEqual(self.end(), ("failed", "builtins.ValueError"))

    def test_paused(self) -> None:
        """
        While it is paused no callback runs; then they do, with the action, which ends then.
        """
        context = self.context(self.deferred)
        finished = context.addBoth(self.note).addActionFinish()
        context.pause()
        context.callback(1)
        self.assertEqual((context.called, context.paused, self.seen), (True, 1, []))
        self.assertEqual(self.status(), ["started"])
        with start_action(action_type="other") as other:
            context.unpause()
            self.assertIs(current_action(), other)
        self.assertEqual((context.paused, self.seen), (0, [self.action]))
        self.assertEqual(self.successResultOf(finished), 1)
        self.assertEqual(self.status(), ["started", "succeeded"])

    def test_fired(self) -> None:
        """
        It can be fired, once.
        """
        context = self.context(self.deferred)
        self.assertFalse(context.called)
        context.errback(ValueError("no"))
        self.assertRaises(AlreadyCalledError, context.callback, 1)
        self.failureResultOf(context.addActionFinish(), ValueError)

    def test_too_late(self) -> None:
        """
        What adds callbacks cannot be called after the end of the action was added.
        """
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        context = self.context(self.deferred)
        context.addActionFinish()
        self.assertRaises(AlreadyFinished, context.addTimeout, 1, self.clock)
        self.assertRaises(AlreadyFinished, context.chainDeferred, Deferred())
        self.assertRaises(AlreadyFinished, context.asFuture, loop)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_surface(self) -> None:
        """
        It has all the public methods that instances of a Deferred have, but for ``result``, which
        is the Deferred.
        """
        of_the_class = {"fromCoroutine", "fromFuture"}
        of_its_inside = {"callbacks", "debug", "send"}
        public = {name for name in dir(Deferred) if not name.startswith("_")}
        missing = public - of_the_class - of_its_inside - set(dir(DeferredContext))
        self.assertEqual(missing, set())


class ElsewhereTests(SurfaceTestCase):
    """
    A Deferred fires somewhere else.
    """

    def test_in_thread(self) -> None:
        """
        In another thread, callbacks run with the action there, whose context is put back; the
        context of this one is not touched.
        """
        context = self.context(self.deferred)
        context.addCallback(self.note).addCallback(lambda _: enter(self.action)).addActionFinish()

        def fire() -> None:
            with start_action(action_type="other") as other:
                self.deferred.callback(None)
                self.seen.append(current_action() is other)

        thread = Thread(target=fire)
        thread.start()
        thread.join()
        self.assertEqual(self.seen, [self.action, True])
        self.assertEqual(self.status(), ["started", "succeeded"])
        self.assertIsNone(current_action())

    @given(st.lists(st.integers(0, 4), min_size=5, max_size=5))
    def test_reentrant(self, order: list[int]) -> None:
        """
        Deferreds of several actions, whose callbacks fire each other and add callbacks to each
        other, run each callback with its own action, and put back what was before.
        """
        fresh_destinations(self)
        actions = [start_action(action_type="app:work") for _ in order]
        deferreds: list[Deferred[object]] = [Deferred() for _ in order]
        contexts = [
            DeferredContext(each, action) for each, action in zip(deferreds, actions, strict=True)
        ]
        seen: list[tuple[int, object]] = []

        def go_on(result: object, number: int) -> object:
            before = current_action()
            seen.append((number, before))
            following = order[number]
            if not deferreds[following].called:
                deferreds[following].callback(None)
            contexts[following].addCallback(lambda _: seen.append((following, current_action())))
            self.assertIs(current_action(), before)
            return result

        for number, context in enumerate(contexts):
            context.addCallback(go_on, number)
        for each in deferreds:
            if not each.called:
                each.callback(None)
            self.assertIsNone(current_action())
        self.assertEqual(len(seen), 2 * len(order))
        self.assertTrue(all(action is actions[number] for number, action in seen))
