"""
Messages and actions as :mod:`eliot.parse` shows them.

They are views: each is made when it is asked for, of what :mod:`eliot.read`
has put together, and says what is there in other words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias, final

from eliot.read._action import ActionNode
from eliot.read._level import TaskLevel, trusted
from eliot.read._message import JSON, Message
from eliot.read._misfits import (
    DuplicateChild,
    InvalidStartMessage,
    InvalidStatus,
    WrongActionType,
    WrongTask,
    WrongTaskLevel,
)

_PLACE: Final = ("task_uuid", "task_level", "timestamp")


class Contents(dict[str, JSON]):
    """
    The fields of a message, also as attributes: ``contents.action_type`` is
    ``contents["action_type"]``.  Methods of dictionaries come before fields of
    the same name.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> JSON:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no field {name!r}", name=name, obj=self) from None


@final
class WrittenMessage:
    """
    A message that was read from a log.  It does not change; messages with
    equal fields are equal.

    They are made by :meth:`from_dict`, and by parsing.
    """

    __slots__ = ("_message",)

    __module__ = "eliot.parse"

    def __init__(self, message: Message) -> None:
        self._message = message

    @classmethod
    def from_dict(cls, logged_dictionary: Mapping[str, JSON]) -> WrittenMessage:
        """
        :param logged_dictionary: a message, as it was decoded.
        :raises MalformedMessage: if it is none; the text says why.
        """
        return cls(Message(logged_dictionary))

    @property
    def timestamp(self) -> float:
        """
        When it was logged, in seconds since the epoch.
        """
        return self._message.timestamp

    @property
    def task_uuid(self) -> str:
        """
        The identifier of its task.
        """
        return self._message.task_uuid

    @property
    def task_level(self) -> TaskLevel:
        """
        Its place in the task.
        """
        return trusted(self._message.level)

    @property
    def contents(self) -> Contents:
        """
        A copy of its fields but for the three above.  They can be had as
        attributes, too.
        """
        contents = Contents(self._message.fields)
        for name in _PLACE:
            del contents[name]
        return contents

    def as_dict(self) -> dict[str, JSON]:
        """
        :returns: a copy of all of its fields.
        """
        return self._message.fields.copy()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WrittenMessage):
            return NotImplemented
        return same_fields(self._message, other._message)

    def __hash__(self) -> int:
        return hash((self._message.task_uuid, self._message.level))

    def __repr__(self) -> str:
        message = self._message
        return (
            f"<{type(self).__name__} {message.type!r} at {_show(message.task_uuid, message.level)}>"
        )


