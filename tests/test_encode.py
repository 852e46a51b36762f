"""
Encoding: a message becomes one line of JSON.
"""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import FAILURE_MARKS, Encoder, encode, encoder_for, failure_marks_of
from tests.helpers import Fields, run_child
from tests.hostile import Disguised

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
)

IDENTITY: Fields = {"task_uuid": "task", "task_level": [1], "timestamp": 1.5, "message_type": "t"}


class Colour(enum.Enum):
    """
    Colours.
    """

    RED = "red"
    MIXED = (1, 2)


class Pair(NamedTuple):
    """
    A pair.
    """

    first: object
    second: object


@dataclass
class Account:
    """
    A data class, with a private field.
    """

    name: str
    _secret: int = 7
    tags: set[str] = field(default_factory=set)


@dataclass
class Computed:
    """
    A data class, one of whose fields cannot be had.
    """

    size: int = 1

    def __getattribute__(self, name: str) -> object:
        if name == "size":
            raise ZeroDivisionError
        return super().__getattribute__(name)


class Odd:
    """
    A value of a type that nobody knows.
    """

    def __repr__(self) -> str:
        return "<odd>"


def encoded(value: object, encoder: Encoder = encode) -> tuple[object, bool]:
    """
    Encode one field.

    :returns: what a reader gets, and whether it was named as replaced.
    :raises AssertionError: if the message is not one line, or if its identity suffers.
    """
    line = encoder({**IDENTITY, "field": value})
    assert line.count(b"\n") == 1, line
    assert line.endswith(b"\n"), line
    message = json.loads(line, parse_constant=float)
    assert {name: message.pop(name) for name in IDENTITY} == IDENTITY
    replaced = message.pop("eliot:encoding", [])
    assert replaced in ([], ["field"]), replaced
    assert list(message) == ["field"], message
    return message["field"], bool(replaced)


