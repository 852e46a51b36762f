"""
Tests of :mod:`eliot.read._where`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Selection
from tests.read.selecting import ended, fits, message, started, task


class WhereTests(SynchronousTestCase):
    """
    Conditions in JMESPath.
    """

    def test_true(self) -> None:
        """
        An expression is true or false of the fields of a message, in the sense of JMESPath.
        """
        log = message(items=[{"price": 5}, {"price": 50}], zero=0, empty=[], text="", no=False)
        for expression, expected in [
            ("items[?price > `10`]", True),
            ("items[?price > `100`]", False),
            ("zero", True),
            ("empty", False),
            ("text", False),
            ("no", False),
            ("nothing", False),
            ("task_level[0] == `1`", True),
            ("!no", True),
        ]:
            self.assertEqual(fits(Selection(where=[expression]), log), expected, expression)

    def test_action(self) -> None:
        """
        Of an action, it is asked of the start and of the end.
        """
        log = task(started(a=1), ended(b=2))
        self.assertTrue(fits(Selection(where=["a", "b"]), *log))
        self.assertFalse(fits(Selection(where=["a && b"]), *log))

    def test_errors(self) -> None:
        """
        What goes wrong with the fields of a message means that it does not fit.
        """
        self.assertFalse(fits(Selection(where=["contains(nothing, 'x')"]), message()))
        self.assertFalse(fits(Selection(where=["abs(text)"]), message(text="x")))

    def test_refused(self) -> None:
        """
        What is no expression is refused, on one line.
        """
        for expression in ["a ==", "", "nope(a)[", "[" * 10_000, "a b"]:
            error = self.assertRaises(ValueError, Selection, where=[expression])
            self.assertIn("is no JMESPath expression: ", str(error))
            self.assertNotIn("\n", str(error))

    def test_unknown_function(self) -> None:
        """
        A function that there is not is refused; where it would not be called at once, it is true
        of nothing.
        """
        error = self.assertRaises(ValueError, Selection, where=["nope(a)"])
        self.assertIn("Unknown function: nope()", str(error))
        self.assertFalse(fits(Selection(where=["a && nope(a)"]), message(a=1)))
