"""
The plug-in for pytest, in real runs of it.
"""

from __future__ import annotations

from importlib.util import find_spec
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import run_child
from tests.testing.running import Outcome, run_suite, shown_with

SHOWING = """
import unittest

import pytest

from eliot import log_message, start_action


@pytest.fixture
def prepared():
    log_message("in the fixture")
    yield
    log_message("after the test")


def test_passes(prepared):
    log_message("unseen")


def test_fails(prepared):
    with start_action(action_type="act"):
        assert 1 == 2


@pytest.mark.eliot_show_log
def test_marked_fails():
    log_message("marked")
    pytest.fail("marked failure")


class InClass(unittest.TestCase):
    def test_method_fails(self):
        log_message("in a method")
        self.fail("method failure")


@pytest.fixture
def broken():
    log_message("in the broken fixture")
    raise OSError("broken fixture")


def test_broken_fails(broken):
    pass


def test_silent_fails():
    assert "silent" == "loud"
"""

FIXTURE = """
import sys
import unittest

import pytest

from eliot import add_destinations, log_message, write_traceback
from eliot.testing import assertHasMessage, capture_logging, current_logger

# Where failures show what was logged, each test has a logger of its own for that.
SHOWING = "--eliot-show-log" in sys.argv
USUAL = current_logger()
SENT = []
add_destinations(SENT.append)


def divide():
    try:
        1 / 0
    except ZeroDivisionError:
        write_traceback()


def test_a_passes(eliot_logger):
    log_message("said")
    assertHasMessage(None, eliot_logger, "said")


def test_b_passes():
    assert SHOWING or current_logger() is USUAL
    assert [each["message_type"] for each in SENT] == ["said"]


def test_own_fails(eliot_logger):
    divide()
    assert "own failure" == ""


def test_traceback_fails(eliot_logger):
    divide()


def test_flushed_passes(eliot_logger):
    divide()
    eliot_logger.flush_tracebacks(ZeroDivisionError)


def test_invalid_fails(eliot_logger):
    log_message("said", field=object())


def test_skips(eliot_logger):
    divide()
    pytest.skip("why")


@pytest.mark.xfail(strict=True)
def test_failure_expected(eliot_logger):
    divide()


@pytest.mark.usefixtures("eliot_logger")
class InClass(unittest.TestCase):
    def test_method_fails(self):
        divide()


@capture_logging(assertHasMessage, "said")
def test_function_passes(tmp_path, logger):
    log_message("said", path=tmp_path)
    assert logger.messages


@capture_logging(assertHasMessage, "said")
def test_function_fails(logger):
    log_message("other")


class TestPlain:
    @capture_logging(None)
    def test_plain_passes(self, logger):
        log_message("said")

    @capture_logging(None)
    @pytest.mark.parametrize("number", [1])
    def test_parametrized_passes(self, number, logger):
        log_message("said", number=number)

    @capture_logging(None)
    def test_captured_skips(self, logger):
        divide()
        pytest.skip("why")

    @capture_logging(None)
    def test_captured_fails(self, logger):
        log_message("before the failure")
        pytest.fail("by pytest")


def test_z_passes():
    assert SHOWING or current_logger() is USUAL
"""


class PluginCase(SynchronousTestCase):
    """
    A test that runs pytest.
    """

    def setUp(self) -> None:
        """
        Skip the test where there is none.
        """
        if find_spec("pytest") is None:
            raise SkipTest("pytest is not installed")

    def run_suite(self, source: str, *options: str) -> Outcome:
        """
        Run a suite, of which all tests have the outcome that their names tell.
        """
        outcome = run_suite(self, "pytest", source, *options)
        self.assertEqual(len(outcome.tests), source.count("def test_"), outcome.output)
        wording = {"passes": "passed", "fails": "failed", "skips": "skipped"}
        for name, how in outcome.tests.items():
            word = name.rpartition("_")[2]
            self.assertEqual(how, wording.get(word, word), f"{name}: {outcome.output}")
        return outcome


