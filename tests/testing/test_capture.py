"""
Decorators that capture what a test logs.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from json import JSONEncoder
from typing import TypeVar
from unittest import IsolatedAsyncioTestCase, SkipTest, TestCase
from unittest import TestResult as Result

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks, succeed
from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, log_message, start_action, write_traceback
from eliot._field import ValidationError
from eliot._memory import MemoryLogger
from eliot.testing import (
    UnflushedTracebacks,
    assertHasAction,
    assertHasMessage,
    capture_logging,
    current_logger,
    validate_logging,
    validateLogging,
)
from tests.helpers import record

_R = TypeVar("_R")


@dataclass
class Called:
    """
    How an assertion was called.

    :ivar case: with which test case.
    :ivar types: the types of the messages that were captured.
    :ivar args: the further arguments.
    :ivar kwargs: likewise, by name.
    :ivar restored: whether messages went their usual way then.
    """

    case: object
    types: list[object]
    args: tuple[object, ...]
    kwargs: dict[str, object]
    restored: bool


def run(case: type[TestCase], name: str = "test") -> Result:
    """
    Run one test.
    """
    result = Result()
    case(name).run(result)
    return result


def divide() -> None:
    """
    Log a traceback.
    """
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        write_traceback()


class CaptureCase(SynchronousTestCase):
    """
    A test of tests.
    """

    def setUp(self) -> None:
        """
        Record what goes to the destinations, and note the calls of assertions.
        """
        self.sent = record(self)
        self.logger = current_logger()
        self.called: list[Called] = []

    def assertion(self, case: object, logger: MemoryLogger, *args: object, **kw: object) -> None:
        """
        An assertion that notes how it was called.
        """
        types = [each.get("message_type") for each in logger.messages]
        self.called.append(Called(case, types, args, kw, current_logger() is self.logger))

    def failing(self, case: TestCase, logger: MemoryLogger) -> None:
        """
        An assertion that fails.
        """
        case.fail("wrong")

    def assert_restored(self) -> None:
        """
        Fail unless messages go their usual way again.
        """
        self.assertIs(current_logger(), self.logger)


class CaptureLoggingTests(CaptureCase):
    """
    Tests that belong to a test case.
    """

    def test_captured(self) -> None:
        """
        While the test runs, what is logged goes to the logger that it is given, which is the
        default one then; and to no destination.
        """

        class Case(TestCase):
            @capture_logging(None)
            def test(case, logger: MemoryLogger) -> None:
                self.assertIs(current_logger(), logger)
                log_message("said")
                self.assertEqual([each["message_type"] for each in logger.messages], ["said"])

        self.assertTrue(run(Case).wasSuccessful())
        self.assert_restored()
        self.assertEqual(self.sent, [])

    def test_assertion(self) -> None:
        """
        The assertion is called after the test with the test case, the logger and what else was
        given, when messages go their usual way again.
        """
        cases: list[TestCase] = []

        class Case(TestCase):
            @capture_logging(self.assertion, 1, two=2)
            def test(case, logger: MemoryLogger) -> None:
                cases.append(case)
                log_message("said")

        self.assertTrue(run(Case).wasSuccessful())
        [case] = cases
        self.assertEqual(self.called, [Called(case, ["said"], (1,), {"two": 2}, True)])

    def test_arguments(self) -> None:
        """
        What the test is called with, and returns, is passed on; the logger comes by name.
        """
        calls: list[tuple[tuple[object, ...], dict[str, object]]] = []
        returned = []

        class Case(TestCase):
            @capture_logging(None)
            def helper(self, *args: object, **kwargs: object) -> str:
                calls.append((args, kwargs))
                return "returned"

            def test(self) -> None:
                returned.append(self.helper(1, two=2))

        self.assertTrue(run(Case).wasSuccessful())
        [(args, kwargs)] = calls
        self.assertIsInstance(kwargs.pop("logger"), MemoryLogger)
        self.assertEqual((args, kwargs), ((1,), {"two": 2}))
        self.assertEqual(returned, ["returned"])

    def test_cleanups(self) -> None:
        """
        What is logged while the test is torn down, and by its cleanups, is captured too.
        """

        class Case(TestCase):
            @capture_logging(self.assertion)
            def test(self, logger: MemoryLogger) -> None:
                self.addCleanup(log_message, "cleaned")

            def tearDown(self) -> None:
                log_message("torn")

        self.assertTrue(run(Case).wasSuccessful())
        self.assertEqual(self.called[0].types, ["torn", "cleaned"])

    def test_own_error(self) -> None:
        """
        Of a test that fails, its own error is seen and no other; what was logged is shown with it.
        """

        class Case(TestCase):
            @capture_logging(self.assertion)
            def test(self, logger: MemoryLogger) -> None:
                divide()
                log_message("said", text=object())
                self.fail("own")

        result = run(Case)
        self.assertEqual(result.errors, [])
        [(_, text)] = result.failures
        self.assertIn("AssertionError: own\nWhat was logged:\n", text)
        self.assertRegex(text, r"\W said  ")
        self.assertEqual(self.called, [])
        self.assert_restored()

    def test_skipped(self) -> None:
        """
        A test that is skipped is, whatever it has logged.
        """

        class Case(TestCase):
            @capture_logging(self.assertion)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said", text=object())
                raise SkipTest("why")

        result = run(Case)
        self.assertEqual([reason for _, reason in result.skipped], ["why"])
        self.assertTrue(result.wasSuccessful())
        self.assertEqual(self.called, [])
        self.assert_restored()

    def test_invalid(self) -> None:
        """
        A message that cannot be makes the test fail, and is shown with where it was logged.
        """

        class Case(TestCase):
            @capture_logging(None)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said", text=object())

        [(_, text)] = run(Case).errors
        self.assertIn("Field 'text' cannot be encoded", text)
        self.assertIn(f"Logged at {__file__}:", text)
        self.assertIn("What was logged:\n", text)
        self.assert_restored()

    def test_traceback(self) -> None:
        """
        A traceback makes the test fail, unless the assertion or the test takes it out.
        """

        def flush(case: TestCase, logger: MemoryLogger) -> None:
            case.assertEqual(len(logger.flush_tracebacks(ZeroDivisionError)), 1)

        class Case(TestCase):
            @capture_logging(None)
            def test(self, logger: MemoryLogger) -> None:
                divide()

            @capture_logging(flush)
            def test_flushed(self, logger: MemoryLogger) -> None:
                divide()

            @capture_logging(None)
            def test_flushes(self, logger: MemoryLogger) -> None:
                divide()
                flush(self, logger)

        [(_, text)] = run(Case).errors
        self.assertIn(UnflushedTracebacks.__name__, text)
        self.assertTrue(run(Case, "test_flushed").wasSuccessful())
        self.assertTrue(run(Case, "test_flushes").wasSuccessful())

    def test_both(self) -> None:
        """
        If the assertion fails, what is wrong in any case is told as well.
        """

        class Case(TestCase):
            @capture_logging(self.failing)
            def test(self, logger: MemoryLogger) -> None:
                divide()

        result = run(Case)
        self.assertIn("AssertionError: wrong\nWhat was logged:", result.failures[0][1])
        self.assertIn("UnflushedTracebacks", result.errors[0][1])

    def test_documented(self) -> None:
        """
        The assertions about messages and actions are such assertions; what was logged is shown once
        where they fail.
        """

        class Case(TestCase):
            @capture_logging(assertHasMessage, "said", {"text": "x"})
            def test(self, logger: MemoryLogger) -> None:
                log_message("said", text="x")

            @capture_logging(assertHasAction, "act", succeeded=False, startFields={"n": 1})
            def test_action(self, logger: MemoryLogger) -> None:
                start_action(action_type="act", n=1).finish()

        self.assertTrue(run(Case).wasSuccessful())
        [(_, text)] = run(Case, "test_action").failures
        self.assertEqual(text.count("What was logged:"), 1)
        self.assertIn("it has succeeded", text)

    def test_encoder(self) -> None:
        """
        Messages are checked with the encoder that is given.
        """

        class Encoder(JSONEncoder):
            def default(self, o: object) -> object:
                """
                Encode an object.
                """
                return "object" if type(o) is object else super().default(o)

        class Case(TestCase):
            @capture_logging(None, encoder_=Encoder)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said", text=object())

        self.assertTrue(run(Case).wasSuccessful())

    def test_tee(self) -> None:
        """
        If it is asked for, messages go to the destinations as well.
        """

        class Case(TestCase):
            @capture_logging(self.assertion, tee_=True)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said")

        self.assertTrue(run(Case).wasSuccessful())
        self.assertEqual([each["message_type"] for each in self.sent], ["said"])
        self.assertEqual(len(self.called), 1)

    def test_nested(self) -> None:
        """
        Within one test another can be run.
        """

        class Inner(TestCase):
            @capture_logging(self.assertion)
            def test(self, logger: MemoryLogger) -> None:
                log_message("inner")

        class Outer(TestCase):
            @capture_logging(self.assertion)
            def test(self, logger: MemoryLogger) -> None:
                run(Inner)
                log_message("outer")

        self.assertTrue(run(Outer).wasSuccessful())
        self.assertEqual([each.types for each in self.called], [["inner"], ["outer"]])
        self.assert_restored()

    def test_looks_the_same(self) -> None:
        """
        What is run instead of the test has its name and its attributes; who asks for its
        parameters is told that there is no logger among them.
        """

        def test(self: object, argument: int, logger: MemoryLogger) -> None:
            """
            Do it.
            """

        test.todo = "later"  # type: ignore[attr-defined]  # for trial
        decorated = capture_logging(None)(test)
        self.assertEqual(decorated.__name__, "test")
        self.assertEqual(decorated.__doc__, test.__doc__)
        self.assertEqual(vars(decorated)["todo"], "later")
        self.assertEqual(list(inspect.signature(decorated).parameters), ["self", "argument"])
        self.assertFalse(inspect.iscoroutinefunction(decorated))

    def test_tells_nothing(self) -> None:
        """
        A callable whose parameters nobody knows can be decorated, too.
        """
        decorated: object = capture_logging(None)(dict)
        assert callable(decorated)
        self.assertRaises(ValueError, inspect.signature, decorated)

    def test_given_up(self) -> None:
        """
        A test on which trial gives up without a call of its cleanups does not keep the logger from
        the next test; and nothing happens should the cleanups be called at last.
        """

        class Case(TestCase):
            _timedOut = False  # noqa: N815 - as trial spells it

            @capture_logging(self.assertion)
            def hang(self, logger: MemoryLogger) -> Deferred[None]:
                log_message("said", text=object())
                return Deferred()

            @capture_logging(None)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said")

        hung = Case("hang")
        hung.hang()
        hung._timedOut = True
        self.assertIsNot(current_logger(), self.logger)
        self.assertTrue(run(Case).wasSuccessful())
        self.assert_restored()
        hung.doCleanups()
        self.assert_restored()
        self.assertEqual(self.called, [])


class ValidateLoggingTests(CaptureCase):
    """
    Tests that are given a logger, and capture nothing else.
    """

    def test_not_captured(self) -> None:
        """
        Only what is written to the logger is there; everything else goes its usual way.
        """

        class Case(TestCase):
            @validate_logging(self.assertion, 1)
            def test(self, logger: MemoryLogger) -> None:
                log_message("elsewhere")
                Message.new(message_type="here").write(logger)

        self.assertTrue(run(Case).wasSuccessful())
        [called] = self.called
        self.assertEqual((called.types, called.args), (["here"], (1,)))
        self.assertEqual([each["message_type"] for each in self.sent], ["elsewhere"])

    def test_checked(self) -> None:
        """
        What is there is checked, unless the test is skipped.
        """

        class Case(TestCase):
            @validate_logging(None)
            def test(self, logger: MemoryLogger) -> None:
                Message.new(message_type="here", text=object()).write(logger)

            @validate_logging(None)
            def test_skipped(self, logger: MemoryLogger) -> None:
                Message.new(message_type="here", text=object()).write(logger)
                raise SkipTest("why")

        self.assertEqual(len(run(Case).errors), 1)
        self.assertTrue(run(Case, "test_skipped").wasSuccessful())

    def test_older_spelling(self) -> None:
        """
        The older spelling is the same function.
        """
        self.assertIs(validateLogging, validate_logging)


class FunctionTests(CaptureCase):
    """
    Functions that belong to no test case end by themselves.
    """

    def decorated(self, function: Callable[..., _R]) -> Callable[..., _R]:
        """
        Decorate a function.
        """
        return capture_logging(self.assertion)(function)

    def assert_called(self, *types: str) -> None:
        """
        Fail unless the assertion was called once, with messages of these types and something to
        make assertions with.
        """
        [called] = self.called
        self.assertEqual(called.types, [*types])
        self.assertIsInstance(called.case, TestCase)
        self.assertTrue(called.restored)
        self.assert_restored()

    def test_plain(self) -> None:
        """
        A plain function ends when it returns.
        """

        def function(logger: MemoryLogger) -> int:
            log_message("said")
            return 17

        self.assertEqual(self.decorated(function)(), 17)
        self.assert_called("said")

    def test_checked(self) -> None:
        """
        What is wrong in any case is raised; if the assertion fails, its failure tells of it.
        """

        def function(logger: MemoryLogger) -> None:
            log_message("said", text=object())

        self.assertRaises(ValidationError, self.decorated(function))
        error = self.assertRaises(AssertionError, capture_logging(self.failing)(function))
        self.assertRegex(error.__notes__[-1], "^Besides, .*: Field 'text' cannot be encoded")
        self.assert_restored()

    def test_raises(self) -> None:
        """
        One that raises is not checked.
        """

        def function(logger: MemoryLogger) -> None:
            divide()
            raise KeyError("own")

        self.assertRaises(KeyError, self.decorated(function))
        self.assertEqual(self.called, [])
        self.assert_restored()

    def test_object(self) -> None:
        """
        A method of an object that is no test case has the object for the assertion.
        """
        assertion = self.assertion

        class Plain:
            @capture_logging(assertion)
            def test(self, logger: MemoryLogger) -> None:
                log_message("said")

        plain = Plain()
        plain.test()
        self.assertIs(self.called[0].case, plain)
        self.assert_restored()

    def test_deferred(self) -> None:
        """
        One that returns a Deferred ends when that fires, with whatever it fires.
        """
        deferred: Deferred[int] = Deferred()

        def function(logger: MemoryLogger) -> Deferred[int]:
            log_message("early")
            return deferred

        result = self.decorated(function)()
        self.assertIs(result, deferred)
        self.assertEqual(self.called, [])
        self.assertIsNot(current_logger(), self.logger)
        log_message("late")
        deferred.callback(17)
        self.assertEqual(self.successResultOf(deferred), 17)
        self.assert_called("early", "late")

    def test_deferred_fails(self) -> None:
        """
        If it fails or is cancelled, nothing is checked; if it fires and the assertion fails, it
        fails with that.
        """

        def function(logger: MemoryLogger) -> Deferred[None]:
            divide()
            return Deferred()

        ends: list[tuple[Callable[[Deferred[None]], object], type[Exception]]] = [
            (lambda deferred: deferred.errback(OSError("own")), OSError),
            (lambda deferred: deferred.cancel(), CancelledError),
            (lambda deferred: deferred.callback(None), UnflushedTracebacks),
        ]
        for end, expected in ends:
            deferred = self.decorated(function)()
            end(deferred)
            self.failureResultOf(deferred, expected)
            self.assert_restored()

    def test_coroutine(self) -> None:
        """
        A coroutine function ends when it has run to its end, and is still a coroutine function.
        """

        async def function(logger: MemoryLogger) -> int:
            log_message("early")
            await asyncio.sleep(0)
            log_message("late")
            return 17

        decorated = self.decorated(function)
        self.assertTrue(inspect.iscoroutinefunction(decorated))
        self.assertEqual(asyncio.run(decorated()), 17)
        self.assert_called("early", "late")

    def test_returned_coroutine(self) -> None:
        """
        So does a function that returns a coroutine.
        """

        async def coroutine() -> int:
            log_message("late")
            return 17

        def function(logger: MemoryLogger) -> Coroutine[object, object, int]:
            log_message("early")
            return coroutine()

        self.assertEqual(asyncio.run(self.decorated(function)()), 17)
        self.assert_called("early", "late")

    def test_coroutine_cancelled(self) -> None:
        """
        If it is cancelled, or raises, nothing is checked.
        """

        async def waiting(logger: MemoryLogger) -> None:
            divide()
            await asyncio.Event().wait()

        async def cancel() -> None:
            task = asyncio.ensure_future(self.decorated(waiting)())
            await asyncio.sleep(0)
            task.cancel()
            await task

        self.assertRaises(asyncio.CancelledError, asyncio.run, cancel())
        self.assertEqual(self.called, [])
        self.assert_restored()

    def test_inline_callbacks(self) -> None:
        """
        The decorator may stand on either side of inlineCallbacks.
        """
        waiting: list[Deferred[None]] = []

        def generate(logger: MemoryLogger) -> Generator[Deferred[None], None, int]:
            log_message("early")
            waiting.append(Deferred())
            yield waiting[-1]
            log_message("late")
            return 17

        for decorated in (
            self.decorated(inlineCallbacks(generate)),
            inlineCallbacks(self.decorated(generate)),
        ):
            deferred = decorated()
            self.assertEqual(self.called, [])
            waiting.pop().callback(None)
            self.assertEqual(self.successResultOf(deferred), 17)
            self.assert_called("early", "late")
            self.called.clear()

    def test_inline_callbacks_fail(self) -> None:
        """
        If the generator raises, nothing is checked.
        """

        def generate(logger: MemoryLogger) -> Generator[Deferred[None], None, None]:
            divide()
            yield succeed(None)
            raise KeyError("own")

        deferred = inlineCallbacks(self.decorated(generate))()
        self.failureResultOf(deferred, KeyError)
        self.assertEqual(self.called, [])
        self.assert_restored()


class AsynchronousAssertionTests(CaptureCase):
    """
    Assertions that take their time, where the test case waits for them.
    """

    def test_asyncio(self) -> None:
        """
        One that is a coroutine is awaited by a test case of asyncio, with all it raises.
        """

        async def assertion(case: TestCase, logger: MemoryLogger) -> None:
            await asyncio.sleep(0)
            case.fail("wrong in the end")

        class Case(IsolatedAsyncioTestCase):
            @capture_logging(assertion)
            async def test(self, logger: MemoryLogger) -> None:
                await asyncio.sleep(0)

            @capture_logging(assertion)
            async def test_fails(self, logger: MemoryLogger) -> None:
                raise SkipTest("why")

        self.assertIn("wrong in the end", run(Case).failures[0][1])
        self.assertTrue(run(Case, "test_fails").wasSuccessful())

    def test_nobody_waits(self) -> None:
        """
        Where nobody would await it, the test fails.
        """

        async def assertion(case: TestCase, logger: MemoryLogger) -> None:
            case.fail("never")

        class Case(TestCase):
            @capture_logging(assertion)
            def test(self, logger: MemoryLogger) -> None:
                pass

        self.assertIn("TypeError", run(Case).errors[0][1])
