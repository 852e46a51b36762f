"""
Tests of :mod:`eliot.twisted._child_lines`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted import _child_lines
from eliot.twisted._child_lines import MAXIMUM_LINE, Line, LineCutter

#: What a child may write: lines of all kinds.
_OUTPUT = st.lists(
    st.one_of(st.binary(max_size=12), st.sampled_from([b"\n", b"\r\n", "ü€😀".encode()]))
)


def cut(*parts: bytes) -> list[Line]:
    """
    Cut what comes in parts, to its end.
    """
    cutter = LineCutter()
    return [line for part in parts for line in cutter.feed(part)] + cutter.end()


class LineCutterTests(SynchronousTestCase):
    """
    Lines, whole or not.
    """

    def test_lines(self) -> None:
        """
        Lines are found however they come, and empty ones, too.
        """
        expected = [Line(b"one"), Line(b""), Line(b"two")]
        self.assertEqual(cut(b"one\n\ntwo\n"), expected)
        self.assertEqual(cut(b"on", b"e", b"\n\n", b"", b"two", b"\n"), expected)

    def test_nothing(self) -> None:
        """
        From nothing nothing comes.
        """
        self.assertEqual(cut(), [])
        self.assertEqual(cut(b""), [])

    def test_unfinished(self) -> None:
        """
        Half a line at the end is kept, and said to be one.
        """
        self.assertEqual(cut(b"one\ntw"), [Line(b"one"), Line(b"tw", unfinished=True)])

    def test_terminal(self) -> None:
        """
        A carriage return is no part of a line where it ends it; elsewhere it is.
        """
        self.assertEqual(cut(b"a\rb\r\n\r"), [Line(b"a\rb"), Line(b"\r", unfinished=True)])

    def test_at_once(self) -> None:
        """
        A line is there as soon as its end is.
        """
        cutter = LineCutter()
        self.assertEqual(cutter.feed(b"one\ntwo"), [Line(b"one")])
        self.assertEqual(cutter.feed(b"\n"), [Line(b"two")])

    def test_longest(self) -> None:
        """
        A mebibyte is a line.
        """
        longest = b"x" * MAXIMUM_LINE
        self.assertEqual(MAXIMUM_LINE, 1024 * 1024)
        self.assertEqual(cut(longest + b"\n"), [Line(longest)])

    def test_pieces(self) -> None:
        """
        What is longer comes in numbered pieces, of which the last one has the end of the line; the
        line after it is one like others.
        """
        self.patch(_child_lines, "MAXIMUM_LINE", 8)
        pieces = [
            Line(b"01234567", 1, unfinished=True),
            Line(b"89012345", 2, unfinished=True),
            Line(b"67", 3),
        ]
        self.assertEqual(cut(b"012345678901234567\nnext\n"), [*pieces, Line(b"next")])
        self.assertEqual(cut(b"012345", b"67890", b"1234567", b"\n"), pieces)
        unfinished = [*pieces[:2], Line(b"67", 3, unfinished=True)]
        self.assertEqual(cut(b"012345678901234567"), unfinished)

    def test_characters(self) -> None:
        """
        No character is cut, where the line is UTF-8; where it is not, it is cut all the same.
        """
        self.patch(_child_lines, "MAXIMUM_LINE", 8)
        self.assertEqual([each.data for each in cut(b"0123456\xc3\xbc")], [b"0123456", b"\xc3\xbc"])
        odd = [each.data for each in cut(b"\x80" * 20)]
        self.assertEqual(odd, [b"\x80" * 8, b"\x80" * 8, b"\x80" * 4])

    @given(_OUTPUT, _OUTPUT)
    def test_nothing_lost(self, first: list[bytes], second: list[bytes]) -> None:
        """
        Whatever comes, in whatever parts, it is all there in the end, in order, in pieces of a
        bounded size; and what is said of the ends of lines is so.
        """
        output = b"".join(first + second)
        self.patch(_child_lines, "MAXIMUM_LINE", 8)
        lines = cut(*first, b"".join(second))
        ends = [b"" if each.unfinished else b"\n" for each in lines]
        joined = b"".join(each.data + end for each, end in zip(lines, ends, strict=True))
        self.assertEqual(joined, output.replace(b"\r\n", b"\n"))
        self.assertTrue(all(len(each.data) <= 8 for each in lines), lines)
        self.assertEqual(lines, cut(output))
        numbers = [each.piece for each in lines]
        for before, each in zip([0, *numbers], lines, strict=False):
            self.assertIn(each.piece, {0, 1, before + 1})
