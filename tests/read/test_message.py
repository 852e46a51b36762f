"""
Tests of :mod:`eliot.read._message`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, MalformedMessage, Message

_GOOD: dict[str, JSON] = {"task_uuid": "u", "task_level": [2, 1], "timestamp": 1.5}

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


class MessageTests(SynchronousTestCase):
    """
    A decoded line becomes a message, or says why not.
    """

    def test_place(self) -> None:
        """
        The fields that give the message its place are taken out, and the whole is kept.
        """
        message = Message(_GOOD)
        self.assertEqual(message.task_uuid, "u")
        self.assertEqual(message.level, (2, 1))
        self.assertEqual(message.timestamp, 1.5)
        self.assertIs(message.fields, _GOOD)

    def test_type(self) -> None:
        """
        The type is that of the message, or of the action; a strange one counts as none.
        """
        self.assertEqual(Message({**_GOOD, "message_type": "m"}).type, "m")
        action = Message({**_GOOD, "action_type": "a", "action_status": "started"})
        self.assertEqual((action.type, action.status), ("a", "started"))
        self.assertEqual(Message({**_GOOD, "message_type": ["m"]}).type, "")
        self.assertEqual(Message(_GOOD).type, "")

    def test_strange_status(self) -> None:
        """
        A status that is none of the three makes no action message.
        """
        strange: list[JSON] = ["finished", 3, ["started"], {}, None]
        for status in strange:
            self.assertIsNone(Message({**_GOOD, "action_status": status}).status)

    def test_whole_seconds(self) -> None:
        """
        A timestamp may be written without a fraction.
        """
        self.assertEqual(Message({**_GOOD, "timestamp": 7}).timestamp, 7.0)

    def test_malformed(self) -> None:
        """
        What was wrong is said, and nothing of the contents.
        """
        wrong: list[tuple[dict[str, JSON], str]] = [
            ({"task_uuid": 5}, "task_uuid is not text"),
            ({"task_level": "1"}, "task_level is not a list"),
            ({"task_level": []}, "task_level is empty"),
            ({"task_level": [1, 0]}, "other than positive integers"),
            ({"task_level": [-1]}, "other than positive integers"),
            ({"task_level": [True]}, "other than positive integers"),
            ({"task_level": [1.0]}, "other than positive integers"),
            ({"task_level": [1] * 10_001}, "10,001 levels deep"),
            ({"timestamp": "now"}, "timestamp is not a number"),
            ({"timestamp": True}, "timestamp is not a number"),
            ({"timestamp": float("nan")}, "timestamp is not finite"),
            ({"timestamp": float("inf")}, "timestamp is not finite"),
            ({"timestamp": 10**400}, "timestamp is not finite"),
        ]
        for fields, complaint in wrong:
            error = self.assertRaises(MalformedMessage, Message, {**_GOOD, **fields})
            self.assertIn(complaint, str(error))

    def test_missing(self) -> None:
        """
        A missing field is named.
        """
        for name in _GOOD:
            rest = {key: value for key, value in _GOOD.items() if key != name}
            error = self.assertRaises(MalformedMessage, Message, rest)
            self.assertEqual(str(error), f"no {name}")

    def test_repr(self) -> None:
        """
        The representation names type and place.
        """
        self.assertEqual(repr(Message({**_GOOD, "message_type": "m"})), "<Message 'm' at u@/2/1>")

    @given(_JSON, st.sampled_from(["", *_GOOD]))
    def test_any(self, strange: JSON, name: str) -> None:
        """
        Whatever is decoded, as a whole or in one of the fields, it is a message or malformed.
        """
        decoded = {**_GOOD, name: strange} if name else strange
        try:
            message = Message(decoded)
        except MalformedMessage as error:
            self.assertTrue(str(error))
        else:
            self.assertTrue(message.level and all(number > 0 for number in message.level))
