"""
Telling what can be encoded as it is.
"""

from __future__ import annotations

import enum
from collections import OrderedDict

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._ids import Level
from eliot._plain import is_plain
from tests.helpers import Fields

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: (
        st.lists(values, max_size=4)
        | st.lists(values, max_size=4).map(tuple)
        | st.dictionaries(st.text(), values, max_size=4)
    ),
)


class Word(str):
    """
    A kind of text.
    """

    __slots__ = ()


class Number(enum.IntEnum):
    """
    A kind of number.
    """

    ONE = 1


class Untouchable(list[object]):
    """
    A list that must not be looked into.
    """

    def __iter__(self) -> object:  # type: ignore[override]  # that is the point
        raise AssertionError("It was.")


class IsPlainTests(SynchronousTestCase):
    """
    Telling.
    """

    @given(st.dictionaries(st.text(), PLAIN))
    def test_plain(self, message: Fields) -> None:
        """
        What consists of exact built-in types is plain; so is the level of a message.
        """
        self.assertTrue(is_plain({**message, "task_level": Level([1, 2])}))

    @given(
        PLAIN,
        st.sampled_from(
            [b"a", {1}, Word("a"), Number.ONE, OrderedDict(), object, 1j, Untouchable()]
        ),
    )
    def test_not_plain(self, plain: object, other: object) -> None:
        """
        Anything else is not, however deep it lies, and none of its own code is run.
        """
        for value in (other, [plain, other], (other, plain), {"a": plain, "b": [{"c": other}]}):
            self.assertFalse(is_plain({"field": value}))

    def test_names(self) -> None:
        """
        Nor is a dictionary whose keys are not all exact text.
        """
        for name in (1, None, b"a", Word("b"), (1,)):
            self.assertFalse(is_plain({"field": [{"a": 1, name: 2}]}))
            self.assertFalse(is_plain({name: 1}))  # type: ignore[dict-item]  # as well

    def test_without_end(self) -> None:
        """
        What contains itself is not, nor what would be very large.
        """
        loop: list[object] = []
        loop.append(loop)
        self.assertFalse(is_plain({"field": loop}))
        large: list[object] = []
        for _ in range(100):
            large = [large, large]
        self.assertFalse(is_plain({"field": large}))
