"""
What was read as JSON again, whatever it is.

Decoding lets pass more than JSON has words for, since programs write it: lone surrogates, NaN and
the infinities, numbers and depths of any size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Final

from orjson import OPT_APPEND_NEWLINE, dumps

from eliot.read._message import JSON, Message

#: Escapes everything beyond ASCII, lone surrogates too.
_scalar: Final = json.JSONEncoder().encode


def json_line(message: Message) -> bytes:
    """
    Write a message as it stands in a file, with all that was read of it: also numbers and
    texts for which JSON has no word, as far as they were taken in.

    :param message: a message of whatever size and depth.
    :returns: the line, with its end.
    """
    fields = message.fields
    try:
        line = dumps(fields, option=OPT_APPEND_NEWLINE)
    except TypeError:
        # An integer beyond 64 bits, a lone surrogate, or many levels.
        return _anything(fields, _scalar) + b"\n"
    if b"null" in line and _has_nan(fields):
        return _anything(fields, _scalar) + b"\n"
    return line


def to_json(fields: dict[str, JSON]) -> bytes:
    """
    Write an object as JSON that every decoder takes: what is no number becomes ``null``.

    :param fields: the object, as it was decoded.
    :returns: one line, without its end.
    """
    try:
        return dumps(fields)
    except TypeError:
        return _anything(fields, _strict_scalar)


def _has_nan(fields: dict[str, JSON]) -> bool:
    """
    Whether there is a number that is not finite: some programs write such ones, for which JSON has
    no word, and the encoder knows none but null.
    """
    waiting: list[JSON] = [fields]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, float) and not isfinite(item):
            return True
    return False


def _strict_scalar(item: JSON) -> str:
    return "null" if isinstance(item, float) and not isfinite(item) else _scalar(item)


def _anything(fields: dict[str, JSON], scalar: Callable[[JSON], str]) -> bytes:
    return "".join(_pieces(fields, scalar)).encode("ascii")


def _pieces(value: JSON, scalar: Callable[[JSON], str]) -> Iterator[str]:
    """
    Write a value; depth costs no recursion.
    """
    waiting: list[Iterator[tuple[str, JSON]]] = [iter([("", value)])]
    ends = [""]
    while waiting:
        for before, item in waiting[-1]:
            yield before
            if isinstance(item, dict):
                waiting.append(_members(item))
                ends.append("}")
                yield "{"
            elif isinstance(item, list):
                waiting.append(_items(item))
                ends.append("]")
                yield "["
            else:
                yield scalar(item)
                continue
            break
        else:
            waiting.pop()
            yield ends.pop()


def _members(members: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    comma = ""
    for name, value in members.items():
        yield f"{comma}{_scalar(name)}:", value
        comma = ","


def _items(items: list[JSON]) -> Iterator[tuple[str, JSON]]:
    comma = ""
    for item in items:
        yield comma, item
        comma = ","
