"""
Decorated tests under the runners that people have.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.testing.running import run_suite, shown_with

SUITE = """
import asyncio
import unittest

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.trial import unittest as trial

from eliot import log_message, write_traceback
from eliot.testing import UnflushedTracebacks, capture_logging, current_logger

USUAL = current_logger()


def assertEarlyLate(case, logger):
    case.assertIs(current_logger(), USUAL)
    case.assertEqual([each["message_type"] for each in logger.messages], ["early", "late"])


def assertNever(case, logger):
    case.fail("must not be called")


def divide():
    try:
        1 / 0
    except ZeroDivisionError:
        write_traceback()


class Common:
    def setUp(self):
        self.assertIs(current_logger(), USUAL)


class Plain(Common, unittest.TestCase):
    @capture_logging(assertEarlyLate)
    def test_plain_passes(self, logger):
        log_message("early")
        log_message("late")

    @capture_logging(assertNever)
    def test_plain_fails(self, logger):
        divide()
        self.fail("plain failure")

    @capture_logging(assertNever)
    def test_plain_skips(self, logger):
        divide()
        raise unittest.SkipTest("why")

    @capture_logging(None)
    def test_plain_invalid(self, logger):
        log_message("invalid", plain=object())


class Asyncio(Common, unittest.IsolatedAsyncioTestCase):
    @capture_logging(assertEarlyLate)
    async def test_asyncio_passes(self, logger):
        log_message("early")
        await asyncio.sleep(0)
        log_message("late")

    @capture_logging(assertNever)
    async def test_asyncio_error(self, logger):
        divide()
        await asyncio.sleep(0)
        {}["asyncio key"]

    @capture_logging(None)
    async def test_asyncio_invalid(self, logger):
        await asyncio.sleep(0)
        log_message("invalid", asyncio=object())


class Synchronous(Common, trial.SynchronousTestCase):
    @capture_logging(assertEarlyLate)
    def test_synchronous_passes(self, logger):
        log_message("early")
        log_message("late")

    @capture_logging(assertNever)
    def test_synchronous_fails(self, logger):
        divide()
        self.fail("synchronous failure")

    @capture_logging(assertNever)
    def test_synchronous_skips(self, logger):
        divide()
        raise trial.SkipTest("why")


class Twisted(Common, trial.TestCase):
    timeout = 5

    def later(self, function):
        from twisted.internet import reactor
        from twisted.internet.task import deferLater

        return deferLater(reactor, 0.01, function)

    @capture_logging(assertEarlyLate)
    def test_deferred_passes(self, logger):
        log_message("early")
        return self.later(lambda: log_message("late"))

    @capture_logging(assertNever)
    def test_deferred_error(self, logger):
        divide()
        return self.later(lambda: {}["deferred key"])

    @capture_logging(assertNever)
    def test_deferred_skips(self, logger):
        divide()

        def skip():
            raise trial.SkipTest("why")

        return self.later(skip)

    @capture_logging(assertNever)
    def test_deferred_cancelled(self, logger):
        divide()
        deferred = Deferred()
        self.later(deferred.cancel)
        return deferred

    @capture_logging(None)
    def test_deferred_invalid(self, logger):
        return self.later(lambda: log_message("invalid", deferred=object()))

    @capture_logging(None)
    def test_deferred_traceback(self, logger):
        return self.later(divide)

    @capture_logging(lambda case, logger: case.later(lambda: case.fail("waited for")))
    def test_deferred_assertion(self, logger):
        return self.later(lambda: None)

    @capture_logging(assertEarlyLate)
    @inlineCallbacks
    def test_inline_passes(self, logger):
        log_message("early")
        yield self.later(lambda: None)
        log_message("late")

    @inlineCallbacks
    @capture_logging(assertEarlyLate)
    def test_inline_around_passes(self, logger):
        log_message("early")
        yield self.later(lambda: None)
        log_message("late")

    @capture_logging(assertNever)
    @inlineCallbacks
    def test_inline_fails(self, logger):
        divide()
        yield self.later(lambda: None)
        self.fail("inline failure")

    @capture_logging(assertEarlyLate)
    async def test_coroutine_passes(self, logger):
        log_message("early")
        await self.later(lambda: None)
        log_message("late")

    @capture_logging(assertNever)
    async def test_coroutine_fails(self, logger):
        divide()
        await self.later(lambda: None)
        self.fail("coroutine failure")


class TimedOut(trial.TestCase):
    timeout = 0.05

    @capture_logging(assertNever)
    def test_a_timed_out(self, logger):
        divide()
        return Deferred()
"""

HANGING = """
import gc

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import TestCase

from eliot.testing import capture_logging, current_logger

USUAL = current_logger()

# What hangs shall not be found by chance.
gc.disable()


class Hanging(TestCase):
    timeout = 0.05

    @capture_logging(None)
    def test_a_hangs(self, logger):
        return succeed(None).addCallback(lambda _: Deferred())

    @capture_logging(None)
    def test_b_passes(self, logger):
        self.assertIs(current_logger(), logger)

    def test_c_passes(self):
        self.assertIs(current_logger(), USUAL)
"""

#: Those of them that have come to another end than their name says.
FAILED = {"fails", "error", "invalid", "traceback", "cancelled", "assertion", "out"}


class RunnersTests(SynchronousTestCase):
    """
    Every runner runs decorated tests of every kind.
    """

    def check(self, runner: str) -> None:
        """
        Run the suite.

        :param runner: how.
        """
        outcome = run_suite(self, runner, SUITE)
        self.assertEqual(len(outcome.tests), SUITE.count(" def test_"), outcome.output)
        for name, how in outcome.tests.items():
            word = name.rpartition("_")[2]
            expected = "failed" if word in FAILED else {"skips": "skipped"}.get(word, word)
            if expected == "passes":
                expected = "passed"
            self.assertEqual(how, expected, f"{name}: {outcome.output}")
        self.assertNotIn("must not be called\n", outcome.output)
        # What was logged by a test that has failed itself is shown, but nothing else is wrong with
        # it.
        self.assertNotIn("UnflushedTracebacks", shown_with(outcome, "plain failure\n"))
        self.assertIn("What was logged:", shown_with(outcome, "plain failure\n"))
        self.assertIn("What was logged:", shown_with(outcome, "coroutine failure\n"))
        self.assertIn("1 logged", shown_with(outcome, "UnflushedTracebacks: "))
        for kind in ("plain", "asyncio", "deferred"):
            shown = shown_with(outcome, f"Field '{kind}' cannot be encoded")
            self.assertRegex(shown, rf"\n.*Logged at .*suite\.py:\d+ in .*test_{kind}_invalid")

    def test_unittest(self) -> None:
        """
        Python's own runner does.
        """
        self.check("unittest")

    def test_trial(self) -> None:
        """
        Trial does, on its usual reactor.
        """
        self.check("trial")

    def test_trial_asyncio(self) -> None:
        """
        So it does on that of asyncio.
        """
        self.check("trial-asyncio")

    def test_pytest(self) -> None:
        """
        Pytest does.
        """
        self.check("pytest")

    def test_hanging(self) -> None:
        """
        A test that trial cannot even cancel leaves its logger to no other.
        """
        outcome = run_suite(self, "trial", HANGING)
        self.assertEqual(
            outcome.tests,
            {"test_a_hangs": "failed", "test_b_passes": "passed", "test_c_passes": "passed"},
            outcome.output,
        )
