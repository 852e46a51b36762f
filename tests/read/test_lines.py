"""
Tests of :mod:`eliot.read._lines`.
"""

from __future__ import annotations

import gzip
import os
from errno import EIO
from io import BufferedReader, BytesIO, RawIOBase
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message, Problem, _lines, merge_messages, read_messages
from eliot.read._lines import LineReader
from tests.forests import Fields, line


def read(contents: bytes) -> tuple[list[Message], list[Problem]]:
    """
    Read all lines of a file.
    """
    problems: list[Problem] = []
    messages = list(read_messages(BytesIO(contents), "x.log", problems.append))
    return messages, problems


def fields(timestamp: float = 1.0, task_uuid: str = "u") -> Fields:
    """
    Make a message.
    """
    return {"task_uuid": task_uuid, "task_level": [1], "timestamp": timestamp}


GOOD = line(fields())


class BrokenFile(RawIOBase):
    """
    A file on a disk that fails after the first line.
    """

    def __init__(self) -> None:
        self.left = GOOD

    def readable(self) -> bool:
        """
        Say that it can be read.
        """
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed has a private type
        """
        Give the first line, then fail.
        """
        if not self.left:
            raise OSError(EIO, "Input/output error")
        size = len(self.left)
        buffer[:size] = self.left
        self.left = b""
        return size


