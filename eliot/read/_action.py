"""
One action of a task, put together from its messages in whatever order they
come.

An action at the level *P* has its start message at *P* + [1], its end at the
highest level below *P* that it handed out while it ran, and everything that
happened within it in between.  Each message and each action below it took one
number; a number that is absent is a message, or a whole action, that is
missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, final

from eliot.read._message import Message

#: The type of an action that holds the continuations of a shared task id.
#: They take random numbers below it, so numbers between them are not missing.
SHARED_TASK: Final = "eliot:shared_task"

_STARTS: Final = frozenset({"started"})
_ENDS: Final = frozenset({"succeeded", "failed"})
_TIMESTAMP: Final = attrgetter("timestamp")


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Levels of an action at which nothing was found, although later ones exist.

    :ivar first: the first number that is missing.
    :ivar last: the last one, which may be the first.
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Child:
    """
    What stands at one level below an action.

    :ivar number: the last integer of its level; the first one of a gap.
    :ivar item: what stands there.
    :ivar late: whether it came after the end of the action.
    :ivar duplicate: whether the level belongs to another message.
    """

    number: int
    item: Message | ActionNode | Gap
    late: bool = False
    duplicate: bool = False


@final
class ActionNode:
    """
    An action, as far as it was found.  Read it once its task was handed out:
    until then it changes.

    :ivar depth: the length of the action's level; 0 for the root.
    :ivar start: the message that starts it, ``None`` if that is missing.
    :ivar end: the message that ends it, ``None`` if that is missing.
    :ivar messages: the messages right below, by number, ``start`` and ``end`` among them.
    :ivar actions: the actions right below, by number.
    :ivar duplicates: by number, further messages at a level that is taken, in no order.
    :ivar is_complete: whether nothing is known to be missing, here or below.
    """

    # There is no reference to the parent, and so no cycle: a task that was
    # handed out and dropped frees its memory at once.
    __slots__ = (
        "_occupied",
        "_top",
        "_unfinished",
        "actions",
        "depth",
        "duplicates",
        "end",
        "is_complete",
        "messages",
        "start",
    )

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.start: Message | None = None
        self.end: Message | None = None
        self.messages: dict[int, Message] = {}
        self.actions: dict[int, ActionNode] = {}
        self.duplicates: dict[int, list[Message]] = {}
        self.is_complete = False
        self._occupied = 0  # how many numbers are taken
        self._top = 0  # the highest of them
        self._unfinished = 0  # how many actions right below are not complete

    @property
    def type(self) -> str | None:
        """
        The type of the action; ``None`` if neither its start nor its end was found.
        """
        known = self.start or self.end
        return None if known is None else known.type

    @property
    def status(self) -> str | None:
        """
        ``"succeeded"`` or ``"failed"``, ``"started"`` if its end was not found,
        ``None`` if its start was not found either.
        """
        known = self.end or self.start
        return None if known is None else known.status

    @property
    def is_shared(self) -> bool:
        """
        Whether it is the holder of continuations of a shared task id.
        """
        return self.type == SHARED_TASK

    @property
    def duration(self) -> float | None:
        """
        How long it took, in seconds: what the action itself measured, or else
        the difference of two wall clock times, which can be negative.
        ``None`` if its start or its end is missing and it measured nothing.
        """
        if self.end is None:
            return None
        measured = self.end.fields.get("eliot:duration")
        if isinstance(measured, float):
            return measured
        return None if self.start is None else self.end.timestamp - self.start.timestamp

    @property
    def level(self) -> tuple[int, ...]:
        """
        The action's level in its task.
        """
        node = self
        while not node.messages:
            # A node exists because of a message somewhere below it.
            node = next(iter(node.actions.values()))
        return next(iter(node.messages.values())).level[: self.depth]

    def children(self) -> Iterator[Child]:
        """
        Walk through what stands right below the action, in the order of levels:
        messages, actions and gaps, without ``start``.  A number that is taken
        both by a message and by an action gives both.  There are no gaps in
        an action that is itself unknown: it may hold random numbers.
        """
        counted = self.type is not None and not self.is_shared
        end = self.end.level[-1] if counted and self.end is not None else None
        previous = 1
        for number in sorted(self.messages.keys() | self.actions.keys()):
            if counted and number > previous + 1:
                yield Child(previous + 1, Gap(previous + 1, number - 1))
            previous = number
            late = end is not None and number > end
            message = self.messages.get(number)
            if message is not None and message is not self.start:
                yield Child(number, message, late)
            for duplicate in self.duplicates_at(number):
                yield Child(number, duplicate, late, duplicate=True)
            if number in self.actions:
                yield Child(number, self.actions[number], late)

    def duplicates_at(self, number: int) -> list[Message]:
        """
        List the messages at one level but for the one it belongs to, by the
        time they were logged.
        """
        duplicates = self.duplicates.get(number)
        return [] if duplicates is None else sorted(duplicates, key=_TIMESTAMP)

    def place(self, message: Message) -> None:
        """
        Put a message right below the action.
        """
        number = message.level[-1]
        if number in self.messages:
            self._contest(number, message)
            return
        self.messages[number] = message
        if message.status is not None:
            self._recognize(number, message)
        if number not in self.actions:
            self._take(number)

    def open_child(self, number: int) -> ActionNode:
        """
        Make room for an action right below, of which nothing is known yet.
        """
        child = self.actions[number] = ActionNode(self.depth + 1)
        self._unfinished += 1
        if number not in self.messages:
            self._take(number)
        return child

    def settle(self) -> bool:
        """
        Find out whether the action is complete now.

        :returns: whether that has changed.
        """
        complete = (
            self.end is not None
            and self.start is not None
            and not self._unfinished
            and (self._occupied == self._top or self.is_shared)
        )
        changed = complete is not self.is_complete
        self.is_complete = complete
        return changed

    def child_settled(self, complete: bool) -> None:
        """
        Take note that an action right below became complete, or ceased to be.
        """
        self._unfinished += -1 if complete else 1

    def _contest(self, number: int, message: Message) -> None:
        """
        Decide whose level it is, if it is claimed again: a start or an end has
        it rather than another message, and of two alike the one that was
        logged first.  So a tree does not depend on the order in which its
        messages were found, and a complete one is not spoilt by an identifier
        that was used twice.
        """
        telling = _STARTS if number == 1 else _ENDS
        holder = self.messages[number]
        tells, told = message.status in telling, holder.status in telling
        duplicates = self.duplicates.setdefault(number, [])
        if tells < told or (tells == told and message.timestamp >= holder.timestamp):
            duplicates.append(message)
            return
        duplicates.append(holder)
        self.messages[number] = message
        self._recognize(number, message)

    def _recognize(self, number: int, message: Message) -> None:
        """
        Find out whether a message starts or ends the action.  The end is the
        lowest one: an action ends once, whatever came after it.
        """
        if number == 1:
            if message.status in _STARTS:
                self.start = message
        elif message.status in _ENDS and (self.end is None or number <= self.end.level[-1]):
            self.end = message

    def _take(self, number: int) -> None:
        self._occupied += 1
        self._top = max(self._top, number)
