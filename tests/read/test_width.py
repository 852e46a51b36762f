"""
Tests of :mod:`eliot.read._width`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read._width import fitting


class FittingTests(SynchronousTestCase):
    """
    Lines are cut where the terminal ends.
    """

    def cut(self, text: str, width: int) -> str:
        """
        Cut a line of one part.
        """
        return "".join(part for part, _ in fitting([(text, None)], width, "…"))

    def test_cut(self) -> None:
        """
        A line that fits is whole; one that is too long is marked.
        """
        self.assertEqual(self.cut("harbour", 7), "harbour")
        self.assertEqual(self.cut("harbour", 6), "harbo…")
        self.assertEqual(self.cut("harbour", 1), "…")
        self.assertEqual(self.cut("harbour", 0), "")

    def test_wide(self) -> None:
        """
        Wide characters take two columns, and accents none.
        """
        self.assertEqual(self.cut("港の船", 6), "港の船")
        self.assertEqual(self.cut("港の船", 5), "港の…")
        self.assertEqual(self.cut("港の船", 4), "港…")
        self.assertEqual(self.cut("e\u0301e\u0301e", 3), "e\u0301e\u0301e")

    def test_parts(self) -> None:
        """
        Each part keeps what belongs to it.
        """
        parts = [("one", 1), ("two", 2), ("three", 3)]
        self.assertEqual(fitting(parts, 20, "..."), parts)
        self.assertEqual(fitting(parts, 5, "..."), [("one", 1), ("..", 2)])

    @given(st.lists(st.text("aü港\u0301")), st.integers(0, 20))
    def test_fits(self, texts: list[str], width: int) -> None:
        """
        No line is too long.
        """
        line = "".join(text for text, _ in fitting([(text, None) for text in texts], width, "…"))
        columns = {"港": 2, "\u0301": 0}
        self.assertLessEqual(sum(columns.get(each, 1) for each in line), width)
