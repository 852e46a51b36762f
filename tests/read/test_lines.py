"""
Tests of :mod:`eliot.read._lines`.
"""

from __future__ import annotations

from errno import EIO
from io import BufferedReader, BytesIO, RawIOBase

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message, Problem, merge_messages, read_messages
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
        A message is given before the next line is read.
        """
        file = BytesIO(GOOD * 3)
        messages = read_messages(file, "x.log", self.fail)
        next(messages)
        self.assertEqual(file.tell(), len(GOOD))

    @given(st.lists(st.binary(max_size=30)))
    def test_any(self, bad: list[bytes]) -> None:
        """
        Whatever stands between, the good lines are read, and each bad one is told once.
        """
        bad = [each.replace(b"\n", b"") for each in bad]
        messages, problems = read(b"".join(each + b"\n" + GOOD for each in bad))
        self.assertEqual(len(messages), len(bad))
        self.assertEqual(len(problems), sum(1 for each in bad if each.strip()))
        self.assertTrue(all(str(each).isprintable() for each in problems))


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
