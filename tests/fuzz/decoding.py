"""
From bytes to messages: any bytes are some messages, and any odd message comes of some bytes.
"""

from __future__ import annotations

from typing import Final

from eliot.read import JSON
from tests.forests import Fields

_MAXIMUM_MESSAGES: Final = 40

#: Deeper than Python can call.
_DEEP: Final = 1100

_STATUSES: Final[list[JSON]] = ["started", "succeeded", "failed", "other", None, 5, ["failed"], ""]
_TYPES: Final[list[JSON]] = [
    "a",
    "b",
    "eliot:shared_task",
    "eliot:traceback",
    "",
    None,
    7,
    {"a": 1},
]
_TIMES: Final = [0.0, 0.001, 1.5, 1e9, 253402300800.0, -62135596801.0, -1.0, 1e300]
_NAMES: Final = [
    "eliot:duration",
    "reason",
    "exception",
    "traceback",
    "message_type",
    "log_level",
    "eliot:encoding",
    "field",
]


class _Bytes:
    """
    Gives one number after the other; zeros in the end.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def __bool__(self) -> bool:
        return self._place < len(self._data)

    def number(self, bound: int = 256) -> int:
        """
        :returns: a number below the bound.
        """
        self._place += 1
        return self._data[self._place - 1] % bound if self._place <= len(self._data) else 0

    def text(self) -> str:
        """
        :returns: text of any characters, some of them surrogates.
        """
        length = self.number(24)
        part = self._data[self._place : self._place + length]
        self._place += length
        return part.decode("utf-8", "surrogateescape")


def decode(data: bytes) -> list[Fields]:
    """
    Make messages, each with a ``mark`` of its own.

    :param data: any bytes.
    """
    source = _Bytes(data)
    messages: list[Fields] = []
    while source and len(messages) < _MAXIMUM_MESSAGES:
        # In any order with the other fields, but the last of them.
        messages.append({**_message(source), "mark": f"<{len(messages)}>"})
    return messages


def _message(source: _Bytes) -> Fields:
    kind = source.number()
    fields: Fields = {
        "task_uuid": ["one", "two", "\x1b[2J", "\u202e"][kind & 3],
        "task_level": _level(source),
        "timestamp": _TIMES[kind >> 2 & 7],
    }
    if kind & 32:
        fields["action_type"] = _TYPES[source.number(8)]
        fields["action_status"] = _STATUSES[source.number(8)]
    if kind & 64:
        fields["message_type"] = _TYPES[source.number(8)]
    if kind & 128:
        for _ in range(source.number(4)):
            number = source.number()
            name = _NAMES[number & 7] if number & 8 else source.text()
            fields[name] = _value(source, 2)
    return fields


def _level(source: _Bytes) -> list[JSON]:
    length = source.number()
    # Bytes that the fuzzer seldom hits upon, since this is slow.
    if length == 255 and source.number() == 222 and source.number() == 235:
        return [1] * (_DEEP + source.number(4))
    level: list[JSON] = []
    for _ in range(length % 4 + 1):
        number = source.number()
        # Mostly small, so that something stands side by side.
        level.append(2 ** (number % 70) if number > 250 else number % 8 + 1)
    return level


def _value(source: _Bytes, depth: int) -> JSON:
    kind = source.number(10)
    if kind == 0 and depth:
        return [_value(source, depth - 1) for _ in range(source.number(4))]
    if kind == 1 and depth:
        return {source.text(): _value(source, depth - 1) for _ in range(source.number(4))}
    simple: list[JSON] = [
        None,
        True,
        source.number(),
        -(10 ** source.number()),
        float("nan"),
        float("inf"),
        source.number() / 7,
    ]
    return simple[kind - 3] if kind >= 3 else source.text()
