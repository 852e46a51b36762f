"""
How messages become JSON, for those who add to it.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from io import BytesIO
from pathlib import PurePosixPath
from uuid import UUID

from twisted.trial.unittest import SynchronousTestCase

from eliot import FileDestination, log_message, to_file
from eliot._encode import encoder_for
from eliot.json import EliotJSONEncoder, json_default
from tests.helpers import fresh_destinations


class MyClass:
    """
    A class that only its author knows.

    :param x: what is in it.
    """

    def __init__(self, x: object) -> None:
        self.x = x


class ByBase(EliotJSONEncoder):
    """
    An encoder that asks its base by name, as older code does.
    """

    def default(self, o: object) -> object:
        """
        Know one more class.
        """
        if isinstance(o, MyClass):
            return {"x": o.x}
        return EliotJSONEncoder.default(self, o)


class BySuper(EliotJSONEncoder):
    """
    An encoder that asks whoever is next.
    """

    def default(self, o: object) -> object:
        """
        Know one more class.
        """
        return {"x": o.x} if isinstance(o, MyClass) else super().default(o)


class Whole(BySuper):
    """
    An encoder that does more than that.
    """

    def encode(self, o: object) -> str:
        """
        Encode in order.
        """
        self.sort_keys = True
        return super().encode(o)


class Colour(Enum):
    """
    Colours.
    """

    RED = "red"


@dataclass
class Account:
    """
    A data class.
    """

    name: str


#: Values of all kinds of the standard library, and how they are read.
KNOWN: list[tuple[object, object]] = [
    (b"a\xff", "a\\xff"),
    (PurePosixPath("/a"), "/a"),
    (datetime(2020, 1, 2, tzinfo=UTC), "2020-01-02T00:00:00+00:00"),
    (timedelta(seconds=1.5), 1.5),
    (UUID(int=1), str(UUID(int=1))),
    (Decimal("1.10"), "1.10"),
    (Colour.RED, "red"),
    ({1}, [1]),
    (1j, {"real": 0.0, "imag": 1.0}),
    (ValueError("no"), {"exception": "builtins.ValueError", "reason": "no"}),
    (Account("me"), {"name": "me"}),
    (deque([1]), [1]),
    ({1: 2}.keys(), [1]),
    (int, "builtins.int"),
]


class EliotJSONEncoderTests(SynchronousTestCase):
    """
    The class to derive from.
    """

    def test_known(self) -> None:
        """
        It encodes all that messages may hold, with the standard library as well.
        """
        for value, expected in KNOWN:
            found = json.loads(json.dumps([value], cls=EliotJSONEncoder))
            self.assertEqual(found, [expected], repr(value))

    def test_unknown(self) -> None:
        """
        It refuses what it does not know, as such classes do.
        """
        self.assertRaises(TypeError, json.dumps, MyClass(1), cls=EliotJSONEncoder)
        self.assertRaises(TypeError, json_default, MyClass(1))

    def test_derived(self) -> None:
        """
        A class derived from it knows more types, and all those that were known before, within what
        is new, too.
        """
        for cls in (ByBase, BySuper, Whole):
            encoder = encoder_for(cls)
            for value, expected in KNOWN:
                message = json.loads(encoder({"a": value, "b": [MyClass({"c": value})]}))
                self.assertEqual(
                    message, {"a": expected, "b": [{"x": {"c": expected}}]}, repr(value)
                )

    def test_each_destination(self) -> None:
        """
        Each destination has the encoder that it was given.
        """
        fresh_destinations(self)
        mine, ordinary = BytesIO(), BytesIO()
        destination = to_file(mine, encoder=ByBase)
        self.assertIsInstance(destination, FileDestination)
        to_file(ordinary)
        log_message("said", what=MyClass(1))
        self.assertEqual(json.loads(mine.getvalue())["what"], {"x": 1})
        self.assertIn("MyClass", json.loads(ordinary.getvalue())["what"])
