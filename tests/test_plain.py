"""
What the fast encoder may be given.
"""

from __future__ import annotations

import json
from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._plain import plain_copy
from eliot._represent import MAXIMUM_DEPTH, MAXIMUM_VALUES
from tests.helpers import Fields

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


def containers(value: object) -> list[object]:
    """
    Find all lists and dictionaries in a value, itself among them.
    """
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in containers(item))]
    if isinstance(value, (list, tuple)):
        return [value, *(found for item in value for found in containers(item))]
    return []


class PlainCopyTests(SynchronousTestCase):
    """
    Copies of messages with all containers in them.
    """

    @given(st.dictionaries(st.text(), PLAIN))
    def test_plain(self, message: Fields) -> None:
        """
        The copy says the same in JSON, and shares no container with the original, which is left
        alone.
        """
        before = repr(message)
        copy = plain_copy(message)
        self.assertEqual(json.dumps(copy), json.dumps(message))
        self.assertEqual(repr(message), before)
        originals = {id(each) for each in containers(message)}
        self.assertEqual([each for each in containers(copy) if id(each) in originals], [])

    def test_other_types(self) -> None:
        """
        There is no copy where anything is of another type, or only derived from one that is known.
        """

        class Text(str):
            """
            A text.
            """

            __slots__ = ()

        for odd in (b"", Text(), object(), {1}, OrderedDict(a=1), 1j, Exception):
            for value in (odd, [odd], (odd,), {"a": [1, (odd,)]}):
                self.assertIsNone(plain_copy({"field": value}), value)
        self.assertIsNone(plain_copy(OrderedDict(a=1)))

    def test_depth(self) -> None:
        """
        There is none of what is nested too deeply.
        """
        value: object = 1
        for _ in range(MAXIMUM_DEPTH - 1):
            value = [value]
        self.assertEqual(plain_copy({"field": value}), {"field": value})
        self.assertIsNone(plain_copy({"field": [value]}))

    def test_loop(self) -> None:
        """
        There is none of what contains itself.
        """
        loop: list[object] = []
        loop.append({"again": (loop,)})
        self.assertIsNone(plain_copy({"field": loop}))

    def test_many_values(self) -> None:
        """
        There is none of what has too many values, though they be the same again and again.
        """
        self.assertIsNone(plain_copy({"field": [1] * MAXIMUM_VALUES}))
        value: list[object] = [1]
        for _ in range(60):
            value = [value, value]
        self.assertIsNone(plain_copy({"field": value}))
