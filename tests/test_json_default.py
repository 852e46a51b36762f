"""
Values of types that JSON does not know, as ones that it knows.
"""

from __future__ import annotations

import array
import enum
import json
from collections import ChainMap, OrderedDict, UserDict, UserList, UserString, deque, namedtuple
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode
from eliot._json_default import json_default
from eliot._json_guests import MAXIMUM_ITEMS
from eliot._represent import MAXIMUM_VALUES
from tests.hostile import (
    Disguised,
    Hostile,
    HostileRecord,
    LyingBytes,
    LyingSet,
    OfHostileClass,
)

Pair = namedtuple("Pair", ["first", "second"])  # noqa: PYI024 (an untyped one, too)


class Colour(enum.Enum):
    """
    Colours.
    """

    RED = "red"


class Number(enum.IntEnum):
    """
    Numbers.
    """

    ONE = 1


class Odd:
    """
    A value of a type that nobody knows.
    """

    def __repr__(self) -> str:
        return "<odd>"


class Endless(Mapping[int, int]):
    """
    A mapping without end.
    """

    def __getitem__(self, key: int) -> int:
        return key

    def __iter__(self) -> Iterator[int]:
        return count()

    def __len__(self) -> int:
        return 3


def logged(value: object) -> tuple[object, bool]:
    """
    Encode one field.

    :returns: what a reader gets, and whether it was named as replaced.
    """
    message = json.loads(encode({"field": [value]}))
    return message["field"][0], "eliot:encoding" in message


class JsonDefaultTests(SynchronousTestCase):
    """
    The function for types that JSON does not know.
    """

    def test_unknown(self) -> None:
        """
        It refuses other types, as such functions do.
        """
        error = self.assertRaises(TypeError, json_default, Odd())
        self.assertIn("Odd", str(error))

    def test_in_standard_encoder(self) -> None:
        """
        It serves the standard library's encoder as well.
        """
        text = json.dumps([b"a", {1}, Path("a"), Colour.RED, deque([1])], default=json_default)
        self.assertEqual(json.loads(text), ["a", [1], "a", "red", [1]])

    def test_collections(self) -> None:
        """
        Collections that are no lists, and mappings that are no dictionaries, become these.
        """
        for value, expected in [
            (deque([1, {2}], maxlen=5), [1, [2]]),
            (array.array("d", [1.5]), [1.5]),
            (UserList([1]), [1]),
            (UserString("a"), "a"),
            (UserDict({"a": {1}}), {"a": [1]}),
            (ChainMap({"a": 1}, {"b": 2}), {"a": 1, "b": 2}),
            (MappingProxyType({"a": 1}), {"a": 1}),
            (OrderedDict(a=1), {"a": 1}),
            ({"a": 1}.keys(), ["a"]),
            ({"a": 1}.values(), [1]),
            ({"a": 1}.items(), [["a", 1]]),
            (Pair(1, {2}), [1, [2]]),
            (range(3), [0, 1, 2]),
            (range(3, 0, -2), [3, 1]),
            (range(0), []),
            (Number.ONE, 1),
        ]:
            self.assertEqual(logged(value), (expected, False), repr(value))

    @given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 50))
    def test_large_range(self, start: int, stop: int, step: int) -> None:
        """
        Of a large range the first numbers are logged, and how many there are.
        """
        numbers = range(start, stop, step if stop > start else -step)
        found = json_default(numbers)
        if len(numbers) <= MAXIMUM_ITEMS:
            self.assertEqual(found, list(numbers))
        else:
            self.assertEqual(
                found,
                {"array_start": list(numbers[:MAXIMUM_ITEMS]), "original_shape": [len(numbers)]},
            )

    def test_endless_range(self) -> None:
        """
        Its length may be more than a list could have.
        """
        found = json_default(range(10**30))
        assert isinstance(found, dict)
        self.assertEqual(found["original_shape"], [10**30])

    def test_without_end(self) -> None:
        """
        No more is read of a collection than is logged, and it shows that there was more.
        """
        found, replaced = logged(Endless())
        assert isinstance(found, dict)
        self.assertTrue(replaced)
        self.assertLess(len(found), MAXIMUM_VALUES + 2)
        self.assertIn("more than", str(found["..."]))
        for value in (set(range(MAXIMUM_VALUES + 50)), deque(range(MAXIMUM_VALUES + 50))):
            found, replaced = logged(value)
            assert isinstance(found, list)
            self.assertTrue(replaced)
            self.assertIn("more than", found[-1])

    def test_iterators(self) -> None:
        """
        What is used up by reading is left alone.
        """
        numbers = [1, 2]
        for iterator in (
            iter(numbers),
            (each for each in numbers),
            map(str, numbers),
            zip(numbers),
        ):
            found, replaced = logged(iterator)
            self.assertTrue(replaced)
            self.assertIsInstance(found, str)
            self.assertEqual(len(list(iterator)), 2)

    def test_exceptions(self) -> None:
        """
        An exception is its class and its text; a Failure is the exception that it holds.
        """
        expected = {"exception": "builtins.ValueError", "reason": "no"}
        self.assertEqual(logged(ValueError("no")), (expected, False))
        self.assertEqual(logged(Failure(ValueError("no"))), (expected, False))

    def test_hostile(self) -> None:
        """
        Values that raise, and those that lie about their class, are shown by a text, alone.
        """
        for value in (
            Hostile(""),
            LyingSet([1]),
            OfHostileClass(),
            HostileRecord(),
            Disguised(dict),
            Disguised(set),
            Disguised(deque),
            Disguised(range),
        ):
            found, _ = logged(value)
            self.assertIn(type.__dict__["__name__"].__get__(type(value)), str(found))
        self.assertEqual(logged(LyingBytes(b"a"))[1], True)
