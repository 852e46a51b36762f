"""
Whatever is logged, nothing is raised, and every message arrives.
"""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from orjson import Fragment
from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, add_destinations, log_message, start_action, to_file
from tests.helpers import Fields, Recorder, fresh_destinations, scratch
from tests.hostile import (
    Disguised,
    Hostile,
    HostileKey,
    HostileRecord,
    HostileZone,
    Huge,
    LyingBytes,
    LyingDict,
    LyingFloat,
    LyingInt,
    LyingList,
    LyingSet,
    LyingStr,
    LyingTuple,
    Mute,
    OfHostileClass,
)


class Word(enum.StrEnum):
    """
    Words.
    """

    YES = "yes"


class Strange(enum.Enum):
    """
    An enumeration of values that JSON does not know.
    """

    THING = object()
    HUGE = 2**70


class RaisingEnum(enum.Enum):
    """
    An enumeration that does not tell its values.
    """

    THING = 1

    @property
    def value(self) -> object:  # type: ignore[override]  # a lie
        """
        Raise.
        """
        raise ZeroDivisionError


class Point(NamedTuple):
    """
    A point.
    """

    x: object
    y: object


@dataclass
class Record:
    """
    A data class with a private field.
    """

    name: object
    _secret: object


class Case:
    """
    A value to be logged.

    :param value: the value.
    :param replaced: whether its field must be named as one in which something was replaced;
        ``None`` if that depends.
    """

    def __init__(self, value: object, replaced: bool | None) -> None:
        self.value = value
        self.replaced = replaced


def nested(depth: int) -> list[object]:
    """
    Make a list of a list of a list.
    """
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


def loop() -> list[object]:
    """
    Make a list that contains itself.
    """
    value: list[object] = [1]
    value.append({"again": (value,)})
    return value


def tuple_loop() -> list[object]:
    """
    Make a list that contains itself by way of tuples alone.
    """
    value: list[object] = []
    value.append((value,))
    return value


ANY_TEXT = st.text(st.characters(exclude_categories=[]))

ORDINARY = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.uuids()
    | st.decimals()
    | st.complex_numbers()
    | st.sampled_from([Word.YES, 10.5, math.nan, -math.inf, ValueError, ValueError("\n")])
).map(lambda value: Case(value, False))

#: An ordinary one.
ZONE = timezone(timedelta(hours=2))

#: Odd values, by names under which they can be shown: what makes them, and whether something in
#: them must be replaced, as in :class:`Case`.
MADE: dict[str, tuple[Callable[[], object], bool | None]] = {
    "huge": (lambda: Huge(10**5000), True),
    "hostile": (lambda: Hostile(""), True),
    "hostile, but for repr": (lambda: Hostile("repr"), True),
    "hostile, but for str": (lambda: Hostile("str"), True),
    "hostile key": (lambda: {HostileKey(): 1}, True),
    "keys of the same text": (lambda: {(1, 2): 1, "a": 2, "(1, 2)": 3}, True),
    "of a hostile class": (lambda: OfHostileClass(), True),  # noqa: PLW0108  # asked too early
    "hostile class": (lambda: OfHostileClass, None),
    "hostile record": (HostileRecord, True),
    "datetime in a hostile zone": (lambda: datetime(2020, 1, 1, tzinfo=HostileZone()), True),
    "time in a hostile zone": (lambda: time(1, tzinfo=HostileZone()), True),
    "datetime in a zone": (lambda: datetime(2020, 1, 1, tzinfo=ZONE), False),
    "enumerated thing": (lambda: Strange.THING, True),
    "enumerated huge": (lambda: Strange.HUGE, True),
    "mute exception": (Mute, None),
    "deep": (lambda: nested(3000), True),
    "loop": (loop, True),
    "loop through tuples": (tuple_loop, True),
    "enumeration that raises": (lambda: RaisingEnum.THING, True),
    "UUID without a number": (lambda: UUID.__new__(UUID), True),
    "prepared JSON": (lambda: Fragment(b"}\n{"), True),
    "lying dictionary": (lambda: LyingDict(a=1), None),
    "lying list": (lambda: LyingList([1]), None),
    "lying tuple": (lambda: LyingTuple([1]), None),
    "lying set": (lambda: LyingSet([1]), None),
    "lying text": (lambda: LyingStr("a"), None),
    "lying integer": (lambda: LyingInt(1), None),
    "lying float": (lambda: LyingFloat(1), None),
    "lying bytes": (lambda: LyingBytes(b"a"), None),
    "function": (lambda: nested, True),
    "generator": (lambda: (number for number in range(3)), True),
    "NotImplemented": (lambda: NotImplemented, True),
    "ellipsis": (lambda: ..., True),
}


