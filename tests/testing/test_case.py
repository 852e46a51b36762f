"""
Test cases that show what was logged, where a test fails.
"""

from __future__ import annotations

from unittest import SkipTest, TestCase
from unittest import TestResult as Result

from twisted.trial.unittest import SynchronousTestCase

from eliot import log_message, start_action
from eliot._memory import MemoryLogger
from eliot.testing import ShowsLog, assertHasMessage, capture_logging, current_logger
from tests.helpers import record
from tests.testing.running import run_suite, shown_with

SUITE = """
import asyncio
import os
import unittest

from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.trial import unittest as trial

from eliot import log_message, start_action
from eliot.testing import ShowsLog, capture_logging


class Plain(ShowsLog):
    def test_plain_passes(self):
        log_message("unseen")

    def test_plain_fails(self):
        with start_action(action_type="plain action"):
            self.fail("plain failure")

    def test_plain_error(self):
        log_message("before the error")
        {}["plain key"]


class Asyncio(ShowsLog, unittest.IsolatedAsyncioTestCase):
    async def test_asyncio_fails(self):
        log_message("before the sleep")
        await asyncio.sleep(0)
        log_message("after the sleep")
        self.fail("asyncio failure")


class Synchronous(ShowsLog, trial.SynchronousTestCase):
    def test_synchronous_error(self):
        log_message("synchronous message")
        {}["synchronous key"]


class Twisted(ShowsLog, trial.TestCase):
    timeout = 5

    def later(self, function):
        from twisted.internet import reactor
        from twisted.internet.task import deferLater

        return deferLater(reactor, 0.01, function)

    def test_deferred_error(self):
        log_message("before the error")
        return self.later(lambda: log_message("later")).addCallback({}.__getitem__)

    @inlineCallbacks
    def test_inline_error(self):
        log_message("before the error")
        yield self.later(lambda: log_message("later"))
        raise OSError(2, "inline error")

    async def test_coroutine_fails(self):
        log_message("before the failure")
        await self.later(lambda: log_message("later"))
        self.fail("coroutine failure")

    def test_cleanup_error(self):
        log_message("in the test")
        self.addCleanup(self.later, lambda: {}["cleanup key"])
        self.addCleanup(log_message, "in a cleanup")

    @capture_logging(None)
    def test_captured_error(self, logger):
        log_message("seen by the logger")
        return self.later(lambda: {}["captured key"])

    def test_late_passes(self):
        return self.later(lambda: log_message("unseen"))

    def test_skipped(self):
        log_message("unseen")
        raise trial.SkipTest("why")
"""

#: The tests of the suite that need trial to run, or rather its reactor.
EXPECTED = {
    "test_plain_passes": "passed",
    "test_plain_fails": "failed",
    "test_plain_error": "failed",
    "test_asyncio_fails": "failed",
    "test_synchronous_error": "failed",
    "test_deferred_error": "failed",
    "test_inline_error": "failed",
    "test_coroutine_fails": "failed",
    "test_cleanup_error": "failed",
    "test_captured_error": "failed",
    "test_late_passes": "passed",
    "test_skipped": "skipped",
}

#: What must be shown below the errors that are told of.
SHOWN = {
    "plain failure": ["plain action"],
    "KeyError: 'plain key'": ["before the error"],
    "asyncio failure": ["before the sleep", "after the sleep"],
    "KeyError: 'synchronous key'": ["synchronous message"],
    "KeyError: None": ["before the error", "later"],
    "inline error": ["before the error", "later"],
    "coroutine failure": ["before the failure", "later"],
    "KeyError: 'cleanup key'": ["in the test", "in a cleanup"],
    "KeyError: 'captured key'": ["seen by the logger"],
}


