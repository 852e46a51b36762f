"""
Tests of :mod:`eliot.read._problems`.
"""

from __future__ import annotations

from contextlib import redirect_stderr
from io import StringIO

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Problem
from eliot.read._problems import Problems, excerpt


class ProblemTests(SynchronousTestCase):
    """
    A problem says where it is.
    """

    def test_text(self) -> None:
        """
        It is one printable line, with what is known.
        """
        self.assertEqual(str(Problem("a.log", 7, "not JSON", "x")), "a.log:7: not JSON: x")
        self.assertEqual(str(Problem("a\n.log", None, "is closed")), r"a\n.log: is closed")

    def test_excerpt(self) -> None:
        """
        Of a line, the beginning is shown, without what would act on a terminal.
        """
        self.assertEqual(excerpt(b"\x1b[1m\xff\r\n"), r"\x1b[1m\xff")
        self.assertEqual(excerpt(b"a" * 100), "a" * 60 + "...")


class ProblemsTests(SynchronousTestCase):
    """
    Problems are told on standard error.
    """

    def test_first_few(self) -> None:
        """
        Of each file the first few are told, and the others counted.
        """
        problems = Problems()
        self.assertEqual(problems.exit_status, 0)
        with redirect_stderr(StringIO()) as told:
            for number in range(1, 1_008):
                problems.tell(Problem("a", number, "bad"))
            problems.tell(Problem("b", None, "gone"))
            problems.tell_rest()
        self.assertEqual(
            told.getvalue().splitlines(),
            [*(f"a:{n}: bad" for n in range(1, 6)), "b: gone", "a: 1,002 more problems"],
        )
        self.assertEqual(problems.exit_status, 1)
