"""
What was logged, as objects to compare: messages, and actions with what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Fields: TypeAlias = dict[str, object]

#: What :meth:`LoggedAction.type_tree` gives: the types of an action's
#: children, by the type of the action.
TypeTree: TypeAlias = "dict[object, list[object | TypeTree]]"


class _OfMessages(Protocol):
    @property
    def message_type(self) -> str: ...


class _OfActions(Protocol):
    @property
    def action_type(self) -> str: ...


#: A type of messages, or its name.
MessageKind: TypeAlias = "_OfMessages | str"

#: A type of actions, or its name.
ActionKind: TypeAlias = "_OfActions | str"


def name_of_message(kind: MessageKind) -> str:
    """
    Get the name of a type of messages.
    """
    return kind if isinstance(kind, str) else kind.message_type


def name_of_action(kind: ActionKind) -> str:
    """
    Get the name of a type of actions.
    """
    return kind if isinstance(kind, str) else kind.action_type


@dataclass(frozen=True, slots=True)
class LoggedMessage:
    """
    A message that was logged.  Two are equal if all their fields are.

    :ivar message: its fields, with live values.
    """

    message: Fields

    @classmethod
    def of_type(
        cls,
        messages: Iterable[Fields],
        messageType: MessageKind,  # noqa: N803 - the documented name
    ) -> list[LoggedMessage]:
        """
        Find all messages of a type.

        :param messages: what was logged: ``messages`` of a :class:`~eliot.MemoryLogger`.
        :param messageType: the type: a :class:`eliot.MessageType`, or its name.
        :returns: the messages, in the order in which they were logged.
        """
        name = name_of_message(messageType)
        return [cls(each) for each in messages if each.get("message_type") == name]

    # The older spelling.
    ofType = of_type  # noqa: N815


@dataclass(frozen=True, slots=True)
class LoggedAction:
    """
    An action that was logged, from its start to its end.  Two are equal if
    all their messages are.

    :ivar start_message: the fields of the message that starts it.
    :ivar end_message: the fields of the message that ends it.
    :ivar children: what was logged in it, in order: :class:`LoggedMessage` and
        :class:`LoggedAction` objects.
    """

    start_message: Fields
    end_message: Fields
    children: list[LoggedMessage | LoggedAction]

    @property
    def startMessage(self) -> Fields:  # noqa: N802 - the older spelling
        """
        The older spelling of :attr:`start_message`.
        """
        return self.start_message

    @property
    def endMessage(self) -> Fields:  # noqa: N802 - the older spelling
        """
        The older spelling of :attr:`end_message`.
        """
        return self.end_message

    @classmethod
    def from_messages(
        cls, uuid: object, level: Sequence[int], messages: Iterable[Fields]
    ) -> LoggedAction:
        """
        Put together an action, with all that was logged in it.

        :param uuid: the ``task_uuid`` of its messages.
        :param level: the ``task_level`` of a message right in the action, such
            as the one that starts it.
        :param messages: what was logged: ``messages`` of a :class:`~eliot.MemoryLogger`.
        :returns: the action.
        :raises ValueError: if its start or its end is not there, or that of an
            action in it.
        """
        root = tuple(level[:-1])
        depth = len(root)
        starts: dict[tuple[int, ...], Fields] = {}
        ends: dict[tuple[int, ...], Fields] = {}
        inside: dict[tuple[int, ...], list[LoggedMessage | tuple[int, ...]]] = {}
        for message in messages:
            if message.get("task_uuid") != uuid:
                continue
            place = message.get("task_level")
            if not isinstance(place, (list, tuple)) or tuple(place[:depth]) != root:
                continue
            path = tuple(place[:-1])
            if len(path) < depth:
                continue
            status = message.get("action_status")
            if status == "started":
                starts[path] = message
                if path != root:
                    inside.setdefault(path[:-1], []).append(path)
            elif status is not None:
                ends[path] = message
            else:
                inside.setdefault(path, []).append(LoggedMessage(message))
        if root not in starts:
            raise ValueError(f"There is no start of an action at the level {[*root, 1]} of {uuid}.")
        made: dict[tuple[int, ...], LoggedAction] = {}
        # The innermost first, so that each finds those in it made already.
        for path in sorted(starts, key=len, reverse=True):
            if path not in ends:
                raise ValueError(
                    f"There is no end of the action {starts[path].get('action_type')!r} "
                    f"at the level {[*path, 1]} of {uuid}."
                )
            children = [
                each if isinstance(each, LoggedMessage) else made[each]
                for each in inside.get(path, ())
            ]
            made[path] = cls(starts[path], ends[path], children)
        return made[root]

    @classmethod
    def of_type(
        cls,
        messages: Iterable[Fields],
        actionType: ActionKind,  # noqa: N803 - the documented name
    ) -> list[LoggedAction]:
        """
        Find all actions of a type, with all that was logged in them.

        :param messages: what was logged: ``messages`` of a :class:`~eliot.MemoryLogger`.
        :param actionType: the type: an :class:`eliot.ActionType`, or its name.
        :returns: the actions, in the order of their starts.
        :raises ValueError: if one of them, or an action in it, has not ended.
        """
        messages = list(messages)
        return [
            cls.from_messages(*place_of(start), messages)
            for start in starts_of(messages, actionType)
        ]

    # The older spellings.
    fromMessages = from_messages  # noqa: N815
    ofType = of_type  # noqa: N815

    @property
    def succeeded(self) -> bool:
        """
        Whether it ended without an exception.
        """
        return self.end_message.get("action_status") == "succeeded"

    def descendants(self) -> Iterator[LoggedMessage | LoggedAction]:
        """
        Walk through all that was logged in it, and in the actions in it: each
        action before what is in it.
        """
        waiting = list(reversed(self.children))
        while waiting:
            each = waiting.pop()
            yield each
            if isinstance(each, LoggedAction):
                waiting.extend(reversed(each.children))

    def type_tree(self) -> TypeTree:
        """
        Get the types alone: for an action ``a`` with a message ``m`` and an
        empty action ``b`` in it, ``{"a": ["m", {"b": []}]}``.
        """
        types: list[object | TypeTree] = []
        tree: TypeTree = {self.start_message.get("action_type"): types}
        waiting = [(self, types)]
        while waiting:
            action, types = waiting.pop()
            for child in action.children:
                if isinstance(child, LoggedAction):
                    below: list[object | TypeTree] = []
                    types.append({child.start_message.get("action_type"): below})
                    waiting.append((child, below))
                else:
                    types.append(child.message.get("message_type"))
        return tree


def starts_of(messages: Iterable[Fields], kind: ActionKind) -> list[Fields]:
    """
    Find the messages that start actions of a type.
    """
    name = name_of_action(kind)
    return [
        each
        for each in messages
        if each.get("action_type") == name and each.get("action_status") == "started"
    ]


def place_of(message: Fields) -> tuple[object, list[int]]:
    """
    Get the task of a message, and its level there.
    """
    level = message.get("task_level")
    return message.get("task_uuid"), list(level) if isinstance(level, (list, tuple)) else []
