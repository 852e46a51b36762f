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
from eliot.read._json_line import json_line, to_json
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


class ToJSONTests(SynchronousTestCase):
    """
    What was read can be written again.
    """

    def test_plain(self) -> None:
        """
        What JSON has a word for is written as it is, in UTF-8.
        """
        self.assertEqual(to_json({"a": [1, "ü", None]}), '{"a":[1,"ü",null]}'.encode())

    def test_what_is_not_json(self) -> None:
        """
        Lone surrogates are escapes, what is no number is null, and large numbers stay.
        """
        fields: dict[str, JSON] = {
            "s": "\ud800",
            "n": [float("nan"), {"i": -float("inf")}],
            "b": 2**70,
        }
        text = to_json(fields)
        self.assertEqual(json.loads(text), {"s": "\ud800", "n": [None, {"i": None}], "b": 2**70})
        self.assertNotIn(b"NaN", text)

    def test_deep(self) -> None:
        """
        What can be read can be written, however deep it is nested.
        """
        for depth in (200, 500, 800):
            line = b'{"task_uuid":"u","task_level":[1],"timestamp":1,"x":%s1%s,"y":2}\n' % (
                b"[" * depth,
                b"]" * depth,
            )
            for each in read_messages(BytesIO(line), "log", self.fail):
                written = json.loads(to_json(each.fields))
                self.assertEqual(written["y"], 2)
        very: JSON = 1
        for _ in range(100_000):
            very = [very]
        written_whole = to_json({"x": very, "\ud800": 2})
        self.assertEqual(written_whole.count(b"["), 100_000)
        # Or else it would be freed by recursion.
        while isinstance(very, list):
            very = very[0]