class EncodeTests(SynchronousTestCase):
    """
    The ordinary encoder.
    """

    @given(JSON)
    def test_json(self, value: object) -> None:
        """
        What JSON knows is read as it was.
        """
        self.assertEqual(encoded(value), (value, False))

    def test_known_types(self) -> None:
        """
        Values of the standard library's types are written as documented, and not named.
        """
        east = timezone(timedelta(hours=2))
        for value, expected in [
            (b"caf\xc3\xa9 \xff", "café \\xff"),
            (bytearray(b"a"), "a"),
            (memoryview(b"a"), "a"),
            (datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2020-01-02T03:04:05.000006+00:00"),
            (datetime(2020, 1, 2, tzinfo=east), "2020-01-02T00:00:00+02:00"),
            (date(2020, 1, 2), "2020-01-02"),
            (time(3, 4), "03:04:00"),
            (timedelta(minutes=1, milliseconds=500), 60.5),
            (PurePosixPath("/a/b"), "/a/b"),
            (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (Decimal("1.10"), "1.10"),
            (1 + 2j, {"real": 1.0, "imag": 2.0}),
            ({"a"}, ["a"]),
            (frozenset([1]), [1]),
            (Colour.RED, "red"),
            (Colour.MIXED, [1, 2]),
            ((1, (2,)), [1, [2]]),
            (Pair(1, 2), [1, 2]),
            (Account("me"), {"name": "me", "_secret": 7, "tags": []}),
            (ValueError("no"), {"exception": "builtins.ValueError", "reason": "no"}),
            (ValueError, "builtins.ValueError"),
            (math.nan, None),
            (math.inf, None),
            (-math.inf, None),
        ]:
            self.assertEqual(encoded(value), (expected, False))
            self.assertEqual(encoded({"a": [value]}), ({"a": [expected]}, False))

    def test_same_by_either_path(self) -> None:
        """
        A value is written in the same way whether another field made the encoder take the slow
        path or not.
        """
        for value in (b"a", {1j}, Account("me", tags={"x"}), Colour.RED, (1, 2), math.nan, 1e300):
            fast = json.loads(encode({"field": value}))
            slow = json.loads(encode({"field": value, "odd": 2**70}))
            self.assertEqual(fast["field"], slow["field"])

    def test_unknown(self) -> None:
        """
        A value of an unknown type is its text, alone, and its field is named.
        """
        self.assertEqual(encoded([1, Odd(), {"a": Odd()}]), ([1, "<odd>", {"a": "<odd>"}], True))
        self.assertEqual(encoded(Fraction(1, 3)), ("Fraction(1, 3)", True))

    def test_raising(self) -> None:
        """
        So is one of a known type that raises.
        """
        value, replaced = encoded(Computed())
        self.assertTrue(replaced)
        self.assertIsInstance(value, str)

    def test_disguised(self) -> None:
        """
        One that lies about its class does no harm.
        """
        for cls in (
            bytes,
            datetime,
            timedelta,
            Path,
            UUID,
            set,
            enum.Enum,
            float,
            tuple,
            type,
            dict,
        ):
            value, _ = encoded(Disguised(cls))
            self.assertIn("Disguised", str(value))

    def test_newlines(self) -> None:
        """
        Newlines of all kinds within a text stay within the line.
        """
        text = "a\nb\r\nc\u2028d\u0085e\x00"
        self.assertEqual(encoded(text), (text, False))
        self.assertEqual(encoded({text: [text.encode()]}), ({text: [text]}, False))

    def test_unchanged(self) -> None:
        """
        The message stays as it is.
        """
        message: Fields = {"a": [Odd()], "b": {1}}
        copy = dict(message)
        encode(message)
        self.assertEqual(message, copy)

    def test_names_as_bytes(self) -> None:
        """
        Field names given as UTF-8 bytes are decoded.
        """
        message: dict[object, object] = {b"caf\xc3\xa9": 1}
        line = encode(message)  # type: ignore[arg-type]  # as well
        self.assertEqual(json.loads(line), {"café": 1})

    def test_few_digits(self) -> None:
        """
        An interpreter that writes no long integers costs the field, not the others.
        """
        child = run_child(
            "import json, sys\n"
            "from eliot._encode import encode\n"
            "sys.set_int_max_str_digits(640)\n"
            "message = json.loads(encode({'large': 1 << 9000, 'other': 1}))\n"
            "assert message['other'] == 1, message\n"
            "assert message['eliot:encoding'] == ['large'], message\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))


class CrashTests(SynchronousTestCase):
    """
    Values that might take the interpreter down: each is encoded in a child process.
    """

    def assert_survives(self, program: str) -> None:
        """
        Fail unless a message is encoded with its identity.

        :param program: sets ``value``.
        """
        child = run_child(
            "import enum, json, os, uuid\n"
            "from datetime import *\n"
            "from eliot._encode import encode\n"
            + program
            + "\nline = encode({'task_uuid': 'task', 'field': value, 'other': 1})\n"
            "assert line.count(b'\\n') == 1, line\n"
            "message = json.loads(line)\n"
            "assert (message['task_uuid'], message['other']) == ('task', 1), message\n"
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))

    def test_time_zone_that_raises(self) -> None:
        """
        A time in a zone that raises.
        """
        self.assert_survives(
            "class Zone(tzinfo):\n"
            "    def utcoffset(self, when): raise ZeroDivisionError\n"
            "value = [datetime(2020, 1, 1, tzinfo=Zone()), time(1, tzinfo=Zone())]"
        )

    def test_uuid_of_other_size(self) -> None:
        """
        A UUID whose number is none.
        """
        self.assert_survives("value = uuid.uuid4()\nobject.__setattr__(value, 'int', 'no number')")

    def test_list_that_changes(self) -> None:
        """
        A list that gets shorter while it is encoded, as another thread may make it.
        """
        self.assert_survives(
            "class Name(os.PathLike):\n"
            "    def __fspath__(self):\n"
            "        value.clear()\n"
            "        return 'x' * 100\n"
            "value = [Name(), *(str(number) * 50 for number in range(1000))]"
        )

    def test_dictionary_that_changes(self) -> None:
        """
        A dictionary that gets smaller while it is encoded.
        """
        self.assert_survives(
            "class Name(os.PathLike):\n"
            "    def __fspath__(self):\n"
            "        value.clear()\n"
            "        return 'x' * 100\n"
            "value = {'first': Name(), **{str(n): str(n) * 50 for n in range(1000)}}"
        )

    def test_deep(self) -> None:
        """
        A hundred thousand lists in each other.
        """
        self.assert_survives("value = []\nfor _ in range(100_000): value = [value]")

    def test_deep_by_default(self) -> None:
        """
        An object that is a list of an object that is a list, without end.
        """
        self.assert_survives(
            "class Again(tuple):\n"
            "    def __iter__(self): return iter([Again([1]), Again([1])])\n"
            "value = Again([1])"
        )

    def test_loop_through_tuple(self) -> None:
        """
        Lists that contain themselves by way of tuples, at any depth.
        """
        for depth in range(4):
            self.assert_survives(
                "loop = []\n"
                "loop.append((loop,))\n"
                "value = loop\n"
                f"for _ in range({depth}): value = (value,)"
            )

    def test_enum_that_raises(self) -> None:
        """
        An enumeration whose value raises.
        """
        self.assert_survives(
            "class Colour(enum.Enum):\n"
            "    RED = 1\n"
            "    @property\n"
            "    def value(self): raise ZeroDivisionError\n"
            "value = Colour.RED"
        )

    def test_empty_uuid(self) -> None:
        """
        A UUID that was never initialized.
        """
        self.assert_survives("value = uuid.UUID.__new__(uuid.UUID)")

    def test_prepared_json(self) -> None:
        """
        JSON that somebody has prepared for the encoder, on several lines.
        """
        self.assert_survives("import orjson\nvalue = orjson.Fragment(b'{\\n \"a\": 1\\n}')")

    def test_prepared_garbage(self) -> None:
        """
        The same, where it is not JSON.
        """
        self.assert_survives("import orjson\nvalue = orjson.Fragment(b'}')")

    def test_message_that_lies(self) -> None:
        """
        A message of a class that says that it is empty.
        """
        self.assert_survives(
            "class Colour(enum.Enum):\n"
            "    RED = 1\n"
            "    @property\n"
            "    def value(self): raise ZeroDivisionError\n"
            "class Lying(dict):\n"
            "    def values(self): return []\n"
            "    keys = items = __iter__ = values\n"
            "value = Colour.RED\n"
            "ordinary = encode\n"
            "def encode(message): return ordinary(Lying(message))"
        )


class Plainer(json.JSONEncoder):
    """
    An encoder that knows one more type.
    """

    def default(self, o: object) -> object:
        """
        Turn it into a text.
        """
        return "plain" if isinstance(o, Odd) else super().default(o)


class Shouting(json.JSONEncoder):
    """
    An encoder that does more: it writes text in upper case, on several lines.
    """

    def __init__(self) -> None:
        super().__init__(indent=2)

    def encode(self, o: object) -> str:
        """
        Encode.
        """
        return super().encode(o).replace("text", "TEXT")


class Broken(json.JSONEncoder):
    """
    An encoder that does not work.
    """

    def encode(self, o: object) -> str:
        """
        Raise.
        """
        raise ZeroDivisionError


def plainer(value: object) -> object:
    """
    Turn one more type into text.
    """
    if isinstance(value, Odd):
        return "plain"
    raise TypeError


class EncoderForTests(SynchronousTestCase):
    """
    Encoders that somebody asks for.
    """

    def test_neither(self) -> None:
        """
        Without a wish it is the one and only ordinary one, so that destinations share its work.
        """
        self.assertIs(encoder_for(), encode)

    def test_one_more_type(self) -> None:
        """
        A class, or a function, adds types to those that are known anyway.
        """
        for encoder in (encoder_for(Plainer), encoder_for(json_default=plainer)):
            self.assertEqual(encoded([Odd(), {1}, b"a"], encoder), (["plain", [1], "a"], False))
            self.assertEqual(encoded([Odd(), 2**70], encoder), (["plain", str(2**70)], True))

    def test_comes_first(self) -> None:
        """
        It is asked before what is known of types that JSON itself does not know.
        """
        for value in (b"a", {1}, Account("me"), date(2020, 1, 1), Decimal(1)):
            encoder = encoder_for(json_default=lambda value: "mine")
            self.assertEqual(encoded(value, encoder), ("mine", False))

    def test_whole_class(self) -> None:
        """
        A class that does more than that does it, but on one line.
        """
        encoder = encoder_for(Shouting)
        self.assertEqual(encoded(["text", {"a": 1}], encoder), (["TEXT", {"a": 1}], False))

    def test_whole_class_is_strict(self) -> None:
        """
        Its lines are JSON also where the standard library's would not be.
        """
        self.assertEqual(encoded([math.nan, 1], encoder_for(Shouting)), ([None, 1], False))

    def test_broken(self) -> None:
        """
        One that raises costs no message.
        """

        def raising(value: object) -> object:
            raise ZeroDivisionError

        self.assertEqual(encoded(["a", 1], encoder_for(Broken)), (["a", 1], False))
        self.assertEqual(encoded(Odd(), encoder_for(json_default=raising)), ("<odd>", True))

    def test_interrupted(self) -> None:
        """
        What is not an error passes through.
        """

        def interrupted(times: int) -> Callable[[object], object]:
            left = [None] * times

            def default(value: object) -> object:
                if left:
                    left.pop()
                    raise KeyboardInterrupt
                return "calm again"

            return default

        for times in (1, 2):
            encoder = encoder_for(json_default=interrupted(times))
            self.assertRaises(KeyboardInterrupt, encoder, {"field": Odd()})

    def test_both(self) -> None:
        """
        Both at once are refused.
        """
        self.assertRaises(TypeError, encoder_for, Plainer, plainer)

    def test_wrong(self) -> None:
        """
        So is what is neither.
        """
        for wrong in (Plainer(), plainer, dict, "Plainer"):
            self.assertRaises(TypeError, encoder_for, wrong)
        self.assertRaises(TypeError, encoder_for, None, "plainer")


class Console:
    """
    An encoder that writes no JSON.
    """

    failure_marks = (b" FAILED ",)

    def __call__(self, message: Fields) -> bytes:
        """
        Encode a message.
        """
        return b" FAILED \n" if message.get("action_status") == "failed" else b"\n"


class FailureMarksTests(SynchronousTestCase):
    """
    How a line shows that something has failed.
    """

    def test_json(self) -> None:
        """
        Lines of JSON do it in the spelling of each encoder; ordinary messages do not.
        """
        failures: list[Fields] = [
            {"action_status": "failed"},
            {"message_type": "eliot:traceback"},
            {"message_type": "mine", "traceback": "Traceback ..."},
        ]
        ordinary: list[Fields] = [
            {"action_status": "succeeded"},
            {"message_type": "mine", "text": 'quotes "traceback":, "action_status":"failed"'},
            {"status": "failed", "type": "eliot:traceback"},
        ]
        for encoder in (encode, encoder_for(Plainer), encoder_for(Shouting)):
            self.assertIs(failure_marks_of(encoder), FAILURE_MARKS)
            for messages, expected in ((failures, True), (ordinary, False)):
                for message in messages:
                    line = encoder(message)
                    found = any(mark in line for mark in FAILURE_MARKS)
                    self.assertEqual(found, expected, line)

    def test_spaces(self) -> None:
        """
        So they do where there are spaces between names and values.
        """
        line = json.dumps({"action_status": "failed"}).encode()
        self.assertTrue(any(mark in line for mark in FAILURE_MARKS))

    def test_others(self) -> None:
        """
        Encoders of other lines say it themselves.
        """
        self.assertEqual(failure_marks_of(Console()), (b" FAILED ",))
