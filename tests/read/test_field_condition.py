"""
Tests of :mod:`eliot.read._field_condition`.
"""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Selection
from tests.read.selecting import fits, message, values


class FieldTests(SynchronousTestCase):
    """
    Conditions on fields.
    """

    def check(self, condition: str, value: JSON, expected: bool) -> None:
        """
        Ask of a message with the value in the field ``a``.
        """
        result = fits(Selection(fields=[condition]), message(a=value))
        self.assertEqual(result, expected, (condition, value))

    def test_there(self) -> None:
        """
        A name alone asks whether the field is there.
        """
        self.check("a", None, True)
        self.check("b", 1, False)

    def test_equal(self) -> None:
        """
        A value that is JSON is compared as such, and as the same text, too.
        """
        same: list[JSON] = [200, 200.0, "200"]
        for value in same:
            self.check("a=200", value, True)
            self.check("a==200", value, True)
            self.check("a != 200", value, False)
        others: list[JSON] = [201, "200.0", True, None, [200], {}]
        for value in others:
            self.check("a=200", value, False)
            self.check("a!=200", value, True)
        self.check("a=true", True, True)
        self.check("a=true", "true", True)
        self.check("a=true", 1, False)
        self.check("a=1", True, False)
        self.check("a=null", None, True)
        self.check("a=null", False, False)
        self.check('a=["x", 1]', ["x", 1], True)
        self.check('a={"x": 1}', {"x": 1}, True)
        self.check('a={"x": 1}', {"x": 2}, False)
        self.check("a=NaN", float("nan"), True)
        self.check(f"a={2**80}", 2**80, True)

    def test_text(self) -> None:
        """
        A value that is no JSON is a text; quotation marks make a text of any.
        """
        self.check("a=Ada", "Ada", True)
        self.check("a=Ada", "ada", False)
        self.check("a=two words", "two words", True)
        self.check('a="200"', "200", True)
        self.check('a="200"', 200, False)
        self.check("a=", "", True)
        self.check("a=x=y", "x=y", True)

    def test_different(self) -> None:
        """
        A field that is not there is not different.
        """
        self.check("b!=1", 1, False)

    def test_order(self) -> None:
        """
        Numbers are compared with numbers, texts with texts.
        """
        for condition, expected in [("<", [1]), ("<=", [1, 2]), (">", [3]), (">=", [2, 3])]:
            for value in [1, 2, 3]:
                self.check(f"a{condition}2", value, value in expected)
                self.check(f"a {condition} b", " abc"[value], value in expected)
        others: list[JSON] = ["3", True, None, [3], {"x": 3}, float("nan")]
        for other in others:
            self.check("a>2", other, False)
        self.check("a>b", 3, False)
        self.check("a>=2026-11-24", "2026-11-25", True)
        self.check('a>"2"', "3", True)

    def test_pattern(self) -> None:
        """
        A pattern is looked for in the text of a value, or of what is in it.
        """
        self.check("a~^/admin", "/admin/1", True)
        self.check("a~^admin", "/admin/1", False)
        self.check("a~^admin", "/x\nadmin", True)
        self.check("a~^12", 12.5, True)
        self.check("a~tru", True, True)
        self.check("a~null", None, True)
        self.check("a~b", ["a", {"x": ["b"]}], True)
        self.check("a~x", ["a", {"x": ["b"]}], False)

    def test_dotted(self) -> None:
        """
        A dotted name reaches into objects, unless it is a field itself.
        """
        self.check("a.b.c=1", {"b": {"c": 1}}, True)
        self.check("a.b.c", {"b": {"c": None}}, True)
        self.check("a.b.c", {"b": {}}, False)
        self.check("a.b.c", {"b": "c"}, False)
        self.check("a.b", [1], False)
        dotted = message({"a.b": 1, "a": {"b": 2}})
        self.assertTrue(fits(Selection(fields=["a.b=1"]), dotted))

    def test_all(self) -> None:
        """
        All conditions must hold.
        """
        self.assertTrue(fits(Selection(fields=["a>1", "a<3"]), message(a=2)))
        self.assertFalse(fits(Selection(fields=["a>1", "a<3"]), message(a=4)))

    def test_refused(self) -> None:
        """
        What is no condition is refused, with what is wrong with it.
        """
        for condition, told in [
            ("", "'' is no condition on a field: say NAME, NAME=VALUE"),
            ("=1", "'=1' is no condition on a field"),
            ("a!1", "'a!1' is no condition on a field"),
            ("a~(", "'(' is no regular expression"),
            ("a<true", "'a<true': by < a number or a text is compared, not true"),
            ("a>=[1]", "'a>=[1]': by >= a number or a text is compared, not [1]"),
        ]:
            error = self.assertRaises(ValueError, Selection, fields=[condition])
            self.assertIn(told, str(error))

    @given(st.text(), values)
    def test_anything(self, condition: str, value: JSON) -> None:
        """
        Whatever the condition is, it is refused or can be asked of any value.
        """
        try:
            selection = Selection(fields=[f"a{condition}"])
        except ValueError:
            return
        fits(selection, message(a=value))

    def test_deep(self) -> None:
        """
        Values may be nested deeper than anything can be compared.
        """
        deep: JSON = 1
        for _ in range(100_000):
            deep = [deep]
        self.check("a=[[1]]", deep, False)
        self.check("a~2", deep, False)
        self.check("a~1", deep, True)
        self.check("a=" + "[" * 100_000, "[" * 100_000, True)

    def test_little_stack(self) -> None:
        """
        What cannot be compared is not equal.
        """
        deep: JSON = 1
        for _ in range(400):
            deep = [deep]
        condition = "a=" + "[" * 400 + "2" + "]" * 400
        selection = Selection(fields=[condition])

        def check(depth: int) -> bool:
            return check(depth - 1) if depth else fits(selection, message(a=deep))

        self.assertFalse(check(sys.getrecursionlimit() - 400))
