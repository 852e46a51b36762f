"""
Tests of :mod:`eliot.read._values`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, TextOptions
from eliot.read._values import field_lines, one_line

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def show(value: JSON, limit: int = 1000) -> list[str]:
    """
    Show a field called ``x``.
    """
    return list(field_lines("x", value, TextOptions(field_limit=limit)))


class FieldLinesTests(SynchronousTestCase):
    """
    A field is a line, or a small tree.
    """

    def test_scalars(self) -> None:
        """
        Values that are one thing stand on the line of their name, in the words of JSON.
        """
        for value, text in [
            (1, "1"),
            (2.5, "2.5"),
            (True, "true"),
            (None, "null"),
            (float("nan"), "NaN"),
            ("hello world", "hello world"),
            ("http://localhost:8080/", "http://localhost:8080/"),
        ]:
            self.assertEqual(show(value), [f"x: {text}"])

    def test_ambiguous(self) -> None:
        """
        Text that looks like something else is put in quotation marks.
        """
        for text in ["", "1", "-2.5e7", "true", "null", "NaN", "[1]", '{"a": 1}', " a", "a ", '"']:
            (line,) = show(text)
            self.assertTrue(line.startswith('x: "'), line)
            self.assertTrue(line.endswith('"'), line)

    def test_flat(self) -> None:
        """
        A short list or object of single things stays on its line, and so does an empty one.
        """
        self.assertEqual(show([1, "a", None]), ['x: [1, "a", null]'])
        self.assertEqual(show({"a": 1, "b": []}), ['x: {"a": 1, "b": []}'])
        self.assertEqual(show([]), ["x: []"])
        self.assertEqual(show({}), ["x: {}"])

    def test_tree(self) -> None:
        """
        Others are trees.
        """
        value: JSON = {"a": {"b": [1, [2]]}, "c": ["d" * 61], "": 0}
        self.assertEqual(
            show(value),
            [
                "x:",
                "  a:",
                "    b:",
                "      - 1",
                "      - [2]",
                "  c:",
                f"    - {'d' * 61}",
                '  "": 0',
            ],
        )

    def test_lines(self) -> None:
        """
        Text of several lines stands below its name, indented; an end of line at its end, or one
        alone, makes no line of its own.
        """
        self.assertEqual(show("a\n  b\n"), ["x:", "  a", "    b"])
        self.assertEqual(show("a\n"), [r'x: "a\n"'])
        self.assertEqual(show("\n"), [r'x: "\n"'])
        self.assertEqual(show(["a\nb" * 30])[:4], ["x:", "  -", "    a", "    ba"])

    def test_controls(self) -> None:
        """
        Control characters are escaped, in names as well.
        """
        (line,) = field_lines("\x1b[1m", "a\x1b[2mb", TextOptions())
        self.assertEqual(line, r"\x1b[1m: a\x1b[2mb")

    def test_long_name(self) -> None:
        """
        A long name is cut.
        """
        (line,) = field_lines("n" * 10_000, 1, TextOptions())
        self.assertLess(len(line), 100)

    def test_limit(self) -> None:
        """
        A long text is cut in its middle, with the number of characters that are not shown.
        """
        text = "a" * 500 + "b" * 500
        self.assertEqual(show(text, 30), [f"x: {'a' * 20} (970 characters more) {'b' * 10}"])
        self.assertEqual(show(text, 0), [f"x: {text}"])

    def test_limit_of_lines(self) -> None:
        """
        The end of a text of many lines is kept: for a traceback, the exception.
        """
        lines = show("Traceback\n" + "  File\n" * 1000 + "ValueError: no", 90)
        self.assertEqual((lines[1], lines[-1]), ("  Traceback", "  ValueError: no"))
        self.assertIn("characters more)", "".join(lines))
        self.assertLess(len(lines), 20)

    def test_limit_of_trees(self) -> None:
        """
        A large tree is cut, with the number of items that are not shown.
        """
        lines = show(list(range(1_000_000)), 60)
        self.assertLess(len(lines), 20)
        self.assertRegex(lines[-1], r"^  \(999,9\d\d more\)$")

    def test_deep(self) -> None:
        """
        Depth costs no recursion, and indentation counts.
        """
        value: JSON = "bottom" * 11
        for _ in range(20_000):
            value = [value]
        lines = show(value)
        self.assertLess(sum(map(len, lines)), 3000)
        self.assertIn("(1 more)", lines[-1])

    @given(st.text(), _JSON, st.integers(0, 100), st.booleans())
    def test_any(self, name: str, value: JSON, limit: int, ascii_only: bool) -> None:
        """
        Whatever the field, its lines are printable, and in ASCII if asked for.
        """
        options = TextOptions(field_limit=limit, ascii_only=ascii_only)
        for line in field_lines(name, value, options):
            self.assertTrue(line.isprintable())
            self.assertTrue(line.isascii() or not ascii_only)


class OneLineTests(SynchronousTestCase):
    """
    A text can be shown on a single line.
    """

    def test_one_line(self) -> None:
        """
        The first line is shown, and that there are more.
        """
        self.assertEqual(one_line("a", TextOptions()), "a")
        self.assertEqual(one_line("\na\n", TextOptions()), "a")
        self.assertEqual(one_line("a\nb", TextOptions()), "a ...")
