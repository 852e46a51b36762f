"""
Test suites that look at logs, run as suites are: by trial, and by pytest.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from unittest import SkipTest

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.pages import Terminal

#: What is shown of the ferry that sinks, line by line.
_TREE = r"""
.* UTC
╰─ ferry:cross  \[FAILED\] .*
   │  builtins.RuntimeError: she sinks
   │  ferry: Gull
   ├─ ferry:leak .*
   │     litres: 400
   ╰─ FAILED .*
         exception: builtins.RuntimeError
         reason: she sinks
"""


class SuitesTests(SynchronousTestCase):
    """
    Suites that succeed.
    """

    def passed(self, suite: str) -> dict[str, str]:
        """
        Run a suite with trial.

        :returns: what became of each test, by its name.
        """
        output = Terminal(self).type(f"trial examples.ferry.{suite}")
        return dict(re.findall(r"(test_\w+) \.\.\. +\[(\w+)\]", output))

    def test_tickets(self) -> None:
        """
        Assertions about messages, actions and tracebacks hold.
        """
        names = ["board", "full", "nameless", "no_list", "sell", "two"]
        self.assertEqual(self.passed("test_tickets"), {f"test_{name}": "OK" for name in names})

    def test_berths(self) -> None:
        """
        Assertions about what was logged within an action hold.
        """
        names = ["by_hand", "in_short", "none"]
        self.assertEqual(self.passed("test_berths"), {f"test_{name}": "OK" for name in names})

    def test_lighthouse(self) -> None:
        """
        Assertions about what was written to one logger hold.
        """
        self.assertEqual(self.passed("test_lighthouse"), {"test_clean": "OK", "test_watch": "OK"})

    def test_pytest(self) -> None:
        """
        All of them do so under pytest.
        """
        if find_spec("pytest") is None:
            raise SkipTest("pytest is not installed.")
        names = ("tickets", "berths", "lighthouse")
        files = " ".join(f"examples/ferry/test_{name}.py" for name in names)
        self.assertIn("11 passed", Terminal(self).type(f"pytest {files}"))


class SinkingTests(SynchronousTestCase):
    """
    Suites that fail, and show why.
    """

    def test_trial(self) -> None:
        """
        A test case that shows its log has it below the exception.
        """
        output = Terminal(self).type("trial examples.ferry.sinking  # fails")
        self.assertRegex(output, f"builtins.RuntimeError: she sinks\nWhat was logged:{_TREE}")
        self.assertIn("FAILED (errors=1)", output)

    def test_pytest(self) -> None:
        """
        The plug-in for pytest has it in a section of its own, and its fixture has what was logged.
        """
        if find_spec("pytest") is None:
            raise SkipTest("pytest is not installed.")
        output = Terminal(self).type(
            "pytest --eliot-show-log examples/ferry/sinking_under_pytest.py  # fails"
        )
        self.assertRegex(output, f"Eliot log call -+{_TREE}")
        self.assertIn("1 failed, 1 passed", output)

    def test_not_asked(self) -> None:
        """
        Without the option, nothing is shown.
        """
        if find_spec("pytest") is None:
            raise SkipTest("pytest is not installed.")
        output = Terminal(self).type("pytest examples/ferry/sinking_under_pytest.py  # fails")
        self.assertNotIn("ferry:leak ", output)
