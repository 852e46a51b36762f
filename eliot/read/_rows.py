"""
Tasks as rows of a table, one for each message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from eliot.read._action import ActionNode
from eliot.read._json_line import to_json
from eliot.read._message import JSON, Message
from eliot.read._tasks import Task

#: Columns of text that hold the field of the same name.
TEXTS: Final = ("action_type", "action_status", "message_type", "exception", "reason", "log_level")

_PLACE: Final = frozenset({"task_uuid", "task_level"})
_LARGEST: Final = 2**63 - 1

#: Times that any calendar can show, in seconds since the epoch: the years 1 to 9999.
_FIRST_TIME: Final = -62_135_596_800
_LAST_TIME: Final = 253_402_300_799


class Row(NamedTuple):
    """
    A message in a table.

    :ivar task_uuid: the identifier of its task.
    :ivar task_level: its level; ``None`` if a number of it does not fit into 64 bits.
    :ivar level: its level as text, such as ``/1/2``.
    :ivar timestamp: when it was logged, in microseconds since the epoch; ``None`` beyond the years
        1 to 9999.
    :ivar action_type: the field, if that is text; so are the next five.
    :ivar duration: at the end of an action, how long that took, in seconds.
    :ivar late: whether it came after the end of its action.
    :ivar duplicate: whether its level belongs to another message.
    :ivar task_complete: whether nothing of its task is known to be missing.
    :ivar fields: all other fields, as a JSON object; those that did not fit into their columns
        stand here as well.
    :ivar message: the message itself.
    """

    task_uuid: str
    task_level: list[int] | None
    level: str
    timestamp: int | None
    action_type: str | None
    action_status: str | None
    message_type: str | None
    exception: str | None
    reason: str | None
    log_level: str | None
    duration: float | None
    late: bool
    duplicate: bool
    task_complete: bool
    fields: bytes
    message: Message


def rows_of(task: Task) -> Iterator[Row]:
    """
    Make the rows of a task: those of each action in the order of levels, an action's own before
    those of the actions in it.

    :param task: a task that was handed out.
    """
    complete = task.is_complete
    waiting = [task.root]
    while waiting:
        action = waiting.pop()
        if action.start is not None:
            yield _row(action.start, None, late=False, duplicate=False, complete=complete)
        inner = []
        for child in action.children():
            item = child.item
            if isinstance(item, ActionNode):
                inner.append(item)
            elif isinstance(item, Message):
                duration = action.duration if item is action.end else None
                yield _row(item, duration, child.late, child.duplicate, complete)
        waiting += reversed(inner)


def moment_in(timestamp: float) -> int | None:
    """
    Turn seconds since the epoch into microseconds, if a calendar can show them.
    """
    if not _FIRST_TIME <= timestamp <= _LAST_TIME:
        return None
    return round(timestamp * 1_000_000)


def _row(
    message: Message, duration: float | None, late: bool, duplicate: bool, complete: bool
) -> Row:
    fields = message.fields
    rest: dict[str, JSON] = {}
    texts: dict[str, str] = {}
    for name, value in fields.items():
        if name in _TEXTS and isinstance(value, str):
            texts[name] = value
        elif name not in _PLACE:
            rest[name] = value
    timestamp = moment_in(message.timestamp)
    if timestamp is not None:
        del rest["timestamp"]
    level = message.level
    return Row(
        message.task_uuid,
        list(level) if max(level) <= _LARGEST else None,
        "/" + "/".join(map(str, level)),
        timestamp,
        texts.get("action_type"),
        texts.get("action_status"),
        texts.get("message_type"),
        texts.get("exception"),
        texts.get("reason"),
        texts.get("log_level"),
        duration,
        late,
        duplicate,
        complete,
        to_json(rest),
        message,
    )


_TEXTS: Final = frozenset(TEXTS)