class RunnersTests(SynchronousTestCase):
    """
    What was logged is shown by every runner, for every kind of test.
    """

    def check(self, runner: str) -> None:
        """
        Run the suite.

        :param runner: how.
        """
        outcome = run_suite(self, runner, SUITE)
        self.assertEqual(outcome.tests, EXPECTED, outcome.output)
        for error, messages in SHOWN.items():
            # Source that is shown may look alike, but nothing follows it on its line.
            shown = shown_with(outcome, f"{error}\n")
            for message in ("What was logged:", *messages):
                self.assertEqual(shown.count(message), 1, f"{message!r} in {outcome.output}")
        self.assertNotIn("─ unseen", outcome.output)

    def test_unittest(self) -> None:
        """
        Python's own runner shows it.
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
        Pytest does, which needs no plug-in for it.
        """
        self.check("pytest")


class ShowsLogTests(SynchronousTestCase):
    """
    A test case that shows what was logged.
    """

    def setUp(self) -> None:
        """
        Record what goes to the destinations.
        """
        self.sent = record(self)
        self.logger = current_logger()

    def run_case(self, case: type[TestCase]) -> Result:
        """
        Run a test case's only test.
        """
        result = Result()
        self.assertIs(case("test").run(result), result)
        self.assertIs(current_logger(), self.logger)
        return result

    def test_usual_way(self) -> None:
        """
        Messages go their usual way, too, and the test finds them.
        """

        class Case(ShowsLog):
            def test(self) -> None:
                log_message("said")
                assertHasMessage(self, self.eliot_logger, "said")

        self.assertTrue(self.run_case(Case).wasSuccessful())
        self.assertEqual([each["message_type"] for each in self.sent], ["said"])

    def test_everything(self) -> None:
        """
        What is logged from the preparation on is shown, and that of the test's own capture; but
        nothing twice.
        """

        class Case(ShowsLog):
            def setUp(self) -> None:
                log_message("prepared")

            @capture_logging(None)
            def test(self, logger: MemoryLogger) -> None:
                log_message("tested")
                assertHasMessage(self, logger, "absent")

            def tearDown(self) -> None:
                raise OSError("torn")

        result = self.run_case(Case)
        [(_, text)] = result.failures
        self.assertRegex(text, r"(?s)\W prepared  .*\W tested  ")
        [(_, text)] = result.errors
        self.assertNotIn("What was logged", text)

    def test_subtests(self) -> None:
        """
        What a subtest has logged is shown with its failure.
        """

        class Case(ShowsLog):
            def test(self) -> None:
                for number in range(3):
                    with self.subTest(number=number):
                        log_message(f"said{number}")
                        self.assertEqual(number, 1)

        (_, first), (_, last) = self.run_case(Case).failures
        self.assertRegex(first, r"\W said0  ")
        self.assertRegex(last, r"\W said2  ")

    def test_nothing(self) -> None:
        """
        If nothing was logged, nothing is shown.
        """

        class Case(ShowsLog):
            def test(self) -> None:
                self.fail("own")

        [(_, text)] = self.run_case(Case).failures
        self.assertNotIn("What was logged", text)

    def test_same_exception(self) -> None:
        """
        Of an exception that is raised again and again, each test shows its own log alone.
        """
        error = ValueError("always the same")

        class Case(ShowsLog):
            def test(self) -> None:
                log_message("said")
                raise error

        for _ in range(2):
            [(_, text)] = self.run_case(Case).errors
            self.assertEqual(text.count("What was logged"), 1)

    def test_hostile_exception(self) -> None:
        """
        An exception that cannot be shown is told of all the same.
        """

        class Hostile(Exception):
            def __str__(self) -> str:
                raise ZeroDivisionError

            def add_note(self, note: str) -> None:
                raise ZeroDivisionError

        class Case(ShowsLog):
            def test(self) -> None:
                log_message("said")
                raise Hostile

        self.assertEqual(len(self.run_case(Case).errors), 1)

    def test_skipped(self) -> None:
        """
        A test that is skipped is.
        """

        class Case(ShowsLog):
            def test(self) -> None:
                raise SkipTest("why")

        self.assertEqual([reason for _, reason in self.run_case(Case).skipped], ["why"])

    def test_own_result(self) -> None:
        """
        Without a result, one is made.
        """

        class Case(ShowsLog):
            def test(self) -> None:
                with start_action(action_type="act"):
                    self.fail("own")

        result = Case("test").run()
        assert result is not None
        self.assertRegex(result.failures[0][1], r"\W act  ")