class ReadMessagesTests(SynchronousTestCase):
    """
    Lines become messages; what cannot is told and stops nothing.
    """

    def assertProblem(self, bad: bytes, what: str) -> Problem:  # noqa: N802 - as unittest spells it
        """
        Check that a bad line between two good ones is the only problem.
        """
        messages, (problem,) = read(GOOD + bad + GOOD)
        self.assertEqual(len(messages), 2)
        self.assertEqual((problem.file, problem.line), ("x.log", 2))
        self.assertIn(what, problem.what)
        return problem

    def test_good(self) -> None:
        """
        Each line becomes a message, in order; empty ones are passed over.
        """
        messages, problems = read(line(fields(1.0)) + b"\n  \r\n" + line(fields(2.0)))
        self.assertEqual([each.timestamp for each in messages], [1.0, 2.0])
        self.assertEqual(problems, [])

    def test_no_newline(self) -> None:
        """
        A last line without its end is read if it is whole.
        """
        messages, problems = read(GOOD + GOOD.rstrip())
        self.assertEqual((len(messages), problems), (2, []))

    def test_truncated(self) -> None:
        """
        A last line that was cut off is told as such.
        """
        odd = GOOD.replace(b"}", b', "a": NaN}')
        messages, problems = read(GOOD + odd.rstrip())
        self.assertEqual((len(messages), problems), (2, []))
        messages, problems = read(GOOD + GOOD.replace(b"1.0", b"NaN").rstrip())
        self.assertEqual(len(messages), 1)
        self.assertIn("not finite", problems[0].what)
        messages, (problem,) = read(GOOD + GOOD[:-10])
        self.assertEqual(len(messages), 1)
        self.assertIn("the line is cut off", problem.what)

    def test_bad_lines(self) -> None:
        """
        Each kind of bad line is one problem with its place and kind.
        """
        self.assertProblem(b"hello\n", "not JSON")
        self.assertProblem(b'{"a": 1\n', "not JSON")
        self.assertProblem(b"[1]\n", "not a JSON object")
        self.assertProblem(b"{}\n", "no task_uuid")
        self.assertProblem(b"\0\0\0\n", "NUL bytes")
        self.assertProblem(b'{"task_uuid": "\xff"}\n', "not UTF-8 at byte 16")
        self.assertProblem(b'{"a":' * 200_000 + b"\n", "nested too deeply")
        self.assertProblem(b'{"a": ' + b"9" * 5000 + b"x}\n", "not JSON")

    def test_python_json(self) -> None:
        """
        What Python's own encoder writes although it is not JSON is read: NaN, infinities, lone
        surrogates; and so is a file that begins with a byte order mark.
        """
        odd = GOOD.replace(b"}", b', "a": NaN, "b": -Infinity, "c": "\\ud800"}')
        messages, problems = read(b"\xef\xbb\xbf" + GOOD + odd)
        self.assertEqual((len(messages), problems), (2, []))
        self.assertEqual(messages[1].fields["c"], "\ud800")

    def test_excerpt(self) -> None:
        """
        The excerpt is short and printable, and so is the whole text of the problem.
        """
        problem = self.assertProblem(b"\x1b[31m\xff" + b"y" * 1_000_000 + b"\n", "not UTF-8")
        self.assertTrue(problem.excerpt.startswith(r"\x1b[31m\xffyyy"))
        self.assertTrue(problem.excerpt.endswith("..."))
        self.assertLess(len(problem.excerpt), 100)
        self.assertEqual(str(problem), f"x.log:2: {problem.what}: {problem.excerpt}")

    def test_file_name(self) -> None:
        """
        The name of the file is made printable as well, and needs no line.
        """
        self.assertEqual(str(Problem("\x1b", None, "gone")), r"\x1b: gone")

    def test_huge_line(self) -> None:
        """
        A line beyond the limit is skipped, with its size told.
        """
        size = 40 * 1024 * 1024
        problem = self.assertProblem(b"z" * (size - 1) + b"\n", f"{size:,} bytes")
        self.assertLess(len(str(problem)), 200)

    def test_huge_last_line(self) -> None:
        """
        The same holds at the end of the file.
        """
        messages, (problem,) = read(GOOD + b"z" * 17 * 1024 * 1024)
        self.assertEqual(len(messages), 1)
        self.assertIn("too long", problem.what)

    def test_broken_file(self) -> None:
        """
        A file that fails to be read is a problem, and what came before is there.
        """
        problems: list[Problem] = []
        file = BufferedReader(BrokenFile())
        messages = list(read_messages(file, "x.log", problems.append))
        self.assertEqual(len(messages), 1)
        self.assertEqual(
            [str(each) for each in problems],
            ["x.log:2: cannot be read further: Input/output error"],
        )

    def test_streams(self) -> None:
        """
        A message is given as soon as its line is there, while the other end of a pipe is open.
        """
        readable, writable = os.pipe()
        with open(writable, "wb", buffering=0) as written, open(readable, "rb") as file:
            messages = read_messages(file, "x.log", self.fail)
            for end in [b"", GOOD[:20]]:
                written.write(GOOD + end)
                self.assertEqual(next(messages).timestamp, 1.0)
            written.write(GOOD[20:])
            self.assertEqual(next(messages).timestamp, 1.0)

    def test_numbers(self) -> None:
        """
        Integers of more than 64 bits are floats, and those of thousands of digits infinite, in
        whatever way the line is read; they cost a message only as its timestamp or level.
        """
        for also in ["", ', "odd": NaN']:
            for digits, value in [(30, 1e30), (5_000, float("inf")), (18, 10**18)]:
                end = f', "n": 1{"0" * digits}, "m": -5{also}}}'
                (message,), problems = read(GOOD.replace(b"}", end.encode()))
                self.assertEqual(message.fields["n"], value)
                self.assertIs(type(message.fields["n"]), type(value))
                self.assertEqual((message.fields["m"], problems), (-5, []))
        self.assertProblem(GOOD.replace(b"1.0", b"1e999"), "not finite")
        self.assertProblem(GOOD.replace(b"1.0", b"9" * 5_000), "not finite")
        self.assertProblem(GOOD.replace(b"[1]", b"[" + b"9" * 5_000 + b"]"), "task_level")
        messages, _ = read(GOOD.replace(b"1.0", b"-1") + GOOD.replace(b"{", b'{"timestamp":5,'))
        self.assertEqual([each.timestamp for each in messages], [-1.0, 1.0])

    def test_damaged_gzip(self) -> None:
        """
        What Python's own decompression says of a damaged file is a problem as well.
        """
        compressed = gzip.compress(GOOD)
        for damaged in [compressed[:-9], compressed[:12] + b"\xff\xff" + compressed[14:]]:
            problems: list[Problem] = []
            with gzip.open(BytesIO(damaged)) as file:
                list(read_messages(file, "x.gz", problems.append))
            self.assertIn("cannot be read further", problems[-1].what)

    @given(st.lists(st.binary(max_size=30)))
    def test_any(self, bad: list[bytes]) -> None:
        """
        Whatever stands between, the good lines are read, and each bad one is told once.
        """
        bad = [each.replace(b"\n", b"") for each in bad]
        messages, problems = read(GOOD + b"".join(each + b"\n" + GOOD for each in bad))
        self.assertEqual(len(messages), 1 + len(bad))
        self.assertEqual(len(problems), sum(1 for each in bad if each.strip()))
        self.assertTrue(all(str(each).isprintable() for each in problems))