class ShowingTests(PluginCase):
    """
    What failed tests have logged is in their reports, if that is asked for.
    """

    def check(self, outcome: Outcome) -> None:
        """
        Fail unless everything is shown that should be.
        """
        shown = shown_with(outcome, "assert 1 == 2\n")
        self.assertRegex(shown, r"(?s)--- Eliot log call ---.*─ in the fixture.*─ act ")
        self.assertNotIn("after the test", shown)
        self.assertIn("─ in a method", shown_with(outcome, "method failure\n"))
        self.assertRegex(
            shown_with(outcome, "OSError: broken fixture\n"),
            r"(?s)--- Eliot log setup ---.*─ in the broken fixture",
        )
        self.assertNotIn("Eliot log", shown_with(outcome, "assert 'silent' == 'loud'\n"))
        self.assertNotIn("─ unseen", outcome.output)

    def test_option(self) -> None:
        """
        The option asks for it.
        """
        outcome = self.run_suite(SHOWING, "--eliot-show-log")
        self.assertIn("─ in a method", shown_with(outcome, "method failure\n"))
        self.assertIn("─ marked", shown_with(outcome, "marked failure\n"))
        self.check(outcome)

    def test_setting(self) -> None:
        """
        So does the setting.
        """
        self.check(self.run_suite(SHOWING, "-o", "eliot_show_log=true"))

    def test_marker(self) -> None:
        """
        The marker asks for one test, and is known to pytest; of the others nothing is shown.
        """
        outcome = self.run_suite(SHOWING, "--strict-markers")
        self.assertIn("─ marked", shown_with(outcome, "marked failure\n"))
        self.assertEqual(outcome.output.count("--- Eliot log"), 1)


class FixtureTests(PluginCase):
    """
    The fixture, and decorated functions.
    """

    def check(self, *options: str) -> None:
        """
        Run the suite.

        :param options: further options of pytest.
        """
        outcome = self.run_suite(FIXTURE, *options)
        own = shown_with(outcome, "own failure")
        self.assertNotIn("UnflushedTracebacks", own)
        self.assertRegex(own, r"(?s)--- Eliot log call ---.*─ eliot:traceback")
        self.assertIn("Logged at", shown_with(outcome, "Field 'field' cannot be encoded"))
        self.assertIn("UnflushedTracebacks", outcome.output)
        self.assertIn("─ before the failure", shown_with(outcome, "by pytest\n"))

    def test_fixture(self) -> None:
        """
        The fixture captures what a test logs, which goes its usual way as well; what is wrong in
        any case makes the test fail, unless it has failed by itself.
        """
        self.check()

    def test_with_showing(self) -> None:
        """
        It does the same where failures show what was logged.
        """
        self.check("--eliot-show-log")


class CostTests(PluginCase):
    """
    Tests that do not use the plug-in do not pay for it.
    """

    def test_imports(self) -> None:
        """
        The plug-in does not load Twisted.
        """
        child = run_child(
            "import sys, eliot.testing._pytest; print([m for m in sys.modules if 'twisted' in m])"
        )
        self.assertEqual(child.stdout, "[]\n", child.stderr)

    def test_unused(self) -> None:
        """
        Without its option, fixture and marker nothing is captured.
        """
        self.run_suite(
            """
            from eliot._destinations import all_destinations
            from eliot.testing import current_logger

            def test_passes():
                assert current_logger() is all_destinations
            """
        )


class ImportTests(SynchronousTestCase):
    """
    What importing eliot.testing costs.
    """

    def test_imports(self) -> None:
        """
        It loads neither Twisted nor pytest.
        """
        child = run_child(
            "import sys, eliot.testing\n"
            "print([m for m in sys.modules if m.startswith(('twisted', 'pytest', '_pytest'))])"
        )
        self.assertEqual(child.stdout, "[]\n", child.stderr)
