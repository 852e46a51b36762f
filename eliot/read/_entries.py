"""
What a tree says at each of its nodes: one line, and details below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias, final

from eliot.read._action import ActionNode, Child, Gap, LeftOut
from eliot.read._field_lines import FieldLines
from eliot.read._message import JSON, Message
from eliot.read._options import Role, TextOptions
from eliot.read._printable import printable
from eliot.read._tasks import Task
from eliot.read._times import Times, format_duration
from eliot.read._values import one_line

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


#: How many names are remembered: there may be types that never come again.
_REMEMBERED: Final = 10_000


#: What is drawn at one place: a bare message or action is one about which nothing is odd.
Piece: TypeAlias = Child | Message | ActionNode

#: One node of a drawn tree: its line; the message whose fields stand below it; a line
#: before these; and what hangs on it.  A bare tuple, since there is one for each message.
Entry: TypeAlias = tuple[str, Message | None, str | None, Sequence[Piece]]


@final
class Entries:
    """
    Makes entries.  Use one from one thread at a time.

    :param options: how they are drawn.
    :param fields: what shows fields.
    """

    def __init__(self, options: TextOptions, fields: FieldLines) -> None:
        self._options = options
        self._fields = fields
        self._times = Times(local_time=options.local_time, style=options.styles["time"])
        self._is_inline = options.layout == "inline"
        self._is_brief = not options.levels and not self._is_inline
        self._duration_before, self._duration_behind = options.styles["time"]
        # What is said in the same words again and again.
        self._names: dict[Role, dict[str, str]] = {role: {} for role in options.styles}
        self._heads: dict[tuple[str, str | None, str], str] = {}
        self._ends = {status: self._name(*how) for status, how in _STATUSES.items()}

    def day(self, task: Task) -> str:
        """
        Name the day that goes without saying in a task.
        """
        first = task.root.start or next(task.messages())
        return self._times.day(first.timestamp)

    def heading(self, task: Task, day: str) -> str:
        """
        Name the task, the day, and what is odd about the whole.
        """
        # Not remembered: it does not come again.
        name = self._options.paint("heading", self._printable(task.task_uuid))
        parts = [name, self._options.paint("time", day)]
        if not task.is_complete:
            parts.append(self._mark("incomplete"))
        if task.is_rest:
            parts.append(self._mark("the rest of a task that was complete before"))
        return _line(parts)

    def line(self, message: Message, parent: ActionNode | None, day: str) -> str | None:
        """
        Say what stands at most places: a message about which nothing is odd, in a single line.

        :param message: the message, whose fields stand below the line.
        :param parent: the action right above it, if any.
        :param day: the day that goes without saying.
        :returns: the line; ``None`` if :meth:`entry` has to make it.
        """
        if not self._is_brief:
            return None
        if message.status is None:
            head = self._names["type"].get(message.type)
        elif parent is not None and message is parent.end:
            head = self._ends[message.status]
        else:
            return None
        return head and f"{head}  {self._times.time(message.timestamp, day)}"

    def entry(self, piece: Piece, parent: ActionNode | None, day: str) -> Entry:
        """
        Say what stands at one place.

        :param piece: the place.
        :param parent: the action right above it, if any.
        :param day: the day that goes without saying.
        """
        if type(piece) is ActionNode:
            return self._action(piece, False, day)
        item = piece.item if isinstance(piece, Child) else piece
        if isinstance(item, Message):
            when = self._times.time(item.timestamp, day)
            if parent is None or item is not parent.end:
                return self._message(item, piece, when)
            head = self._ends[item.status]
            if self._options.levels:
                head += self._level(item.level)
            return self._with_fields(f"{head}  {when}", item), item, None, ()
        if isinstance(item, ActionNode):
            return self._action(item, isinstance(piece, Child) and piece.late, day)
        what = _missing(item) if isinstance(item, Gap) else _left_out(item)
        return self._mark(what), None, None, ()

    def _action(self, action: ActionNode, late: bool, day: str) -> Entry:
        start, end = action.start, action.end
        known = end or start
        if known is None:
            return self._unknown(action, late)
        kind, status = (start or known).type, known.status
        place = self._level(known.level[:-1]) if self._options.levels else ""
        head = self._heads.get((kind, status, place)) or self._head(kind, status, place)
        when = (
            self._mark("its start is missing")
            if start is None
            else self._times.time(start.timestamp, day)
        )
        head = f"{head}  {when}"
        duration = action.duration
        if duration is not None:
            head = (
                f"{head}  {self._duration_before}{format_duration(duration)}{self._duration_behind}"
            )
        if late:
            head += f"  {self._mark('late')}"
        if start is not None and self._is_inline:
            head = self._with_fields(head, start)
        why = self._reason(end) if end is not None and end.status == "failed" else None
        # The end is the last of what is in order.
        items = action.orderly_items()
        if items is not None and end is not None:
            if not self._end_says_more(action, end, len(items)):
                items.pop()
            return head, start, why, items
        children = action.children()
        if end is None:
            return head, start, why, children
        if not self._end_says_more(action, end, len(children)):
            children = [each for each in children if each.item is not end]
        return head, start, why, children

    def _head(self, kind: str, status: str | None, place: str) -> str:
        """
        Say what action it is, and how it went.
        """
        if len(self._heads) >= _REMEMBERED:
            self._heads.clear()
        name = self._name("type", kind or "(untyped)")
        head = self._heads[kind, status, place] = f"{name}{place}  [{self._ends[status]}]"
        return head

    def _unknown(self, action: ActionNode, late: bool) -> Entry:
        """
        Draw actions of which nothing was found but what is in them.  Of those
        that only lead from one to the next, the last stands for all.
        """
        count = 1
        children = action.children()
        while len(children) == 1:
            inner = children[0].item
            if not isinstance(inner, ActionNode) or inner.start or inner.end:
                break
            count += 1
            action = inner
            children = action.children()
        place = _place(action.level)
        what = (
            f"unknown action at {place}"
            if count == 1
            else f"{count:,} unknown actions, down to {place}"
        )
        marks = [self._mark(what)]
        if late:
            marks.append(self._mark("late"))
        return _line(marks), None, None, children

    def _of_message(self, message: Message) -> str:
        kind = message.type
        return self._name("failed" if kind == _TRACEBACK else "type", kind or "(untyped)")

    def _message(self, message: Message, piece: Piece, when: str) -> Entry:
        head = self._of_message(message)
        status = message.status
        if self._options.levels:
            head += self._level(message.level)
        if status is not None:
            # A start or an end that is none, since its action has another one.
            head += f"  [{status}]"
        head += f"  {when}"
        if isinstance(piece, Child):
            if piece.late:
                head += f"  {self._mark('late')}"
            if piece.duplicate:
                head += f"  {self._mark('duplicate')}"
        if status is not None and not (isinstance(piece, Child) and piece.duplicate):
            head += f"  {self._mark('out of place')}"
        return self._with_fields(head, message), message, None, ()

    def _reason(self, end: Message) -> str | None:
        """
        Say why an action has failed, if that is known.
        """
        reasons = [end.fields.get("exception"), end.fields.get("reason")]
        said = [one_line(text, self._options) for text in reasons if isinstance(text, str)]
        return self._options.paint("failed", ": ".join(said)) if said else None

    def _end_says_more(self, action: ActionNode, end: Message, children: int) -> bool:
        """
        Whether the end of an action is worth an entry of its own.  Its outcome
        was told at the head; so was the reason of a failure, which is told
        again only if there is something in between.
        """
        failed = end.status == "failed"
        if action.start is None or (failed and children > 1):
            return True
        if not failed:
            return self._fields.any_shown(end)
        shown = self._fields.shown(end)
        return not all(_is_told(name, end.fields[name]) for name in shown)

    def _with_fields(self, head: str, message: Message) -> str:
        if not self._is_inline:
            return head
        return "  ".join([head, *self._fields.inline(message)])

    def _level(self, level: tuple[int, ...]) -> str:
        return "  " + self._options.paint("time", _place(level))

    def _name(self, role: Role, name: str) -> str:
        names = self._names[role]
        shown = names.get(name)
        if shown is None:
            if len(names) >= _REMEMBERED:
                names.clear()
            shown = names[name] = self._options.paint(role, self._printable(name))
        return shown

    def _printable(self, name: str) -> str:
        cut = name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "..."
        return printable(cut, ascii_only=self._options.ascii_only)

    def _mark(self, text: str) -> str:
        return self._options.paint("mark", f"({text})")


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
