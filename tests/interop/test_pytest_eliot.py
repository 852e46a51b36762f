"""
``pytest-eliot``, which gives tests fixtures that capture logs.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import scratch

SUITE = """
import pytest
from eliot import log_message, write_traceback


def test_captured(eliot_capture_logging):
    with eliot_capture_logging() as logger:
        log_message("ferry:sold", seats=2)
        assert logger.messages[0]["seats"] == 2


def test_found(eliot_capture_logging, eliot_has_message):
    with eliot_capture_logging() as logger:
        log_message("ferry:sold", seats=2)
        assert eliot_has_message(logger, message_type="ferry:sold", fields={"seats": 2})


def test_traceback(eliot_capture_logging):
    with eliot_capture_logging() as logger:
        try:
            raise OSError("no such pier")
        except OSError:
            write_traceback()
        assert len(logger.flush_tracebacks(OSError)) == 1


def test_unexpected_traceback(eliot_capture_logging):
    with eliot_capture_logging():
        try:
            raise OSError("no such pier")
        except OSError:
            write_traceback()


def test_not_json(eliot_capture_logging):
    with eliot_capture_logging():
        log_message("ferry:sold", seats=object())
"""


@skipUnless(find_spec("pytest_eliot"), "pytest-eliot is not installed")
class PytestEliotTests(SynchronousTestCase):
    """
    Its fixtures, on our package.
    """

    def test_fixtures(self) -> None:
        """
        They capture what is logged, find messages, and fail for tracebacks that nobody expected and
        for what is not JSON; our own plug-in does not stand in their way.
        """
        folder = scratch(self)
        (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "test_suite.py"],
            capture_output=True,
            check=False,
            cwd=folder,
            encoding="utf-8",
        )
        outcomes = {
            words[1].rpartition("::")[2]: words[0]
            for words in map(str.split, run.stdout.splitlines())
            if len(words) > 1 and words[0] in {"PASSED", "FAILED", "ERROR"}
        }
        self.assertEqual(
            outcomes,
            {
                "test_captured": "PASSED",
                "test_found": "PASSED",
                "test_traceback": "PASSED",
                "test_unexpected_traceback": "FAILED",
                "test_not_json": "FAILED",
            },
            run.stdout,
        )
