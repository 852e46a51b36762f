"""
Counting what a log holds, task by task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from heapq import heappush, heapreplace
from itertools import count
from math import inf, isfinite
from sys import float_info
from typing import Final, Literal, TypeAlias, TypeVar, final

from eliot.read._action import ActionNode, Gap, LeftOut
from eliot.read._durations import Durations
from eliot.read._figures import (
    ActionFigures,
    ErrorFigures,
    MessageFigures,
    SlowTask,
    SpanFigures,
    Summary,
    TimeFigures,
    TotalFigures,
)
from eliot.read._message import Message
from eliot.read._tasks import Task

#: What the types of actions can be sorted by.
SortKey: TypeAlias = Literal[
    "count", "failures", "share", "p50", "p95", "p99", "max", "mean", "total", "type"
]

#: How many types of each kind are told apart: a program may put a number into every one.
MAXIMUM_TYPES: Final = 10_000

#: How many types of actions are told apart for each type of error.
_TYPES_OF_ERROR: Final = 100

#: How many characters of a type, an identifier and a reason are kept.
_LONGEST_NAME: Final = 200
_LONGEST_REASON: Final = 500

_TRACEBACK: Final = "eliot:traceback"

_T = TypeVar("_T")


@final
class _OfType:
    """
    What is counted of the actions of one type.
    """

    __slots__ = ("count", "durations", "failures", "unfinished")

    def __init__(self) -> None:
        self.count = 0
        self.failures = 0
        self.unfinished = 0
        self.durations = Durations()


@final
class _Error:
    """
    What is counted of the errors of one type.
    """

    __slots__ = ("action_types", "failures", "reason", "tracebacks")

    def __init__(self) -> None:
        self.failures = 0
        self.tracebacks = 0
        self.reason: str | None = None
        self.action_types: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return self.failures + self.tracebacks


@final
class Statistics:
    """
    Counts tasks, actions, messages and errors, and how long actions took. Use it from one thread
    at a time.

    A task is not kept: a duration takes eight bytes, and everything else has a bound. Where a log
    has more than ten thousand types of something, those met later are counted together, under
    ``None``.

    :param slowest: how many tasks are remembered for having taken long.
    """

    def __init__(self, slowest: int = 10) -> None:
        self._slowest_count = slowest
        self._slowest: list[tuple[float, int, str, str, str, float]] = []
        self._order = count()
        self._actions: dict[str | None, _OfType] = {}
        self._messages: dict[str | None, int] = {}
        self._errors: dict[str | None, _Error] = {}
        self._first = inf
        self._last = -inf
        self._tasks = self._incomplete = self._failed = self._rests = 0
        self._starts_and_ends = self._plain = 0
        self._late = self._duplicates = self._out_of_place = 0
        self._unknown = self._gaps = 0

    def add(self, task: Task) -> None:
        """
        Count a task.

        :param task: a task that was handed out.
        """
        alone = task.lone_message
        if alone is not None:
            self._lone(alone, again=task.is_rest)
            return
        root = task.root
        if task.is_rest:
            # The root was counted when the task was complete: what is here again is a duplicate.
            self._rests += 1
            self._duplicates += (root.start is not None) + (root.end is not None)
        else:
            self._tasks += 1
            self._incomplete += not task.is_complete
            self._failed += root.status == "failed"
            self._remember(task)
            self._action(root)
        first, last = self._first, self._last
        messages = self._messages
        waiting = [root]
        while waiting:
            action = waiting.pop()
            start, end = action.start, action.end
            if start is not None:
                self._starts_and_ends += 1
                timestamp = start.timestamp
                first = min(first, timestamp)
                last = max(last, timestamp)
            for child in action.children():
                item = child.item
                if isinstance(item, ActionNode):
                    self._action(item)
                    waiting.append(item)
                    continue
                if isinstance(item, Gap):
                    self._gaps += 1
                    continue
                if isinstance(item, LeftOut):
                    continue
                timestamp = item.timestamp
                first = min(first, timestamp)
                last = max(last, timestamp)
                if item is end:
                    self._starts_and_ends += 1
                    continue
                self._plain += 1
                self._late += child.late
                if child.duplicate:
                    self._duplicates += 1
                elif item.status is not None:
                    self._out_of_place += 1
                else:
                    name = item.type
                    if name in messages and name != _TRACEBACK:
                        messages[name] += 1
                    else:
                        self._message(item, action)
        self._first, self._last = first, last

    def summary(self, sort: SortKey = "total", top: int = 0) -> Summary:
        """
        Sum up what was counted so far.

        :param sort: what the types of actions are sorted by, the largest first.
        :param top: how many entries each list has at most; 0 is all of them.
        """
        actions, fewer_actions = _cut(self._sorted_actions(sort), top)
        errors, fewer_errors = _cut(self._sorted_errors(), top)
        messages, fewer_messages = _cut(self._sorted_messages(), top)
        slowest, _ = _cut(self._sorted_tasks(), top)
        return Summary(
            totals=self._totals(),
            actions=actions,
            slowest_tasks=slowest,
            errors=errors,
            messages=messages,
            left_out={
                "actions": fewer_actions,
                "errors": fewer_errors,
                "messages": fewer_messages,
            },
        )

    def _lone(self, message: Message, *, again: bool) -> None:
        self._plain += 1
        self._first = min(self._first, message.timestamp)
        self._last = max(self._last, message.timestamp)
        if again:
            self._rests += 1
            self._duplicates += 1
        else:
            self._tasks += 1
            self._message(message, None)

    def _action(self, action: ActionNode) -> None:
        name = action.type
        if name is None:
            self._unknown += 1
            return
        figures = self._actions.get(name)
        if figures is None:
            figures = _entry(self._actions, name, _OfType)
        figures.count += 1
        end = action.end
        if end is None:
            figures.unfinished += 1
            return
        if end.status == "failed":
            figures.failures += 1
            self._error(end, name).failures += 1
        duration = action.duration
        # A program may have measured anything.
        if duration is not None and isfinite(duration):
            figures.durations.add(duration)

    def _message(self, message: Message, action: ActionNode | None) -> None:
        if message.type == _TRACEBACK:
            self._error(message, None if action is None else action.type).tracebacks += 1
        messages = self._messages
        name = _name(messages, message.type)
        messages[name] = messages.get(name, 0) + 1

    def _error(self, message: Message, action_type: str | None) -> _Error:
        name = message.fields.get("exception")
        name = name if isinstance(name, str) else ""
        error = self._errors.get(name)
        if error is None:
            error = _entry(self._errors, name, _Error)
        if error.reason is None:
            reason = message.fields.get("reason")
            error.reason = reason[:_LONGEST_REASON] if isinstance(reason, str) else None
        if action_type is not None:
            action_type = action_type[:_LONGEST_NAME]
            if action_type in error.action_types or len(error.action_types) < _TYPES_OF_ERROR:
                error.action_types[action_type] += 1
        return error

    def _remember(self, task: Task) -> None:
        root = task.root
        duration = root.duration
        if duration is None or not isfinite(duration) or not self._slowest_count:
            return
        slowest = self._slowest
        full = len(slowest) >= self._slowest_count
        if full and duration <= slowest[0][0]:
            return
        end = root.end
        assert end is not None, "the root has a duration, and so an end"
        entry = (
            duration,
            -next(self._order),  # of those that took equally long, the first
            task.task_uuid[:_LONGEST_NAME],
            (root.type or "")[:_LONGEST_NAME],
            end.status or "",
            end.timestamp - duration if root.start is None else root.start.timestamp,
        )
        if full:
            heapreplace(slowest, entry)
        else:
            heappush(slowest, entry)

    def _rate(self, number: int) -> float | None:
        seconds = self._last - self._first
        return number / seconds if seconds > 0 else None

    def _totals(self) -> TotalFigures:
        return TotalFigures(
            tasks=self._tasks,
            incomplete=self._incomplete,
            failed=self._failed,
            rests=self._rests,
            messages=self._starts_and_ends + self._plain,
            late=self._late,
            duplicates=self._duplicates,
            out_of_place=self._out_of_place,
            actions=sum(each.count for each in self._actions.values()),
            unknown_actions=self._unknown,
            gaps=self._gaps,
            span=self._span(),
        )

    def _span(self) -> SpanFigures | None:
        if self._first > self._last:
            return None
        return SpanFigures(
            first=_time(self._first),
            last=_time(self._last),
            # Between two finite clocks there may be no finite time.
            seconds=min(self._last - self._first, float_info.max),
        )

    def _sorted_actions(self, sort: SortKey) -> list[ActionFigures]:
        actions = []
        for name, each in self._actions.items():
            durations = each.durations.figures()
            ended = each.count - each.unfinished
            actions.append(
                ActionFigures(
                    type=name,
                    count=each.count,
                    failures=each.failures,
                    failure_share=each.failures / ended if ended else None,
                    unfinished=each.unfinished,
                    rate=self._rate(each.count),
                    unknown_durations=each.count - durations["known"],
                    duration=durations,
                )
            )
        actions.sort(key=lambda each: (each["type"] is None, each["type"] or ""))
        if sort != "type":
            actions.sort(key=_KEYS[sort], reverse=True)
        return actions

    def _sorted_errors(self) -> list[ErrorFigures]:
        ordered = sorted(
            self._errors.items(), key=lambda each: (-each[1].count, each[0] is None, each[0] or "")
        )
        return [
            ErrorFigures(
                exception=name,
                count=each.count,
                failures=each.failures,
                tracebacks=each.tracebacks,
                action_types=dict(each.action_types.most_common()),
                reason=each.reason,
            )
            for name, each in ordered
        ]

    def _sorted_messages(self) -> list[MessageFigures]:
        ordered = sorted(
            self._messages.items(), key=lambda each: (-each[1], each[0] is None, each[0] or "")
        )
        return [
            MessageFigures(type=name, count=number, rate=self._rate(number))
            for name, number in ordered
        ]

    def _sorted_tasks(self) -> list[SlowTask]:
        return [
            SlowTask(
                task_uuid=task_uuid,
                type=name,
                status=status,
                started=_time(started),
                duration=duration,
            )
            for duration, _, task_uuid, name, status, started in sorted(
                self._slowest, key=lambda each: each[:2], reverse=True
            )
        ]


def _known(value: float | None) -> float:
    return -inf if value is None else value


_KEYS: Final[dict[SortKey, Callable[[ActionFigures], float]]] = {
    "count": lambda each: each["count"],
    "failures": lambda each: each["failures"],
    "share": lambda each: _known(each["failure_share"]),
    "p50": lambda each: _known(each["duration"]["p50"]),
    "p95": lambda each: _known(each["duration"]["p95"]),
    "p99": lambda each: _known(each["duration"]["p99"]),
    "max": lambda each: _known(each["duration"]["max"]),
    "mean": lambda each: _known(each["duration"]["mean"]),
    "total": lambda each: _known(each["duration"]["total"]),
}


def _name(known: dict[str | None, _T], name: str) -> str | None:
    """
    Find the name under which something is counted that is not in the table by its own: a name of
    bounded length, or ``None`` if the table is full.
    """
    short = name[:_LONGEST_NAME]
    return short if short in known or len(known) < MAXIMUM_TYPES else None


def _entry(known: dict[str | None, _T], name: str, make: Callable[[], _T]) -> _T:
    short = _name(known, name)
    entry = known.get(short)
    if entry is None:
        entry = known[short] = make()
    return entry


def _cut(entries: list[_T], top: int) -> tuple[list[_T], int]:
    if not top or len(entries) <= top:
        return entries, 0
    return entries[:top], len(entries) - top


def _time(epoch: float) -> TimeFigures:
    try:
        iso: str | None = datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):
        iso = None
    return TimeFigures(epoch=epoch, iso=iso)
