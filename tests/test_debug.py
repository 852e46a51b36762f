"""
The debug mode.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator

from twisted.trial.unittest import SynchronousTestCase

from eliot import debug, log_message, start_action, start_task
from tests.helpers import record

Reports = list[tuple[str, dict[str, object]]]


class DebugTests(SynchronousTestCase):
    """
    What is reported while the mode is on.
    """

    def setUp(self) -> None:
        """
        Turn the mode on.
        """
        record(self)
        self.reports: Reports = []
        debug.enable(lambda misuse, fields: self.reports.append((misuse, fields)))
        self.addCleanup(debug.disable)

    def the_report(self, misuse: str) -> dict[str, object]:
        """
        Get the only report, which must be of the given kind.
        """
        [(reported, fields)] = self.reports
        self.assertEqual(reported, f"eliot:debug:{misuse}")
        return fields

    def test_nothing_wrong(self) -> None:
        """
        Nothing is reported of a program that does it right.
        """
        with start_action(action_type="outer", name="x") as outer:
            log_message("said", text="x")
            with start_action(action_type="inner"):
                pass
            outer.add_success_fields(done=True)
        self.assertEqual(self.reports, [])

    def test_late_message(self) -> None:
        """
        A message after the action's end is reported, with where both were.
        """
        action = start_action(action_type="over")
        action.finish()
        action.log("late")
        report = self.the_report("late_message")
        self.assertEqual(report["type"], "over")
        for place in ("where", "started_at"):
            self.assertIn(f"{__file__}:", str(report[place]))
            self.assertIn("test_late_message", str(report[place]))

    def test_forgotten(self) -> None:
        """
        An action that is forgotten before its end is reported, with where it was started.
        """
        start_action(action_type="forgotten")
        report = self.the_report("unfinished_action")
        self.assertEqual(report["type"], "forgotten")
        self.assertIn("test_forgotten", str(report["started_at"]))

    def test_leak(self) -> None:
        """
        A block that is left while another action is the current one is reported.
        """

        def generate() -> Generator[int, None, None]:
            with start_task(action_type="generator"):
                yield 1

        generator = generate()
        with start_action(action_type="block"):
            next(generator)
        report = self.the_report("context_leak")
        self.assertEqual(report["type"], "block")
        self.assertIn("'generator'", str(report["current_action"]))
        del self.reports[:]
        generator.close()
        self.assertEqual(self.the_report("context_leak")["type"], "generator")

    def test_clash(self) -> None:
        """
        Fields with names of the framework's own are reported, wherever they are given.
        """
        log_message("clash", task_uuid="mine", harmless=1)
        self.assertEqual(self.the_report("field_clash")["names"], ["task_uuid"])
        clashes: list[Callable[[], None]] = [
            lambda: start_action(action_type="x", timestamp=1).finish(),
            lambda: start_action(action_type="x").log("y", task_level=[7]),
        ]
        for clash in clashes:
            del self.reports[:]
            clash()
            self.assertIn("eliot:debug:field_clash", [misuse for misuse, _ in self.reports])

    def test_raising_report(self) -> None:
        """
        A function for reports that raises does no harm to the program.
        """

        def report(misuse: str, fields: dict[str, object]) -> None:
            raise ZeroDivisionError

        debug.enable(report)
        action = start_action(action_type="over")
        action.finish()
        action.log("late")

    def test_disabled(self) -> None:
        """
        Nothing is reported once the mode is off.
        """
        debug.disable()
        action = start_action(action_type="over")
        action.finish()
        action.log("late")
        self.assertEqual(self.reports, [])


class EnvironmentTests(SynchronousTestCase):
    """
    The mode as it is turned on from outside.
    """

    program = (
        "import sys, eliot\n"
        "eliot.to_file(sys.stdout)\n"
        "open_to_the_end = eliot.start_action(action_type='open')\n"
    )

    def output(self, value: str) -> str:
        """
        Run the program with a value of the environment variable.
        """
        return subprocess.run(
            [sys.executable, "-c", self.program],
            env={**os.environ, "ELIOT_DEBUG": value},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    def test_on(self) -> None:
        """
        An action that is still open when the program ends is logged, once.
        """
        self.assertEqual(self.output("1").count('"eliot:debug:unfinished_action"'), 1)

    def test_off(self) -> None:
        """
        Nothing is logged where the variable says no.
        """
        for value in ("", "0"):
            self.assertNotIn("eliot:debug", self.output(value))
