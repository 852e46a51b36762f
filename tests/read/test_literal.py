"""
Tests of :mod:`eliot.read._literal`.
"""

from __future__ import annotations

from pprint import pformat

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON
from eliot.read._literal import beginning, break_lines, literal, one_line, one_line_within

TEXTS = st.text() | st.text("ab \n\\'\"\t\u2028%", max_size=120)


def larger(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    """
    Draw a container.
    """
    lists: st.SearchStrategy[JSON] = st.lists(inner, max_size=6)
    return lists | st.dictionaries(TEXTS, inner, max_size=6)


SCALARS: st.SearchStrategy[JSON] = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS

#: Whatever a JSON document can hold.
VALUES = st.recursive(SCALARS, larger, max_leaves=25)


class LiteralTests(SynchronousTestCase):
    """
    Values are laid out as Python's standard library does.
    """

    @given(VALUES)
    def test_same(self, value: JSON) -> None:
        """
        They are the same as those of :mod:`pprint`, 40 columns wide, but for line ends in texts.
        """
        self.assertEqual(literal(value), break_lines(pformat(value, width=40)))

    def test_line_ends(self) -> None:
        """
        The lines of a text stand below each other; a backslash before an "n" is none.
        """
        self.assertEqual(literal("one\ntwo"), "'one\n two'")
        self.assertEqual(literal("C:\\new"), r"'C:\\new'")
        self.assertEqual(literal("\\\n"), "'\\\\\n '")

    def test_control_characters(self) -> None:
        """
        Other control characters, marks of direction and lone surrogates are escapes.
        """
        self.assertEqual(literal("\t\r\x1b[1m\u202e\ud800"), r"'\t\r\x1b[1m\u202e\ud800'")

    def test_deep(self) -> None:
        """
        A value may be nested as deep as it likes, and does not grow for it.
        """
        lists: JSON = []
        dictionaries: JSON = {}
        for _ in range(100_000):
            lists = [lists, 1]
            dictionaries = {"a": dictionaries, "b": 2}
        self.assertTrue(literal(lists).startswith("[[["))
        self.assertLess(len(literal(lists)), 1_000_000)
        self.assertLess(len(literal(dictionaries)), 2_000_000)

    def test_far_to_the_right(self) -> None:
        """
        Nothing is laid out far to the right: each of many lines would be mostly spaces.
        """
        numbers: JSON = [1] * 10_000
        self.assertLess(len(literal({"k" * 10_000: numbers})), 50_000)
        self.assertLess(len(literal([[1, 2, 3]] * 200_000)), 5_000_000)

    def test_huge_integer(self) -> None:
        """
        An integer for which Python has no decimal digits is written with those of hexadecimals.
        """
        self.assertEqual(literal(16**5_000), "0x1" + "0" * 5_000)

    def test_no_json(self) -> None:
        """
        What is no JSON is shown, too, in printable words, even if it refuses.
        """

        class Refusing:
            def __repr__(self) -> str:
                raise ZeroDivisionError

        class Odd:
            def __repr__(self) -> str:
                return "\x1b\n"

        self.assertEqual(literal((1, "a")), "(1, 'a')")
        self.assertEqual(literal([Refusing()]), "[<Refusing>]")
        self.assertEqual(literal(Odd()), r"\x1b" + "\n ")
        self.assertEqual(literal({1: 2, "a": 3}), "{1: 2, 'a': 3}")


class OneLineTests(SynchronousTestCase):
    """
    Values on one line.
    """

    @given(VALUES)
    def test_one_line(self, value: JSON) -> None:
        """
        A value is what :func:`repr` says, with sorted names; its beginning is the same.
        """
        shown = one_line(value)
        self.assertEqual(shown, pformat(value, width=10**9).replace("\n", ""))
        self.assertEqual(one_line_within(value, len(shown)), shown)
        self.assertIsNone(one_line_within(value, len(shown) - 1))
        self.assertEqual(beginning(value, len(shown)), shown)
        if shown:
            cut = beginning(value, len(shown) - 1)
            self.assertTrue(cut.isprintable() and cut.endswith("..."))

    def test_beginning(self) -> None:
        """
        The beginning of a value is cut where it ends.
        """
        self.assertEqual(beginning([1, [2, 3], {"a": 4}], 9), "[1, [2, 3...")
        self.assertEqual(beginning("abc" * 1_000_000, 4), "'abc...")
        self.assertEqual(beginning(None, 4), "None")
