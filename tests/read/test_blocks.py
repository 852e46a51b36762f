"""
Tests of :mod:`eliot.read._blocks`.
"""

from __future__ import annotations

import os
from io import BufferedIOBase, BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, MalformedMessage
from eliot.read._blocks import MAXIMUM_LINE, decode_line, raw_line, read_blocks


class Chunks(BufferedIOBase):
    """
    A file that is there chunk by chunk.

    :param chunks: all of them.
    """

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = [each for each in chunks if each]

    def read1(self, size: int = -1, /) -> bytes:
        """
        Hand out the next chunk.
        """
        return self._chunks.pop(0) if self._chunks else b""


class ReadBlocksTests(SynchronousTestCase):
    """
    Lines are read many at a time.
    """

    @given(st.lists(st.binary(max_size=20) | st.sampled_from([b"\n", b"a\n", b"\xff", b"\r\n"])))
    def test_lines(self, chunks: list[bytes]) -> None:
        """
        All lines are there, whole, as they were, however they come.
        """
        lines = [line for block in read_blocks(Chunks(chunks)) for line in block]
        expected = b"".join(chunks).split(b"\n")
        if not expected[-1]:
            expected.pop()
        self.assertEqual([raw_line(line) for line in lines], expected)

    def test_streams(self) -> None:
        """
        What is there is handed out before more is waited for.
        """
        ours, theirs = os.pipe()
        with open(ours, "rb") as file:
            blocks = read_blocks(file)
            os.write(theirs, b"one\ntwo\nthr")
            self.assertEqual(next(blocks), ["one", "two"])
            os.write(theirs, b"ee\n")
            self.assertEqual(next(blocks), ["three"])
            os.close(theirs)
            self.assertEqual(list(blocks), [])

    def test_too_long(self) -> None:
        """
        A line that is too long is cut; the next one is whole.
        """
        long = b"x" * (MAXIMUM_LINE + 1_000_000)
        for after in [b"next", b"next\n", b"next\nlast\n", b""]:
            data = long + b"\n" + after
            lines = [line for block in read_blocks(BytesIO(data)) for line in block]
            self.assertEqual(len(lines[0]), MAXIMUM_LINE)
            self.assertEqual(lines[1:], after.decode().split())
        lines = [line for block in read_blocks(BytesIO(long)) for line in block]
        self.assertEqual([len(line) for line in lines], [MAXIMUM_LINE])


class DecodeLineTests(SynchronousTestCase):
    """
    Lines are decoded.
    """

    def test_lenient(self) -> None:
        """
        What Python's encoder writes is read: large integers as such, numbers that are none, lone
        surrogates, a mark of the byte order.
        """
        lines: list[tuple[str, JSON]] = [
            ("1180591620717411303424", 2**70),
            ("[1e22, 9223372036854775808]", [1e22, 2**63]),
            ('"\\ud800"', "\ud800"),
            ("\ufeff[]", []),
            ("[-Infinity]", [float("-inf")]),
        ]
        for text, value in lines:
            decoded = decode_line(text)
            self.assertEqual(decoded, value)
            self.assertIs(type(decoded), type(value))
        self.assertIsInstance(decode_line("9" * 200), int)

    def test_beyond(self) -> None:
        """
        An integer with more digits than Python reads is read as well as can be.
        """
        self.assertEqual(decode_line('["' + "9" * 5_000 + '"]'), ["9" * 5_000])
        self.assertEqual(decode_line("[0." + "1" * 5_000 + "]"), [1 / 9])

    def test_no_json(self) -> None:
        """
        What is wrong with a line is said.
        """
        for text, reason in [
            ("{", "not JSON"),
            ("\0", "NUL bytes"),
            ('"\udcff"', "not UTF-8 at byte 2"),
            ("[" * 100_000, "nested too deeply"),
            ("x" * MAXIMUM_LINE, "too long"),
            ("9" * 5_000, "not JSON"),
        ]:
            with self.assertRaisesRegex(MalformedMessage, reason):
                decode_line(text)