@final
class WrittenAction:
    """
    An action, as far as it was found in a log.  It does not change; actions
    with equal messages and children are equal.

    They are made by :meth:`from_messages`, and by parsing.
    """

    __slots__ = ("_children", "_end", "_level", "_start", "_task_uuid")

    __module__ = "eliot.parse"

    def __init__(
        self,
        task_uuid: str,
        level: tuple[int, ...],
        start: Message | None,
        end: Message | None,
        children: list[Written] | ActionNode,
    ) -> None:
        self._task_uuid = task_uuid
        self._level = level
        self._start = start
        self._end = end
        self._children = children

    @classmethod
    def from_messages(
        cls,
        start_message: WrittenMessage | None = None,
        children: Iterable[WrittenAction | WrittenMessage] = (),
        end_message: WrittenMessage | None = None,
    ) -> WrittenAction:
        """
        Put an action together by hand.

        :param start_message: the message that starts it, if any.
        :param children: the messages and actions right below it, in any order.
        :param end_message: the message that ends it, if any.
        :raises InvalidStartMessage: if ``start_message`` starts no action.
        :raises WrongTask: if one of the others belongs to another task.
        :raises WrongTaskLevel: if one of the others does not stand right below the action.
        :raises DuplicateChild: if two children that differ have the same level.
        :raises WrongActionType: if the end is that of another type of action than the start.
        :raises InvalidStatus: if ``end_message`` ends no action.
        :raises TypeError: if anything is neither a message nor an action that was read.
        :raises ValueError: if there is nothing at all.
        """
        inner = list(children)
        parts = [each for each in (start_message, *inner, end_message) if each is not None]
        if not parts:
            raise ValueError("An action is made of one message at least.")
        task_uuid, first = _place_of(parts[0])
        level = first[:-1]
        start = None if start_message is None else start_message._message
        end = None if end_message is None else end_message._message
        if start is not None:
            _check_start(start)
        by_number: dict[int, Written] = {}
        for part in parts:
            _check_place(part, task_uuid, level)
        for child in inner:
            number = _place_of(child)[1][-1]
            same = by_number.setdefault(number, child)
            if same is not child and same != child:
                place = _show(task_uuid, (*level, number))
                raise DuplicateChild(f"Different children are at {place}.")
        if end is not None:
            _check_end(end, start)
        ordered = [by_number[number] for number in sorted(by_number)]
        return cls(task_uuid, level, start, end, ordered)

    @property
    def start_message(self) -> WrittenMessage | None:
        """
        The message that starts it; ``None`` if that was not found.
        """
        return None if self._start is None else WrittenMessage(self._start)

    @property
    def end_message(self) -> WrittenMessage | None:
        """
        The message that ends it; ``None`` if that was not found.
        """
        return None if self._end is None else WrittenMessage(self._end)

    @property
    def children(self) -> Sequence[WrittenAction | WrittenMessage]:
        """
        The messages and actions right below it, sorted by their levels, but
        for the start and the end.  What was logged after the end is among
        them.  Of messages that are equal there is one; those that differ but
        have the same level all are there, the first one logged first.  It is
        a list, and it is kept: do not change it.
        """
        children = self._children
        if isinstance(children, ActionNode):
            children = self._children = self._read(children)
        return children

    @property
    def task_level(self) -> TaskLevel:
        """
        Its place in the task.
        """
        return trusted(self._level)

    @property
    def task_uuid(self) -> str:
        """
        The identifier of its task.
        """
        return self._task_uuid

    @property
    def action_type(self) -> str | None:
        """
        Its type; ``None`` if neither its start nor its end was found.
        """
        known = self._start or self._end
        return None if known is None else known.type

    @property
    def status(self) -> str | None:
        """
        ``"succeeded"`` or ``"failed"``, ``"started"`` if its end was not found,
        ``None`` if its start was not found either.
        """
        known = self._end or self._start
        return None if known is None else known.status

    @property
    def start_time(self) -> float | None:
        """
        When it started, in seconds since the epoch; ``None`` if that is not known.
        """
        return None if self._start is None else self._start.timestamp

    @property
    def end_time(self) -> float | None:
        """
        When it ended, in seconds since the epoch; ``None`` if that is not known.
        """
        return None if self._end is None else self._end.timestamp

    @property
    def exception(self) -> JSON:
        """
        The type of the exception it failed with; ``None`` if none is known.
        """
        return None if self._end is None else self._end.fields.get("exception")

    @property
    def reason(self) -> JSON:
        """
        Why it failed, in words; ``None`` if that is not known.
        """
        return None if self._end is None else self._end.fields.get("reason")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WrittenAction):
            return NotImplemented
        # Not by recursion: an action can be thousands of levels deep.
        waiting: list[tuple[Written, Written]] = [(self, other)]
        while waiting:
            one, two = waiting.pop()
            if one is two:
                continue
            if isinstance(one, WrittenAction) and isinstance(two, WrittenAction):
                if not one._has_messages_of(two) or len(one.children) != len(two.children):
                    return False
                waiting.extend(zip(one.children, two.children, strict=True))
            elif one != two:
                return False
        return True

    def __hash__(self) -> int:
        return hash((self._task_uuid, self._level))

    def __repr__(self) -> str:
        place = _show(self._task_uuid, self._level)
        return f"<{type(self).__name__} {self.action_type!r} {self.status} at {place}>"

    def _has_messages_of(self, other: WrittenAction) -> bool:
        """
        :returns: whether two actions are equal but for their children.
        """
        return (
            self._level == other._level
            and self._task_uuid == other._task_uuid
            and same_fields(self._start, other._start)
            and same_fields(self._end, other._end)
        )

    def _read(self, node: ActionNode) -> list[Written]:
        """
        Make the children of what was put together.
        """
        children: list[Written] = []
        before = node.start
        for child in node.children():
            item = child.item
            if isinstance(item, ActionNode):
                children.append(view_of(item, self._task_uuid, (*self._level, child.number)))
            elif isinstance(item, Message):
                if child.duplicate and same_fields(item, before):
                    continue
                before = item
                if item is not node.end:
                    children.append(WrittenMessage(item))
        return children


Written: TypeAlias = WrittenAction | WrittenMessage


def view_of(node: ActionNode, task_uuid: str, level: tuple[int, ...]) -> WrittenAction:
    """
    Show an action that was put together.

    :param node: the action; its children are looked at when they are asked for.
    :param task_uuid: the identifier of its task.
    :param level: its place there.
    """
    return WrittenAction(task_uuid, level, node.start, node.end, node)


def same_fields(one: Message | None, two: Message | None) -> bool:
    """
    :returns: whether two messages are equal, as far as that can be found out:
        values of other kinds than those of JSON may raise instead, and so may
        those that are nested too deeply.
    """
    if one is None or two is None:
        return one is two
    try:
        return one.fields == two.fields
    except Exception:
        # Values that raise when they are compared, or that are nested too deeply.
        return False


def _place_of(part: Written) -> tuple[str, tuple[int, ...]]:
    if isinstance(part, WrittenMessage):
        return part.task_uuid, part._message.level
    if isinstance(part, WrittenAction):
        return part.task_uuid, part._level
    raise TypeError(
        f"An action is made of WrittenMessage and WrittenAction, not of {type(part).__name__}."
    )


def _check_start(start: Message) -> None:
    place = _show(start.task_uuid, start.level)
    if start.status != "started":
        raise InvalidStartMessage(f"The action_status of the start at {place} is not 'started'.")
    if start.level[-1] != 1:
        raise InvalidStartMessage(f"The level of the start at {place} does not end with 1.")


def _check_place(part: Written, task_uuid: str, level: tuple[int, ...]) -> None:
    own_uuid, place = _place_of(part)
    if own_uuid != task_uuid:
        raise WrongTask(f"{part!r} does not belong to the task {task_uuid}.")
    if not place or place[:-1] != level:
        raise WrongTaskLevel(f"{part!r} is not right below {_show(task_uuid, level)}.")


def _check_end(end: Message, start: Message | None) -> None:
    place = _show(end.task_uuid, end.level)
    if start is not None and end.fields.get("action_type") != start.fields.get("action_type"):
        raise WrongActionType(
            f"The action_type of the end at {place} is not {start.fields.get('action_type')!r}."
        )
    if end.status not in {"succeeded", "failed"}:
        raise InvalidStatus(
            f"The action_status of the end at {place} is neither 'succeeded' nor 'failed'."
        )


def _show(task_uuid: str, level: tuple[int, ...]) -> str:
    return f"{task_uuid}@/{'/'.join(map(str, level))}"
