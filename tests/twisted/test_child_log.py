"""
Tests of :mod:`eliot.twisted._child_log`.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import add_global_fields, start_action
from eliot._encode import encode
from eliot.twisted._child_lines import Line
from eliot.twisted._child_log import OUTPUT, message_in, take_in
from tests.helpers import Fields, level_of, of_type, record, said

#: A message of a child, as it comes.
_LINE = b'{"task_uuid":"one","task_level":[2,3],"timestamp":1.5,"message_type":"m","a":[1,{}]}'

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


class MessageInTests(SynchronousTestCase):
    """
    Which lines are messages.
    """

    def test_message(self) -> None:
        """
        What has a place and a time is one, with all that it says.
        """
        expected: Fields = {
            "task_uuid": "one",
            "task_level": [2, 3],
            "timestamp": 1.5,
            "message_type": "m",
            "a": [1, {}],
        }
        self.assertEqual(message_in(_LINE), expected)
        self.assertEqual(message_in(b" " + _LINE + b"\r"), expected)

    def test_others(self) -> None:
        """
        What lacks any of that, or has something else in its place, is none; and nothing raises.
        """
        whole = json.loads(_LINE)
        odd: dict[str, list[object]] = {
            "task_uuid": [None, "", 1, ["one"]],
            "task_level": [None, [], "12", [0], [-1], [1.0], [True], [[1]], {"1": 1}],
            "timestamp": [None, "1.5", True, [1.5]],
        }
        for name, wrong in odd.items():
            without = {key: value for key, value in whole.items() if key != name}
            self.assertIsNone(message_in(json.dumps(without).encode()), name)
            for value in wrong:
                line = json.dumps({**whole, name: value}).encode()
                self.assertIsNone(message_in(line), line)
        for line in (
            *(b"", b" ", b"{}", b"[]", b"null", b"plain text", b"{plain}", b"[" + _LINE + b"]"),
            *(_LINE[:-1], _LINE + b"}", _LINE * 2, b"\xef\xbb\xbf" + _LINE, b"x" + _LINE),
            _LINE.replace(b"1.5", b"NaN"),
            _LINE.replace(b"1.5", b"Infinity"),
            _LINE.replace(b'"m"', b'"\xff"'),
            b'{"a":' * 100_000,
            _LINE.replace(b"[1,{}]", b"[" * 100_000),
            _LINE.replace(b"[1,{}]", b"1" * 10_000),
        ):
            self.assertIsNone(message_in(line), line[:100])

    def test_exact(self) -> None:
        """
        Large numbers are what they were, and so is what JSON has no word for but many programs
        write.
        """
        large = 12345678901234567890123
        message = message_in(_LINE.replace(b"[1,{}]", str(large).encode()))
        assert message is not None
        self.assertEqual(message["a"], large)
        message = message_in(_LINE.replace(b"[1,{}]", b'[NaN, Infinity, "\\ud800"]'))
        assert message is not None
        self.assertEqual(repr(message["a"]), "[nan, inf, '\\ud800']")

    @given(st.dictionaries(st.text(max_size=8), _JSON))
    def test_round_trip(self, fields: Fields) -> None:
        """
        What this framework has written is read as it was, and written on as it was.
        """
        line = encode({**fields, "task_uuid": "one", "task_level": [1], "timestamp": 1.5})
        message = message_in(line.rstrip(b"\n"))
        assert message is not None
        self.assertEqual(encode(message), line)

    @given(st.binary() | st.text().map(str.encode))
    def test_anything(self, line: bytes) -> None:
        """
        Nothing raises.
        """
        message_in(line)
        message_in(b"{" + line)


class TakeInTests(SynchronousTestCase):
    """
    What becomes of a line.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def take(self, line: Line, *, may_be_message: bool = True) -> Fields:
        """
        Take in a line inside an action.

        :returns: what was logged besides.
        """
        self.messages.clear()
        with start_action(action_type="process"):
            take_in(line, "stdout", may_be_message=may_be_message)
        [taken] = self.messages[1:-1]
        return taken

    def test_message(self) -> None:
        """
        A message keeps its place and its time, and gets nothing.
        """
        add_global_fields(process="parent")
        self.assertEqual(self.take(Line(_LINE)), json.loads(_LINE))

    def test_last(self) -> None:
        """
        One of which only the end of the line is missing is one, too.
        """
        self.assertEqual(self.take(Line(_LINE, unfinished=True)), json.loads(_LINE))

    def test_text(self) -> None:
        """
        Anything else is text, inside the current action.
        """
        taken = self.take(Line(b"Hello, \xc3\xbc!"))
        self.assertEqual(taken["message_type"], OUTPUT)
        self.assertEqual(level_of(taken), [2])
        self.assertEqual(said(taken), {"stream": "stdout", "text": "Hello, ü!"})

    def test_elsewhere(self) -> None:
        """
        So is what looks like a message where there should be none.
        """
        taken = self.take(Line(_LINE), may_be_message=False)
        self.assertEqual(said(taken), {"stream": "stdout", "text": _LINE.decode()})

    def test_binary(self) -> None:
        """
        What is no text is shown as escapes.
        """
        taken = self.take(Line(b"\x00\xff\x80x"))
        self.assertEqual(taken["text"], "\x00\\xff\\x80x")

    def test_marks(self) -> None:
        """
        Pieces say which they are, and what has no end says so; a piece is no message.
        """
        taken = self.take(Line(b"x", 1, unfinished=True))
        self.assertEqual(
            said(taken), {"stream": "stdout", "text": "x", "piece": 1, "unfinished": True}
        )
        taken = self.take(Line(_LINE, 2))
        self.assertEqual(said(taken), {"stream": "stdout", "text": _LINE.decode(), "piece": 2})
        self.assertEqual(len(of_type(self.messages, OUTPUT)), 1)
