"""
Tests of :mod:`eliot.read._field_lines`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, TextOptions
from eliot.read._field_lines import _REMEMBERED, FieldLines
from eliot.read._values import field_lines
from tests.read.selecting import values
from tests.read.test_action import ended, message, started


def below(options: TextOptions | None = None, **fields: JSON) -> list[str]:
    """
    Show the fields of a message.
    """
    return list(FieldLines(options or TextOptions()).below(message([1], 1.0, **fields), "| "))


class FieldLinesTests(SynchronousTestCase):
    """
    What a program logged is shown, in the order in which it stands there.
    """

    def test_below(self) -> None:
        """
        Each field has a line of its own, or more, all of them indented.
        """
        shown = below(name="Frisia IV", length=71.7, crew=[1, {"a": [2]}], note="a\nb")
        self.assertEqual(
            shown,
            [
                *("| name: Frisia IV", "| length: 71.7", "| crew:", "|   - 1", "|   -"),
                *("|     a: [2]", "| note:", "|   a", "|   b"),
            ],
        )

    def test_framework(self) -> None:
        """
        The framework's own fields are left out, unless they are not what they should be.
        """
        fields = FieldLines(TextOptions())
        for each in (started([]), ended([2], 2.0, **{"eliot:duration": 1.5})):
            self.assertEqual(list(fields.below(each, "")), [])
        odd = ended([2], 2.0, action_type=7, **{"eliot:duration": "long"})
        self.assertEqual(sorted(fields.below(odd, "")), ["action_type: 7", "eliot:duration: long"])
        self.assertEqual(below(message_type=["x"], n=1), ['| message_type: ["x"]', "| n: 1"])
        self.assertEqual(below(action_status="lost"), ["| action_status: lost"])

    def test_hidden(self) -> None:
        """
        What is not wanted is left out, whatever it is.
        """
        options = TextOptions(hidden=frozenset({"a", "message_type"}))
        self.assertEqual(below(options, a=[1], b=2, message_type=3), ["| b: 2"])

    def test_inline(self) -> None:
        """
        On one line, text with spaces stands in quotation marks, and what is large is counted.
        """
        shown = message([1], a="x y", b="true", c=True, d=[[1], 2], e="x\ny", f={}, g="")
        self.assertEqual(
            list(FieldLines(TextOptions()).inline(shown)),
            ['a="x y"', 'b="true"', "c=true", "d=(2 items)", r'e="x\ny"', "f={}", 'g=""'],
        )

    def test_many_names(self) -> None:
        """
        However many names and texts there are, only so many are remembered.
        """
        fields = FieldLines(TextOptions())
        for number in range(_REMEMBERED + 5):
            (line,) = fields.below(message([1], 1.0, **{f"n{number}": f"t{number}"}), "")
            self.assertEqual(line, f"n{number}: t{number}")
        self.assertLess(len(fields._of_message), 20)
        self.assertLess(len(fields._plain), 20)

    @given(values, st.sampled_from([0, 7, 1000]), st.booleans())
    def test_same(self, value: JSON, limit: int, ascii_only: bool) -> None:
        """
        The quick way shows what the thorough one shows, but for numbers, which are not cut.
        """
        options = TextOptions(field_limit=limit, ascii_only=ascii_only)
        expected = ["| " + line for line in field_lines("x", value, options)]
        if isinstance(value, float | int) and limit == 7:
            return
        self.assertEqual(below(options, x=value), expected)
