"""
Lines that were taken only in part, and what is written after them.
"""

from __future__ import annotations

import errno
import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._interfaces import NotWritten
from eliot._torn import Torn


class Taker:
    """
    Takes bytes as it is told.

    :param counts: how many it takes at each call; ``None`` for nothing, -1 for an error.  After
        that it takes all.
    :ivar taken: what it has taken.
    """

    def __init__(self, *counts: int | None) -> None:
        self.counts = list(counts)
        self.taken = b""

    def put(self, lines: bytes) -> int | None:
        """
        Take some bytes.
        """
        count = self.counts.pop(0) if self.counts else len(lines)
        if count == -1:
            raise OSError(errno.ENOSPC, "full")
        if count is not None:
            count = min(count, len(lines))
            self.taken += lines[:count]
        return count


class AloneTests(SynchronousTestCase):
    """
    Files that nobody else writes to.
    """

    def setUp(self) -> None:
        """
        Begin with a whole line.
        """
        self.torn = Torn(alone=True)

    def tear(self, taker: Taker, lines: bytes) -> bytes:
        """
        Write what is not taken in full.

        :returns: what was not written.
        """
        error = self.assertRaises(NotWritten, self.torn.write, taker.put, lines)
        assert isinstance(error, NotWritten)
        return error.unwritten

    def test_gone_on(self) -> None:
        """
        What was not written goes on within the line, also with more behind it.
        """
        taker = Taker(10, 2, -1)
        rest = self.tear(taker, b'{"a":1}\n{"b":2}\n{"c":3}\n')
        self.assertEqual(rest, b'":2}\n{"c":3}\n'[-len(rest) :])
        self.assertTrue(self.torn.goes_on(rest))
        self.torn.write(taker.put, rest + b'{"d":4}\n')
        self.assertEqual(taker.taken, b'{"a":1}\n{"b":2}\n{"c":3}\n{"d":4}\n')
        self.assertTrue(self.torn.is_past)

    def test_nothing_taken(self) -> None:
        """
        What was not taken at all is not written, and nothing is torn.
        """
        for counts in ((None,), (-1,), (0,)):
            taker = Taker(*counts)
            self.assertEqual(self.tear(taker, b'{"a":1}\n'), b'{"a":1}\n')
            self.assertTrue(self.torn.is_past)

    def test_given_up(self) -> None:
        """
        If somebody writes other lines instead, they begin on a line of their own.
        """
        taker = Taker(3, None)
        self.tear(taker, b'{"a":1}\n')
        self.torn.write(taker.put, b'{"b":2}\n')
        self.assertEqual(taker.taken, b'{"a\n{"b":2}\n')
        self.torn.write(taker.put, b'{"c":3}\n')
        self.assertEqual(taker.taken, b'{"a\n{"b":2}\n{"c":3}\n')

    def test_late(self) -> None:
        """
        If it is tried again after that, the line is written as a whole.
        """
        taker = Taker(3, None)
        rest = self.tear(taker, b'{"a":1}\n{"x":1}\n')
        self.torn.write(taker.put, b'{"b":2}\n')
        self.torn.write(taker.put, rest)
        self.assertEqual(taker.taken, b'{"a\n{"b":2}\n{"a":1}\n{"x":1}\n')
        self.assertTrue(self.torn.is_past)

    def test_other_file(self) -> None:
        """
        So it is in another file.
        """
        rest = self.tear(Taker(3, -1), b'{"a":1}\n')
        self.torn.unended = False
        taker = Taker()
        self.torn.write(taker.put, rest)
        self.assertEqual(taker.taken, b'{"a":1}\n')

    def test_other_error(self) -> None:
        """
        Errors after which nothing is known are raised as they are.
        """

        def put(lines: bytes) -> int:
            raise OSError(errno.EBADF, "closed")

        error = self.assertRaises(OSError, self.torn.write, put, b"{}\n")
        self.assertNotIsInstance(error, NotWritten)

    @given(
        st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
        st.lists(st.one_of(st.none(), st.just(-1), st.integers(1, 30)), max_size=12),
    )
    def test_tried_again(self, numbers: list[int], counts: list[int | None]) -> None:
        """
        Whatever is taken at each call: if it is tried again until all is written, each line is
        there once, and whole.
        """
        torn, taker = Torn(alone=True), Taker(*counts)
        rest = expected = b"".join(b'{"n":%d}\n' % number for number in numbers)
        while rest:
            try:
                torn.write(taker.put, rest)
                rest = b""
            except NotWritten as error:
                rest = error.unwritten
        self.assertEqual(taker.taken, expected)
        self.assertTrue(torn.is_past)


class SharedTests(SynchronousTestCase):
    """
    Files that others write to as well.
    """

    @given(
        st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
        st.lists(st.one_of(st.none(), st.just(-1), st.integers(1, 30)), max_size=12),
    )
    def test_whole_lines(self, numbers: list[int], counts: list[int | None]) -> None:
        """
        What is left begins with a whole line, or with the end of one, and each line is there once
        as a whole, beside what was torn.
        """
        torn, taker = Torn(alone=False), Taker(*counts)
        expected = [{"n": number} for number in numbers]
        rest = b"".join(b'{"n":%d}\n' % number for number in numbers)
        while rest:
            try:
                torn.write(taker.put, rest)
                rest = b""
            except NotWritten as error:
                rest = error.unwritten
                self.assertTrue(rest.startswith((b'{"n":', b"\n")), rest)
        whole = []
        for line in taker.taken.splitlines():
            try:
                whole.append(json.loads(line))
            except ValueError:
                continue
        self.assertEqual(whole, expected)


class NotWrittenTests(SynchronousTestCase):
    """
    The error itself.
    """

    def test_text(self) -> None:
        """
        Its text is that of the reason, with what the reason knows.
        """
        for reason, text in (
            (OSError(28, "full", "/a"), "[Errno 28] full: '/a'"),
            (OSError(28, "full"), "[Errno 28] full"),
            (OSError("takes no more"), "takes no more"),
        ):
            error = NotWritten(reason, b"rest")
            self.assertEqual((str(error), error.errno), (text, reason.errno))
            self.assertEqual(error.unwritten, b"rest")
