"""
One message, as it was found in a log.
"""

from __future__ import annotations

from collections.abc import Mapping
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

    def __init__(self, decoded: JSON | Mapping[str, JSON]) -> None:
        """
        Check a decoded JSON document.

        :param decoded: the document; it is kept, not copied, if it is a dictionary.
        :raises MalformedMessage: if it is not a message.
        """
        # The hot path of all reading: as few steps as can be, exact types, no calls.
        if type(decoded) is not dict:
            if not isinstance(decoded, Mapping):
                raise MalformedMessage("not a JSON object")
            decoded = dict(decoded)
        try:
            task_uuid = decoded["task_uuid"]
            timestamp = decoded["timestamp"]
            level = decoded["task_level"]
        except KeyError as missing:
            raise MalformedMessage(f"no {missing.args[0]}") from None
        if type(task_uuid) is not str:
            raise MalformedMessage("task_uuid is not text")
        if type(timestamp) is not float or not _FIRST < timestamp < _LAST:
            timestamp = _seconds(timestamp)
        if type(level) is not list or not 0 < len(level) <= MAXIMUM_DEPTH:
            raise MalformedMessage(_complaint_about_level(level))
        for number in level:
            # True is an int as well.
            if type(number) is not int or number < 1:
                raise MalformedMessage("task_level holds something other than positive integers")
        self.fields = decoded
        self.task_uuid = task_uuid
        self.level = tuple(level)  # type: ignore[arg-type] # these are integers, as was seen
        self.timestamp = timestamp
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


#: Finite numbers are between these.
_FIRST: Final = float("-inf")
_LAST: Final = float("inf")


def _seconds(timestamp: JSON) -> float:
    """
    Read a timestamp that is not an ordinary one.
    """
    if type(timestamp) is not float and type(timestamp) is not int:
        raise MalformedMessage("timestamp is not a number")
    try:
        seconds = float(timestamp)
    except OverflowError:
        seconds = _LAST
    if not isfinite(seconds):
        raise MalformedMessage("timestamp is not finite")
    return seconds


def _complaint_about_level(level: JSON) -> str:
    if type(level) is not list:
        return "task_level is not a list"
    return f"task_level is {len(level):,} levels deep" if level else "task_level is empty"
