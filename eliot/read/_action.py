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

from collections.abc import Iterator, Mapping
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

#: Most actions have none below them, and do without a dictionary of their own.
_NO_ACTIONS: Final[Mapping[int, ActionNode]] = {}
_NOTHING: Final[Mapping[int, int]] = {}


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
class LeftOut:
    """
    What was found, but is not to be shown.

    :ivar messages: how many messages that are.
    """

    messages: int


@dataclass(slots=True)
class Child:
    """
    What stands at one level below an action.

    :ivar number: the last integer of its level; the first one of a gap, and of what was left out.
    :ivar item: what stands there.
    :ivar late: whether it came after the end of the action.
    :ivar duplicate: whether the level belongs to another message.
    """

    number: int
    item: Message | ActionNode | Gap | LeftOut
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
    """

    # There is no reference to the parent, and so no cycle: a task that was
    # handed out and dropped frees its memory at once.
    __slots__ = (
        "_duplicates",
        "_gaps",
        "_is_scattered",
        "_left_out",
        "_top",
        "actions",
        "depth",
        "end",
        "messages",
        "start",
    )

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.start: Message | None = None
        self.end: Message | None = None
        self.messages: dict[int, Message] = {}
        self.actions: Mapping[int, ActionNode] = _NO_ACTIONS
        self._duplicates: dict[int, list[Message]] | None = None
        self._left_out: Mapping[int, int] = _NOTHING  # by number, how many messages
        self._top = 0  # the highest number that is taken
        self._gaps = 0  # how many below it are not
        self._is_scattered = False  # whether that is as it should be

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

    def children(self) -> list[Child]:
        """
        List what stands right below the action, in the order of levels:
        messages, actions and gaps, without ``start``.  A number that is taken
        both by a message and by an action gives both.  There are no gaps in
        an action that is itself unknown: it may hold random numbers.
        """
        items = self.orderly_items()
        if items is None:
            return list(self._odd_children())
        return [Child(number, item) for number, item in enumerate(items, 2)]

    def orderly_items(self) -> list[Message | ActionNode] | None:
        """
        List what stands right below the action, without ``start``, if it is as it should be,
        which it mostly is: nothing is missing, late, there more than once, or left out.

        :returns: the messages and actions in the order of levels, which begin with 2; ``None``
            if there is something odd.
        """
        messages, actions, top = self.messages, self.actions, self._top
        if (
            self._gaps
            or self.start is None
            or self.end is None
            or self.end is not messages.get(top)
            or len(messages) + len(actions) != top
            or self._duplicates
            or self._left_out
        ):
            return None
        return [messages.get(number) or actions[number] for number in range(2, top + 1)]

    def _odd_children(self) -> Iterator[Child]:
        counted = (self.start or self.end) is not None and not self._is_scattered
        end = self.end.level[-1] if counted and self.end is not None else None
        passed_over = first = 0
        previous = 1
        for number in self.numbers():
            gap = counted and number > previous + 1
            if passed_over and (gap or number not in self._left_out):
                yield Child(first, LeftOut(passed_over))
                passed_over = 0
            if gap:
                yield Child(previous + 1, Gap(previous + 1, number - 1))
            previous = number
            if number in self._left_out:
                first = first if passed_over else number
                passed_over += self._left_out[number]
                continue
            late = end is not None and number > end
            message = self.messages.get(number)
            if message is not None and message is not self.start:
                yield Child(number, message, late)
            if self._duplicates is not None:
                for duplicate in self.duplicates_at(number):
                    yield Child(number, duplicate, late, duplicate=True)
            if number in self.actions:
                yield Child(number, self.actions[number], late)
        if passed_over:
            yield Child(first, LeftOut(passed_over))

    def without(self, left_out: Mapping[int, int], actions: Mapping[int, ActionNode]) -> ActionNode:
        """
        Make a copy that does not show all that is right below.

        :param left_out: by number, how many messages there were, also further below; nothing of
            that number is shown.
        :param actions: by number, the actions that are shown, which may be such copies.
        :returns: the copy, of which as much is known to be missing as of the original.
        """
        copy = ActionNode(self.depth)
        copy.start, copy.end = self.start, self.end
        copy.messages = {k: v for k, v in self.messages.items() if k not in left_out}
        copy.actions = actions
        copy._duplicates = self._duplicates and {
            k: v for k, v in self._duplicates.items() if k not in left_out
        }
        copy._left_out = left_out
        copy._top, copy._gaps, copy._is_scattered = self._top, self._gaps, self._is_scattered
        return copy

    def numbers(self) -> list[int]:
        """
        List the numbers that are taken, in order, also by what was left out.
        """
        if self.actions or self._left_out:
            return sorted({*self.messages, *self.actions, *self._left_out})
        return sorted(self.messages)

    def duplicates_at(self, number: int) -> list[Message]:
        """
        List the messages at one level but for the one it belongs to, by the
        time they were logged.
        """
        duplicates = self._duplicates and self._duplicates.get(number)
        return sorted(duplicates, key=_TIMESTAMP) if duplicates else []

    # How much is missing of a task is the sum of what is missing of each of its
    # actions: a start, an end, and every number that was left open.  So a task
    # is complete when that is nothing, and a message has to be compared with the
    # action only in which it stands.

    @property
    def is_complete(self) -> bool:
        """
        Whether nothing is known to be missing, here or below.  All that is below has to be
        looked at for that; a task knows it of its root.
        """
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.missing:
                return False
            waiting += node.actions.values()
        return True

    @property
    def missing(self) -> int:
        """
        How many messages and actions right below are known to be missing.
        """
        return (self.start is None) + (self.end is None) + (0 if self._is_scattered else self._gaps)

    def place(self, number: int, message: Message) -> int:
        """
        Put a message right below the action.

        :param number: the last integer of its level.
        :returns: by how much that changes what is missing.
        """
        if number == self._top + 1:
            # As most messages come: one after the other.
            self._top = number
            self.messages[number] = message
            status = message.status
            if status is None:
                return 0
            if status != "started" and self.start and not self.end and not self._is_scattered:
                # So most actions end; that saves a call for each.
                self.end = message
                return -1
            return self._recognize(number, message)
        if number in self.messages:
            return self._contest(number, message)
        self.messages[number] = message
        change = 0 if number in self.actions else self._take(number)
        return change + self._recognize(number, message) if message.status else change

    def open_child(self, number: int) -> tuple[ActionNode, int]:
        """
        Make room for an action right below, of which nothing is known yet.

        :returns: the action, and by how much that changes what is missing: it has neither a
            start nor an end so far.
        """
        child = ActionNode(self.depth + 1)
        if self.actions is _NO_ACTIONS:
            self.actions = {}
        assert isinstance(self.actions, dict)
        self.actions[number] = child
        change = 0 if number in self.messages else self._take(number)
        return child, change + 2

    def _contest(self, number: int, message: Message) -> int:
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
        if self._duplicates is None:
            self._duplicates = {}
        duplicates = self._duplicates.setdefault(number, [])
        if tells < told or (tells == told and message.timestamp >= holder.timestamp):
            duplicates.append(message)
            return 0
        duplicates.append(holder)
        self.messages[number] = message
        return self._recognize(number, message)

    def _recognize(self, number: int, message: Message) -> int:
        """
        Find out whether a message starts or ends the action.  The end is the
        lowest one: an action ends once, whatever came after it.
        """
        status = message.status
        if number == 1:
            if status != "started":
                return 0
            change = 0 if self.start else -1
            self.start = known = message
        else:
            end = self.end
            if status == "started" or status is None or (end and number > end.level[-1]):
                return 0
            change = 0 if end else -1
            self.end = message
            known = self.start or message
        if (known.fields.get("action_type") == SHARED_TASK) is not self._is_scattered:
            self._is_scattered = not self._is_scattered
            change += -self._gaps if self._is_scattered else self._gaps
        return change

    def _take(self, number: int) -> int:
        """
        Note that a number is taken now.
        """
        if number > self._top:
            opened = number - self._top - 1
            self._top = number
        else:
            opened = -1
        self._gaps += opened
        return 0 if self._is_scattered else opened
