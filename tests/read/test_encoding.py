"""
Tests of :mod:`eliot.read._encoding`.
"""

from __future__ import annotations

import json
from io import BytesIO

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, read_messages
from eliot.read._encoding import to_json


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
        What can be read can be written, however deep it is nested; what cannot costs its own field.
        """
        for depth in (200, 500, 900, 1_000):
            line = b'{"task_uuid":"u","task_level":[1],"timestamp":1,"x":%s1%s,"y":2}\n' % (
                b"[" * depth,
                b"]" * depth,
            )
            for message in read_messages(BytesIO(line), "log", self.fail):
                written = json.loads(to_json(message.fields))
                self.assertEqual(written["y"], 2)
        very: JSON = 1
        for _ in range(100_000):
            very = [very]
        written = json.loads(to_json({"x": very, "y": 2, "\ud800": "\udfff"}))
        self.assertEqual(
            written, {"x": "(nested too deeply to be written)", "y": 2, "\ud800": "\udfff"}
        )
        while isinstance(very, list):
            very = very[0]
