"""
What becomes of a line that a child process has written.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Final

from orjson import JSONDecodeError, loads

from eliot._direct import pass_on
from eliot._message import log_message
from eliot._text import decode
from eliot.twisted._child_lines import Line

#: The type of messages that are what a child has written, other than messages.
OUTPUT: Final = "eliot:process_output"

# Integers that orjson, which is faster, would round.
_MAY_BE_LARGE: Final = re.compile(rb"[0-9]{19}")


def take_in(line: Line, stream: str, *, may_be_message: bool) -> None:
    """
    Write a line on, inside the current action.  Never raises.

    :param line: the line.
    :param stream: the name of what it came from.
    :param may_be_message: whether the child logs there: a line that is a message keeps
        its place, its time, and all that it says.
    """
    if may_be_message and not line.piece:
        message = message_in(line.data)
        if message is not None:
            pass_on(message)
            return
    fields: dict[str, object] = {"stream": stream, "text": decode(line.data)}
    if line.piece:
        fields["piece"] = line.piece
    if line.unfinished:
        fields["unfinished"] = True
    log_message(OUTPUT, **fields)


def message_in(data: bytes) -> dict[str, object] | None:
    """
    Read a message, if a line is one.  Never raises.

    :param data: the line.
    :returns: its fields; ``None`` if it is not a JSON object that has a place in a
        task, and a time.
    """
    data = data.strip()
    if data[:1] != b"{":
        return None
    message = _object_in(data)
    if not isinstance(message, dict):
        return None
    task_uuid = message.get("task_uuid")
    level = message.get("task_level")
    when = message.get("timestamp")
    if (
        type(task_uuid) is str
        and task_uuid
        and type(level) is list
        and level
        and all(type(step) is int and step > 0 for step in level)
        and _is_time(when)
    ):
        return message
    return None


def _object_in(data: bytes) -> object:
    decoded: object
    if _MAY_BE_LARGE.search(data) is None:
        try:
            decoded = loads(data)
        except JSONDecodeError:
            # Others write numbers for which JSON has no word, and lone surrogates.
            decoded = _object_leniently(data)
        return decoded
    return _object_leniently(data)


def _object_leniently(data: bytes) -> object:
    decoded: object
    try:
        decoded = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return decoded


def _is_time(value: object) -> bool:
    return type(value) is int or (type(value) is float and isfinite(value))
