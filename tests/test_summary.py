"""
A message as one line for people.
"""

from __future__ import annotations

from collections import deque

from twisted.trial.unittest import SynchronousTestCase

from eliot._summary import MAXIMUM_LINE, MAXIMUM_VALUE, summary
from tests.helpers import Fields
from tests.hostile import Hostile, LyingList, LyingStr, OfHostileClass

IDENTITY: Fields = {"task_uuid": "task", "task_level": [1], "timestamp": 1.5}


class SummaryTests(SynchronousTestCase):
    """
    Summarizing.
    """

    def test_message(self) -> None:
        """
        A message is its type and its fields, in their order; what names its place is left out.
        """
        message = {**IDENTITY, "message_type": "app:said", "b": 1, "a": "word", "c": [1, "x"]}
        self.assertEqual(summary(message), "app:said b=1 a=word c=[1, 'x']")

    def test_action(self) -> None:
        """
        A message of an action is the action's type and status.
        """
        message = {**IDENTITY, "action_type": "app:deed", "action_status": "started", "a": 1}
        self.assertEqual(summary(message), "app:deed started a=1")

    def test_failure(self) -> None:
        """
        Tracebacks, as text or as structure, are not for one line.
        """
        message: Fields = {
            "message_type": "eliot:traceback",
            "exception": "builtins.ValueError",
            "reason": "no way",
            "traceback": "Traceback...",
            "eliot:stack": {},
        }
        self.assertEqual(
            summary(message), "eliot:traceback exception=builtins.ValueError reason='no way'"
        )

    def test_without_type(self) -> None:
        """
        Where there is no type, the fields are all that there is.
        """
        self.assertEqual(summary({"message_type": "", "a": 1}), "a=1")
        self.assertEqual(summary({}), "")

    def test_words(self) -> None:
        """
        Text stands as it is if it is a word; other text is quoted, so that one can tell.
        """
        for text, expected in [("", "''"), ("a b", "'a b'"), ("a\nb", "'a\\nb'"), ("é", "é")]:
            self.assertEqual(summary({"a": text}), f"a={expected}")

    def test_one_line(self) -> None:
        """
        It is one line, whatever the parts are.
        """

        class Tall:
            """
            An object that shows itself on two lines.
            """

            def __repr__(self) -> str:
                return "a\nb"

        line = summary({"message_type": "x\ny", "na\nme": Tall(), "other": "\u2028"})
        self.assertEqual(line.splitlines(), [line])

    def test_printable(self) -> None:
        """
        What is no visible text is escaped.
        """
        self.assertEqual(summary({"message_type": "\x1b[2J", "\x07": 1}), "\\x1b[2J \\x07=1")

    def test_containers(self) -> None:
        """
        Of containers there is the beginning, in their own order.
        """
        for value, expected in [
            (dict.fromkeys(range(9, 0, -1)), "{9: None, 8: None, 7: None, 6: None, ...}"),
            (set(), "set()"),
            ({1}, "{1}"),
            (frozenset(), "frozenset()"),
            (frozenset({1}), "frozenset({1})"),
            (set(range(100)), "{0, 1, 2, 3, 4, 5, ...}"),
            (deque([1]), "deque([1])"),
            ([[[[[[[{1: 1}]]]]]]], "[[[[[[[...]]]]]]]"),
            ([[[[[[{1: 1}]]]]]], "[[[[[[{...}]]]]]]"),
        ]:
            self.assertEqual(summary({"a": value}), f"a={expected}")

    def test_names(self) -> None:
        """
        Names that are no exact text are shown as what they say.
        """
        self.assertEqual(summary({LyingStr("x"): 1, b"y": 2}), "x=1 y=2")  # type: ignore[dict-item]  # wrong

    def test_short(self) -> None:
        """
        Long values are shortened, and so is the whole.
        """
        self.assertLess(len(summary({"a": "x" * 10**6, "b": [0] * 10**6})), 3 * MAXIMUM_VALUE)
        many: Fields = {f"field{number}": "x" * 50 for number in range(10_000)}
        self.assertLess(len(summary(many)), MAXIMUM_LINE + 50)
        self.assertLess(len(summary({"x" * 10**6: 1})), MAXIMUM_LINE + 50)

    def test_hostile(self) -> None:
        """
        Values that raise cost no more than their place.
        """
        for value in (Hostile(""), LyingList(), OfHostileClass()):
            self.assertIn(type.__dict__["__name__"].__get__(type(value)), summary({"a": value}))
        self.assertIn("\\ud800", summary({"a": "\ud800"}))
