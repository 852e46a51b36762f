"""
What ``eliot-prettyprint`` says first of each message: which task, where in it, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from eliot.read._literal import one_line
from eliot.read._printable import printable

#: The fields that are in the head.
HEAD: Final = frozenset(["task_uuid", "task_level", "timestamp"])

#: The fields that come first, in this order.
_FIRST: Final = ("action_type", "message_type", "action_status")


def ordered_names(names: Iterable[object]) -> list[str]:
    """
    Put the names of a message's fields in the order in which they are shown.

    :param names: all names; those that are no text, which JSON cannot hold, are left out.
    :returns: those that are not in the head.
    """
    rest = {name for name in names if type(name) is str} - HEAD
    first = [name for name in _FIRST if name in rest]
    return first + sorted(rest.difference(first))


def show_task(fields: Mapping[str, object]) -> str:
    """
    Show the identifier of a message's task.
    """
    return _show(fields, "task_uuid")


def show_level(fields: Mapping[str, object]) -> str:
    """
    Show the place of a message in its task, such as ``1/2``.
    """
    level = fields.get("task_level")
    if type(level) is not list:
        return _show(fields, "task_level")
    return "/".join([_show_step(step) for step in level])


def show_time(fields: Mapping[str, object], *, local_timezone: bool) -> str:
    """
    Show when a message was logged: ``2026-11-22T08:06:21.383000Z``, or without the ``Z`` in the
    local time zone; without a fraction of a second if there is none.  What no calendar has is
    shown as it is.
    """
    timestamp = fields.get("timestamp")
    if isinstance(timestamp, (int, float)):
        moment = _moment(timestamp, None if local_timezone else UTC)
        if moment is not None:
            shown = moment.replace(tzinfo=None).isoformat()
            return shown if local_timezone else f"{shown}Z"
    return _show(fields, "timestamp")


def has_time(timestamp: float) -> bool:
    """
    Tell whether the calendar has a time.
    """
    return _moment(timestamp, UTC) is not None


def _moment(timestamp: float, zone: tzinfo | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp, zone)
    except (OverflowError, ValueError, OSError):
        return None


def _show(fields: Mapping[str, object], name: str) -> str:
    if name not in fields:
        return f"(no {name})"
    value = fields[name]
    return printable(value) if type(value) is str else one_line(value)


def _show_step(step: object) -> str:
    # 1.0 and True are the 1 that they equal: so levels can be looked up whatever they hold.
    if isinstance(step, int) or (type(step) is float and step.is_integer()):
        return str(int(step))
    return printable(step) if type(step) is str else one_line(step)
