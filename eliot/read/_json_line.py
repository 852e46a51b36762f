"""
Messages as lines of JSON again, with all that was read of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
        return _anything(fields)
    if b"null" in line and _has_nan(fields):
        return _anything(fields)
    return line


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


def _anything(fields: dict[str, JSON]) -> bytes:
    return "".join(_pieces(fields)).encode("ascii") + b"\n"


def _pieces(value: JSON) -> Iterator[str]:
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
                yield _scalar(item)
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
