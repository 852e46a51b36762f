"""
One message, as it was found in a log.
"""

from __future__ import annotations

from math import isfinite
from typing import Final, TypeAlias, final

#: What a JSON document can hold, once it is decoded.
JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

#: How many integers a level may have.  Every one of them is an action to be
#: kept and drawn, so a line of a few bytes each could ask for any amount of
#: memory.  Programs stay far below.
MAXIMUM_DEPTH: Final = 10_000


class MalformedMessage(ValueError):
    """
    Something was read that is not a message; the text says what was wrong,
    and shows nothing of the contents.
    """

    # Where people find it: eliot.parse shows it, too.
    __module__ = "eliot.read"


@final
class Message:
    """
    A message that was read: the decoded JSON object and, checked and ready to
    use, the three fields that give it its place.  Nothing may change it.

    :ivar fields: the whole object, as it was decoded.
    :ivar task_uuid: the identifier of the task.
    :ivar level: the path from the root of the task.
    :ivar timestamp: when it was logged, in seconds since the epoch.
    :ivar status: ``"started"``, ``"succeeded"`` or ``"failed"`` if it starts or
        ends an action, ``None`` if it stands for itself.
    """

    __slots__ = ("fields", "level", "status", "task_uuid", "timestamp")

    fields: dict[str, JSON]
    level: tuple[int, ...]
    status: str | None
    task_uuid: str
    timestamp: float

    def __init__(self, decoded: JSON) -> None:
        """
        Check a decoded JSON document.

        :param decoded: the document; it is kept, not copied.
        :raises MalformedMessage: if it is not a message.
        """
        if type(decoded) is not dict:
            raise MalformedMessage("not a JSON object")
        task_uuid = decoded.get("task_uuid")
        if type(task_uuid) is not str:
            raise MalformedMessage(_complaint(decoded, "task_uuid", "text"))
        timestamp = decoded.get("timestamp")
        if type(timestamp) is not float and type(timestamp) is not int:
            raise MalformedMessage(_complaint(decoded, "timestamp", "a number"))
        self.fields = decoded
        self.task_uuid = task_uuid
        self.level = _level(decoded)
        self.timestamp = _seconds(timestamp)
        status = decoded.get("action_status")
        self.status = status if type(status) is str and status in _STATUSES else None

    @property
    def type(self) -> str:
        """
        The type of the message, or of the action that it starts or ends; ``""`` if it has none.
        """
        fields = self.fields
        name = fields.get("action_type" if self.status is not None else "message_type")
        return name if isinstance(name, str) else ""

    def __repr__(self) -> str:
        """
        Name the message by its place.
        """
        level = "/".join(map(str, self.level))
        return f"<{type(self).__name__} {self.type!r} at {self.task_uuid}@/{level}>"


_STATUSES: Final = frozenset({"started", "succeeded", "failed"})


def _level(decoded: dict[str, JSON]) -> tuple[int, ...]:
    numbers = decoded.get("task_level")
    if type(numbers) is not list:
        raise MalformedMessage(_complaint(decoded, "task_level", "a list"))
    if not numbers:
        raise MalformedMessage("task_level is empty")
    if len(numbers) > MAXIMUM_DEPTH:
        raise MalformedMessage(f"task_level is {len(numbers):,} levels deep")
    level = []
    for number in numbers:
        # An exact type: True is an int as well.
        if type(number) is not int or number < 1:
            raise MalformedMessage("task_level holds something other than positive integers")
        level.append(number)
    return tuple(level)


def _seconds(timestamp: float) -> float:
    try:
        seconds = float(timestamp)
    except OverflowError:
        seconds = float("inf")
    if not isfinite(seconds):
        raise MalformedMessage("timestamp is not finite")
    return seconds


def _complaint(decoded: dict[str, JSON], name: str, expected: str) -> str:
    if name not in decoded:
        return f"no {name}"
    return f"{name} is not {expected}"
