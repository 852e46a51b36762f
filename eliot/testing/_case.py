"""
Test cases that show what was logged, where a test fails.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, cast
from unittest import TestCase, TestResult

from eliot._guests import failure_from, is_a
from eliot._memory import MemoryLogger
from eliot.testing._recording import (
    Recording,
    add_note,
    add_to_failure,
    is_twisted_failure,
    log_as_note,
)

#: What a test result is told when something fails.
_FAILURES: Final = frozenset(["addError", "addFailure", "addSubTest"])


class ShowsLog(TestCase):
    """
    A test case that shows what was logged, as a tree, with each failure of a
    test: in its own code, in its preparation and in its cleanups, whether it is
    plain, returns a Deferred, or is a coroutine.  What is logged goes its usual
    way, too.

    It is a test case by itself, and goes in front of any other base class::

        class MyTests(ShowsLog, twisted.trial.unittest.TestCase):
            ...
    """

    #: What the test has logged so far.
    eliot_logger: MemoryLogger

    def run(self, result: TestResult | None = None) -> TestResult | None:
        """
        Run the test.

        :param result: is told of the failures, each with what was logged.
        :returns: the result.
        """
        if result is None:
            result = self.defaultTestResult()
        recording = Recording()
        self.eliot_logger = recording.memory
        try:
            super().run(cast("TestResult", _ShowingResult(result, recording.memory)))
        finally:
            recording.stop()
        return result


class _ShowingResult:
    """
    A test result that adds what was logged to each failure that it is told of.

    :param result: the result, which does everything else.
    :param logger: what was logged.
    """

    def __init__(self, result: TestResult, logger: MemoryLogger) -> None:
        self._result = result
        self._logger = logger
        self._shown = 0
        self._is_of_trial = any(
            is_a(result, "twisted.trial.reporter", name)
            for name in ("TestResult", "TestResultDecorator")
        )

    def __getattr__(self, name: str) -> object:
        attribute = getattr(self._result, name)
        return partial(self._tell, attribute) if name in _FAILURES else attribute

    def _tell(self, method: Callable[..., object], *args: object) -> object:
        return method(*map(self._shown_with, args))

    def _shown_with(self, told: object) -> object:
        """
        Add what was logged to what the result is told, if that is a failure.
        """
        # What sys.exc_info() gives, which unittest tells; or what trial does.
        error = told[1] if isinstance(told, tuple) and len(told) == 3 else told
        if isinstance(error, BaseException) and not is_twisted_failure(error) and self._is_of_trial:
            # It makes a Failure itself otherwise.
            told = error = failure_from(error)
        exception = error.value if is_twisted_failure(error) else error
        count = len(self._logger.messages)
        if count == self._shown or not isinstance(exception, BaseException):
            # There is nothing, or nothing that was not shown with an earlier failure.
            return told
        self._shown = count
        note = log_as_note(self._logger)
        add_note(exception, note)
        if is_twisted_failure(error):
            add_to_failure(error, note)
        return told
