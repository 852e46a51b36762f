"""
Tests of :mod:`eliot.read._json_line`.
"""

from __future__ import annotations

import json
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, read_messages
from eliot.read._json_line import json_line
from tests.forests import Fields
from tests.read.selecting import hostile, message, values


class JSONLineTests(SynchronousTestCase):
    """
    Messages are written again.
    """

    def check(self, fields: dict[str, JSON]) -> None:
        """
        Write a message, and compare what is read from that, exactly.
        """
        written = json_line(message(fields))
        self.assertTrue(written.endswith(b"\n"))
        self.assertEqual(written.count(b"\n"), 1)
        decoded = json.loads(written)
        self.assertEqual({repr(decoded[name]) for name in fields}, {*map(repr, fields.values())})

    def test_ordinary(self) -> None:
        """
        A line is what it was.
        """
        line = b'{"task_uuid":"x","task_level":[1],"timestamp":1.5,"a":[null,"\xc3\xa4",{}]}\n'
        (each,) = read_messages(BytesIO(line), "log", self.fail)
        self.assertEqual(json_line(each), line)

    def test_odd(self) -> None:
        """
        Nothing is lost for which encoders have no word.
        """
        odd_ones: list[JSON] = [
            2**80,
            -(2**64),
            float("nan"),
            float("-inf"),
            "\ud800",
            1e-07,
            1e300,
        ]
        for odd in odd_ones:
            self.check(
                {"a": odd, "b": None, "c": [odd, {}, []], "d": {"\udfff": [odd, {"x": odd}]}}
            )

    @given(hostile | st.dictionaries(st.text(), values))
    def test_anything(self, fields: Fields) -> None:
        """
        Whatever was read is written so that it can be read again.
        """
        for name in ["task_uuid", "task_level", "timestamp"]:
            fields.pop(name, None)
        self.check(fields)

    def test_deep(self) -> None:
        """
        Depth does not matter.
        """
        deep: JSON = "x"
        for _ in range(50_000):
            deep = [{"a": deep}]
        line = json_line(Message(message({"deep": deep}).fields))
        self.assertEqual(line.count(b'[{"a":'), 50_000)
        self.assertEqual(line.count(b"}]"), 50_000)
