"""
Tests of :mod:`eliot.read._many`.
"""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON
from eliot.read._blocks import decode_line
from eliot.read._compact import COMPACT, compact_format
from eliot.read._many import ManyLines
from eliot.read._pretty import PRETTY, pretty_format
from tests.read.test_pretty import MESSAGES, OBJECTS

FORMATS = [(PRETTY, pretty_format), (COMPACT, compact_format)]


def format_all(
    messages: list[dict[str, JSON]], *, ascii_only: bool = False, spaces: bool = False
) -> tuple[list[list[str]], list[list[str]]]:
    """
    Format messages in both layouts, at once and one by one.
    """
    separators = None if spaces else (",", ":")
    lines = [json.dumps(each, ensure_ascii=ascii_only, separators=separators) for each in messages]
    at_once, one_by_one = [], []
    for layout, show in FORMATS:

        def other(index: int, text: str, show: object = show) -> str:
            assert lines[index] == text
            message = decode_line(text)
            assert isinstance(message, dict) and callable(show)
            return f"{show(message)}\n"

        at_once.append(ManyLines(layout, other, local_timezone=False).format(lines))
        one_by_one.append([other(index, text) for index, text in enumerate(lines)])
    return at_once, one_by_one


class ManyLinesTests(SynchronousTestCase):
    """
    The fast way is no other way.
    """

    @given(st.lists(MESSAGES | OBJECTS, max_size=5), st.booleans(), st.booleans())
    def test_same(self, messages: list[dict[str, JSON]], ascii_only: bool, spaces: bool) -> None:
        """
        All is formatted as it is one by one, however it was written.
        """
        # Python's encoder writes surrogates that are no UTF-8 unless it writes ASCII.
        for text in [json.dumps(messages, ensure_ascii=False)]:
            ascii_only = ascii_only or not _is_utf8(text)
        at_once, one_by_one = format_all(messages, ascii_only=ascii_only, spaces=spaces)
        self.assertEqual(at_once, one_by_one)

    def test_common(self) -> None:
        """
        Messages of the common kind are formatted at once, in either layout; all others are left to
        somebody else.
        """
        common: dict[str, JSON] = {
            "task_uuid": "one",
            "task_level": [1, 2],
            "timestamp": 1_700_000_000.25,
            "message_type": "ferry:sold",
            "seats": 2,
            "price": 2.5,
            "free": False,
            "to": "Norderney, by the pier",
        }
        others: list[dict[str, JSON]] = [
            {"reason": "two\nlines"},
            {"reason": "\x7f"},
            {"reason": "word " * 20},
            {"legs": [1]},
            {"task_uuid": "\x7f"},
            {"task_uuid": 1},
            {"task_level": []},
            {"task_level": [True]},
            {"timestamp": 1},
            {"timestamp": 2.0},
            {"timestamp": 3.9999999},
            {"timestamp": -1.5},
            {"timestamp": 1e15},
            {"distance": 2**70},
        ]
        left: list[int] = []

        def other(index: int, text: str) -> str:
            left.append(index)
            return ""

        lines = [json.dumps({**common, **each}) for each in [{}, *others, {}]]
        texts = ManyLines(PRETTY, other, local_timezone=False).format([*lines, "{", ""])
        self.assertEqual(left, [*range(1, len(others) + 1), len(others) + 2, len(others) + 3])
        self.assertEqual(texts[0], f"{pretty_format(common)}\n")
        self.assertEqual(texts[len(others) + 1], f"{pretty_format(common)}\n")

    def test_forgets(self) -> None:
        """
        Any number of names and places is formatted, although not all are remembered.
        """
        messages: list[dict[str, JSON]] = [
            {"task_uuid": "one", "task_level": [n], "timestamp": 1.5, f"%{n}": n}
            for n in range(1, 2_100)
        ]
        at_once, one_by_one = format_all(messages)
        self.assertEqual(at_once, one_by_one)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