def made(name: str) -> Case:
    """
    Make an odd value.
    """
    make, replaced = MADE[name]
    return Case(make(), replaced)


ODD = st.one_of(
    ANY_TEXT.map(lambda text: Case(text + "\ud800", True)),
    st.integers(2**64, 2**10_000).map(lambda number: Case(number, True)),
    st.integers(-(2**10_000), -(2**63) - 1).map(lambda number: Case(number, True)),
    st.sampled_from(
        [bytes, str, int, float, dict, list, tuple, set, type, datetime, enum.Enum, Exception]
    ).map(lambda cls: Case(Disguised(cls), None)),
    st.sampled_from(sorted(MADE)).map(made),
)


def together(cases: list[Case], make: Callable[[list[object]], object]) -> Case:
    """
    Put values into a container.

    :param make: makes it of them.
    """
    replaced: bool | None = any(case.replaced for case in cases)
    if not replaced and any(case.replaced is None for case in cases):
        replaced = None
    return Case(make([case.value for case in cases]), replaced)


CASES = st.recursive(
    ORDINARY | ODD,
    lambda cases: st.builds(
        together,
        st.lists(cases, min_size=2, max_size=4),
        st.sampled_from(
            [
                list,
                tuple,
                lambda values: {str(number): value for number, value in enumerate(values)},
                lambda values: dict(enumerate(values)),
                lambda values: [values, values],
                lambda values: Point(values[0], values[1:]),
                lambda values: Record(values[0], values[1:]),
            ]
        ),
    ),
    max_leaves=8,
)


def log_by_function(fields: Fields) -> None:
    """
    Log a message.
    """
    log_message("odd", **fields)


def log_later(fields: Fields) -> None:
    """
    Make a message, and log it.
    """
    Message.new(message_type="odd").bind(**fields).write()


def log_by_mapping(fields: Fields) -> None:
    """
    Make a message of a dictionary, whose names may be bytes, and log it.
    """
    Message({"message_type": "odd", b"name": 1, **fields}).write()  # type: ignore[dict-item]  # as well


def log_start(fields: Fields) -> None:
    """
    Log the start of an action.
    """
    start_action(None, "odd", None, **fields)


def log_end(fields: Fields) -> None:
    """
    Log the start and the end of an action.
    """
    with start_action(action_type="odd") as action:
        action.add_success_fields(**fields)


WAYS: list[Callable[[Fields], None]] = [
    log_by_function,
    log_later,
    log_by_mapping,
    log_start,
    log_end,
]


def strict(line: bytes) -> Fields:
    """
    Read a line as a strict reader does.

    :raises ValueError: if it is not JSON, or names a field twice.
    """

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def unique(pairs: list[tuple[str, object]]) -> Fields:
        message = dict(pairs)
        if len(message) != len(pairs):
            raise ValueError(pairs)
        return message

    message: Fields = json.loads(line, parse_constant=refuse, object_pairs_hook=unique)
    return message


class BadInputTests(SynchronousTestCase):
    """
    Logging arbitrary objects to a real file.
    """

    @settings(max_examples=200)
    @given(
        st.dictionaries(st.sampled_from(["a", "é", "\udc80", "exception"]), CASES, min_size=1),
        st.sampled_from(WAYS),
    )
    def test_any(self, cases: dict[str, Case], log: Callable[[Fields], None]) -> None:
        """
        Nothing is raised, and each message is in the file as one line of JSON, with its own
        identity; other fields are untouched, and those in which something was replaced are named.
        """
        fresh_destinations(self)
        recorder = Recorder()
        with self.path.open("wb") as file:
            to_file(file)
            add_destinations(recorder)
            log({**{name: case.value for name, case in cases.items()}, "plain": [1, {"b": "é\n"}]})
        data = self.path.read_bytes()
        self.assertTrue(data.endswith(b"\n"))
        lines = [strict(line) for line in data[:-1].split(b"\n")]
        self.assertEqual(len(lines), len(recorder.messages))
        for line, message in zip(lines, recorder.messages, strict=True):
            for name in ("task_uuid", "task_level", "timestamp", "action_type", "message_type"):
                self.assertEqual(line.get(name), message.get(name))
        line = lines[-1]
        self.assertEqual(line["plain"], [1, {"b": "é\n"}])
        named = line.get("eliot:encoding", [])
        assert isinstance(named, list)
        for name, case in cases.items():
            shown = name.encode("utf-8", "backslashreplace").decode()
            self.assertIn(shown, line)
            if shown != name or case.replaced:
                self.assertIn(shown, named)
            elif case.replaced is False:
                self.assertNotIn(shown, named)
        if log is log_by_mapping:
            self.assertEqual(line["name"], 1)

    def setUp(self) -> None:
        """
        Make a place for the file.
        """
        self.path = scratch(self) / "test.log"
