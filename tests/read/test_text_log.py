"""
Tests of :mod:`eliot.read._text_log`.
"""

from __future__ import annotations

from io import BytesIO, StringIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent, LogLevel, textFileLogObserver
from twisted.python.log import FileLogObserver
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message, Problem, read_messages
from eliot.read._text_log import begins_text_log, message_in
from tests.forests import Fields, line

FIELDS: Fields = {"task_uuid": "u", "task_level": [1], "timestamp": 1.5}

TEXT = line(FIELDS).decode().removesuffix("\n")


def written_by_twisted(text: str, namespace: str = "app") -> bytes:
    """
    Have both of Twisted's observers that write text write a line.
    """
    file = StringIO()
    event: LogEvent = {
        "log_format": "{text}",
        "text": text,
        "log_level": LogLevel.info,
        "log_namespace": namespace,
        "log_time": 1.5,
    }
    textFileLogObserver(file)(event)
    legacy = FileLogObserver(file)
    legacy.emit({"message": (text,), "isError": 0, "time": 1.5, "system": "-"})
    return file.getvalue().encode()


def read(contents: bytes) -> tuple[list[Message], list[Problem]]:
    """
    Read all lines of a file.
    """
    problems: list[Problem] = []
    return list(read_messages(BytesIO(contents), "test.log", problems.append)), problems


class TextLogTests(SynchronousTestCase):
    """
    Files in which messages are among the lines of a text.
    """

    def test_as_twisted_writes(self) -> None:
        """
        Messages are found behind what Twisted puts in front of them; the other lines, and what
        goes on in a next one, are passed over.
        """
        contents = (
            written_by_twisted("Log opened.")
            + written_by_twisted(TEXT)
            + written_by_twisted("two\nlines {x}")
            + written_by_twisted(TEXT, namespace="a[1] b")
        )
        messages, problems = read(contents)
        self.assertEqual([each.fields for each in messages], [FIELDS] * 4)
        self.assertEqual(problems, [])

    def test_as_workers_write(self) -> None:
        """
        The workers of trial put nothing in front.
        """
        messages, problems = read(
            b"Log opened.\n--> tests.Tests.test_a <--\n" + line(FIELDS) + b"plain\n\n"
        )
        self.assertEqual([each.fields for each in messages], [FIELDS])
        self.assertEqual(problems, [])

    def test_problem(self) -> None:
        """
        What looks like a message, and is none, is told with its line.
        """
        _, problems = read(written_by_twisted("Log opened.") + written_by_twisted("{broken"))
        self.assertEqual(
            [(each.line, each.excerpt) for each in problems], [(3, "{broken"), (4, "{broken")]
        )

    def test_other_files(self) -> None:
        """
        In a file of messages, a line of text is told, whatever it looks like.
        """
        messages, problems = read(line(FIELDS) + written_by_twisted(TEXT))
        self.assertEqual(len(messages), 1)
        self.assertEqual([each.line for each in problems], [2, 3])

    @given(st.binary(max_size=100))
    def test_anything(self, first: bytes) -> None:
        """
        Any line may come first.  A message is never taken for one of the text.
        """
        begins_text_log(first)
        self.assertFalse(begins_text_log(line(FIELDS)))
        found = message_in(first)
        self.assertTrue(found is None or first.endswith(found))
        self.assertEqual(message_in(line(FIELDS)), line(FIELDS))
