"""
What a tree says at each of its nodes: one line, and details below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from eliot.read._action import ActionNode, Child, Gap, LeftOut
from eliot.read._message import JSON, Message
from eliot.read._options import Role, TextOptions
from eliot.read._printable import printable
from eliot.read._tasks import Task
from eliot.read._times import format_date, format_duration, format_time
from eliot.read._values import field_lines, one_line

_FRAMEWORK: Final = frozenset({"task_uuid", "task_level", "timestamp"})
_OF_ACTION: Final = _FRAMEWORK | {"action_type", "action_status"}
_OF_MESSAGE: Final = _FRAMEWORK | {"message_type"}
_TRACEBACK: Final = "eliot:traceback"

#: How many characters of a type or a task's identifier are shown.
_LONGEST_NAME: Final = 200

#: How many integers of a level are shown.
_LONGEST_PLACE: Final = 10

_STATUSES: Final[dict[str | None, tuple[Role, str]]] = {
    "started": ("unfinished", "unfinished"),
    "succeeded": ("succeeded", "succeeded"),
    "failed": ("failed", "FAILED"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One node of a drawn tree.

    :ivar head: its line.
    :ivar details: lines that stand below it, before its children.
    :ivar children: what hangs on it.
    """

    head: str
    details: Iterable[str] = ()
    children: list[Child] = field(default_factory=list)


class Entries:
    """
    Makes the entries of one task.
    """

    def __init__(self, task: Task, options: TextOptions) -> None:
        self._task = task
        self._options = options
        self._paint = options.paint
        first = next(task.messages())
        self._day = format_date(first.timestamp, local_time=options.local_time)

    def heading(self) -> str:
        """
        Name the task, the day, and what is odd about the whole.
        """
        parts = [self._name("heading", self._task.task_uuid), self._paint("time", self._day)]
        if not self._task.is_complete:
            parts.append(self._mark("incomplete"))
        if self._task.is_rest:
            parts.append(self._mark("the rest of a task that was complete before"))
        return _line(parts)

    def root(self) -> Child:
        """
        What the tree begins with: an action, or the only message.
        """
        return Child(1, self._task.lone_message or self._task.root)

    def entry(self, child: Child, parent: ActionNode | None) -> Entry:
        """
        Say what stands at one place.

        :param child: the place.
        :param parent: the action right above it, if any.
        """
        item = child.item
        if isinstance(item, ActionNode):
            return self._action(item, child.late)
        if isinstance(item, Gap):
            return Entry(self._mark(_missing(item)))
        if isinstance(item, LeftOut):
            return Entry(self._mark(_left_out(item)))
        if parent is not None and item is parent.end:
            return Entry(_line([self._status(item), self._time(item)]), self._fields(item))
        return self._message(item, child)

    def _action(self, action: ActionNode, late: bool) -> Entry:
        known = action.end or action.start
        if known is None:
            return self._unknown(action, late)
        parts = [self._name("type", action.type or "(untyped)"), f"[{self._status(known)}]"]
        if action.start is None:
            parts.append(self._mark("its start is missing"))
        else:
            parts.append(self._time(action.start))
        if action.duration is not None:
            parts.append(self._paint("time", format_duration(action.duration)))
        if late:
            parts.append(self._mark("late"))
        children = list(action.children())
        if not self._end_says_more(action, len(children)):
            children = [child for child in children if child.item is not action.end]
        return Entry(_line(parts), self._action_details(action), children)

    def _unknown(self, action: ActionNode, late: bool) -> Entry:
        """
        Draw actions of which nothing was found but what is in them.  Of those
        that only lead from one to the next, the last stands for all.
        """
        count = 1
        while not action.messages and len(action.actions) == 1:
            (inner,) = action.actions.values()
            if inner.start is not None or inner.end is not None:
                break
            count += 1
            action = inner
        place = _place(action.level)
        what = (
            f"unknown action at {place}"
            if count == 1
            else f"{count:,} unknown actions, down to {place}"
        )
        marks = [self._mark(what)]
        if late:
            marks.append(self._mark("late"))
        return Entry(_line(marks), children=list(action.children()))

    def _message(self, message: Message, child: Child) -> Entry:
        role: Role = "failed" if message.type == _TRACEBACK else "type"
        parts = [self._name(role, message.type or "(untyped)")]
        if message.status is not None:
            # A start or an end that is none, since its action has another one.
            parts.append(f"[{message.status}]")
        parts.append(self._time(message))
        if child.late:
            parts.append(self._mark("late"))
        if child.duplicate:
            parts.append(self._mark("duplicate"))
        elif message.status is not None:
            parts.append(self._mark("out of place"))
        return Entry(_line(parts), self._fields(message))

    def _action_details(self, action: ActionNode) -> Iterator[str]:
        if action.end is not None and action.status == "failed":
            fields = action.end.fields
            reasons = [fields.get("exception"), fields.get("reason")]
            said = [one_line(text, self._options) for text in reasons if isinstance(text, str)]
            if said:
                yield self._paint("failed", ": ".join(said))
        if action.start is not None:
            yield from self._fields(action.start)

    def _fields(self, message: Message) -> Iterator[str]:
        for name, value in _own_fields(message):
            yield from field_lines(name, value, self._options)

    def _end_says_more(self, action: ActionNode, children: int) -> bool:
        """
        Whether the end of an action is worth an entry of its own.  Its outcome
        was told at the head; so was the reason of a failure, which is told
        again only if there is something in between.
        """
        end = action.end
        if end is None:
            return False
        failed = end.status == "failed"
        return (
            action.start is None
            or (failed and children > 1)
            or not all(failed and _is_told(name, value) for name, value in _own_fields(end))
        )

    def _status(self, known: Message) -> str:
        role, word = _STATUSES[known.status]
        return self._paint(role, word)

    def _time(self, message: Message) -> str:
        local_time = self._options.local_time
        return self._paint("time", format_time(message.timestamp, self._day, local_time=local_time))

    def _name(self, role: Role, name: str) -> str:
        if len(name) > _LONGEST_NAME:
            name = name[:_LONGEST_NAME] + "..."
        return self._paint(role, printable(name, ascii_only=self._options.ascii_only))

    def _mark(self, text: str) -> str:
        return self._paint("mark", f"({text})")


def _own_fields(message: Message) -> Iterator[tuple[str, JSON]]:
    """
    The fields that the program logged, and those of the framework that the
    head does not show.
    """
    shown = _OF_MESSAGE if message.status is None else _OF_ACTION
    for name, value in message.fields.items():
        if name in shown and (name in _FRAMEWORK or isinstance(value, str)):
            continue
        if name == "eliot:duration" and message.status is not None and isinstance(value, float):
            continue
        yield name, value


def _is_told(name: str, value: JSON) -> bool:
    """
    Whether a field of a failed action's end is shown whole at its head.
    """
    return name in {"exception", "reason"} and isinstance(value, str) and "\n" not in value


def _missing(gap: Gap) -> str:
    if gap.first == gap.last:
        return f"level {gap.first} is missing"
    return f"levels {gap.first} to {gap.last} are missing"


def _left_out(part: LeftOut) -> str:
    return f"{part.messages:,} message{'' if part.messages == 1 else 's'} left out"


def _place(level: tuple[int, ...]) -> str:
    shown = "/" + "/".join(map(str, level[:_LONGEST_PLACE]))
    return shown if len(level) <= _LONGEST_PLACE else shown + "/..."


def _line(parts: list[str]) -> str:
    return "  ".join(part for part in parts if part)