class LineReaderTests(SynchronousTestCase):
    """
    A file may come in pieces of any size.
    """

    def feed(self, pieces: list[bytes], opening: bytes | None = None) -> list[Message]:
        """
        Read pieces; the problems are in ``self.problems``.
        """
        self.problems: list[Problem] = []
        reader = LineReader("x.log", self.problems.append, opening)
        found = [message for piece in pieces for message in reader.feed(piece)]
        return [*found, *reader.end()]

    @given(st.data(), st.lists(st.binary(max_size=20) | st.integers(0, 9)))
    def test_pieces(self, data: st.DataObject, contents: list[bytes | int]) -> None:
        """
        Each message is found exactly once, in order, and each problem names its line, however
        the bytes are cut.
        """
        lines = [
            line(fields(each))[:-1] if isinstance(each, int) else each.replace(b"\n", b"")
            for each in contents
        ]
        # One that began as a text log would be read as such.
        lines.insert(0, b"")
        whole = data.draw(st.sampled_from([b"", b"\n"])).join([b"\n".join(lines), b""])
        cuts = data.draw(st.lists(st.integers(0, len(whole))))
        edges = [0, *sorted(cuts), len(whole)]
        pieces = [whole[a:b] for a, b in pairwise(edges)]
        found = self.feed(pieces)
        self.assertEqual(
            [each.timestamp for each in found], [each for each in contents if type(each) is int]
        )
        bad = [
            number
            for number, (each, text) in enumerate(zip(contents, lines[1:], strict=True), 2)
            if isinstance(each, bytes) and text.strip()
        ]
        self.assertEqual([each.line for each in self.problems], bad)

    def test_small_pieces(self) -> None:
        """
        A line that comes byte by byte is whole in the end, and one that becomes too long is
        skipped.
        """
        self.patch(_lines, "MAXIMUM_LINE", 2_000)
        just = GOOD.replace(b"}", b" " * (2_000 - len(GOOD)) + b"}")
        self.assertEqual(len(just), 2_000)
        text = just + b" " + just + GOOD
        found = self.feed([bytes([each]) for each in text])
        self.assertEqual(len(found), 2)
        self.assertEqual(
            [(each.line, each.what) for each in self.problems],
            [(2, "a line of 2,001 bytes, which is too long")],
        )

    def test_text_log(self) -> None:
        """
        In a text log only lines with messages count, also where they come in parts.
        """
        before = b"2026-11-24 10:15:00+0000 [-] "
        text = before + b"Log opened.\n" + before + GOOD + before + b"bye\n" + before + b"{\n"
        for size in (1, 5, len(text)):
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            self.assertEqual(len(self.feed(pieces)), 1)
            self.assertEqual([each.line for each in self.problems], [4])

    def test_from_the_midst(self) -> None:
        """
        Whoever begins in the midst of a file says how the file begins; lines have no number
        then.
        """
        before = b"2026-11-24 10:15:00+0000 [-] "
        self.assertEqual(len(self.feed([b"hello\n" + before + GOOD], before)), 1)
        self.assertEqual(self.problems, [])
        self.assertEqual(len(self.feed([b"hello\n" + GOOD], GOOD)), 1)
        self.assertEqual([each.line for each in self.problems], [None])


class MergeMessagesTests(SynchronousTestCase):
    """
    Several logs become one.
    """

    def test_by_time(self) -> None:
        """
        The oldest message that stands next comes first.
        """
        one = [Message(fields(time, "one")) for time in (1, 4, 5)]
        two = [Message(fields(time, "two")) for time in (2, 3, 6)]
        self.assertEqual(
            [each.timestamp for each in merge_messages([one, two])], [1, 2, 3, 4, 5, 6]
        )

    @given(st.lists(st.lists(st.integers(0, 9))))
    def test_any(self, times: list[list[int]]) -> None:
        """
        Nothing is lost, and each source keeps its order, also when it is out of order.
        """
        sources = [
            [Message(fields(time, str(number))) for time in source]
            for number, source in enumerate(times)
        ]
        merged = list(merge_messages(sources))
        for number, source in enumerate(sources):
            self.assertEqual([each for each in merged if each.task_uuid == str(number)], source)
        self.assertEqual(len(merged), sum(map(len, sources)))
