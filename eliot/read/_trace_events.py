"""
Tasks as events for trace viewers: Perfetto (ui.perfetto.dev), ``chrome://tracing``, and others that
read the format which Google's document "Trace Event Format" describes.

Each task becomes a *process* of the trace, named by the beginning of its identifier and the type of
its root, and each lane that its actions need (see :mod:`eliot.read._spans`) a *thread*.  An action
is a complete event (``X``), and a message an instant (``i``).  Where an action does not lie in the
lane of the one that caused it, an arrow leads there (flow events, ``s`` and ``f``).
Messages that were logged outside of any action share one process.

What is written is the format's array of events, which viewers read even if its end is missing.
"""

from __future__ import annotations

from itertools import count
from typing import Final, final

from eliot.read._action import Child, Gap
from eliot.read._json_line import to_json
from eliot.read._message import JSON, Message
from eliot.read._spans import Span, microseconds, spans_of
from eliot.read._tasks import Task

#: What stands before the events of the first task, between those of two, and after the last.
TRACE_START: Final = b"[\n"
TRACE_SEPARATOR: Final = b",\n"
TRACE_END: Final = b"\n]\n"

#: The process of messages that belong to no action.
_LONE: Final = 1

#: How many characters of a task's identifier are shown in the name of its process.
_PREFIX: Final = 8

_FRAMEWORK: Final = frozenset({"task_uuid", "task_level", "timestamp"})

Event = dict[str, JSON]


@final
class TraceEvents:
    """
    Makes the events of a trace, task by task.  Use it from one thread at a time.

    The numbers of processes, threads and arrows are given in the order of the tasks, so the same
    log gives the same trace.
    """

    def __init__(self) -> None:
        self._next_number = _LONE + 1
        self._lone_named = False
        self._flows = count(1)

    def encode(self, task: Task) -> bytes:
        """
        Write the events of a task.

        :param task: a task that was handed out.
        :returns: lines of JSON, with commas and line ends between them, to stand among those of
            other tasks.
        """
        return TRACE_SEPARATOR.join(map(to_json, self.events(task)))

    def events(self, task: Task) -> list[Event]:
        """
        Make the events of a task.

        :param task: a task that was handed out.
        """
        alone = task.lone_message
        if alone is not None:
            return self._lone(alone, is_rest=task.is_rest)
        spans, lanes = spans_of(task)
        process = self._next_number
        self._next_number += lanes
        events = _names(task, process, lanes)
        arrows = self._arrows(spans)
        for span in spans:
            thread = process + span.lane
            events.append(_bar(span, task.task_uuid, process, thread))
            # The end of an arrow belongs to the innermost bar that is open at its time, of those
            # that stand before it: to the one that was begun just now, unless another was begun in
            # the same microsecond.
            events += (
                {**each, "ts": span.start, "pid": process, "tid": thread}
                for each in arrows.get(span, ())
            )
            for child in span.children:
                if isinstance(child.item, Message):
                    events.append(_instant(child.item, process, thread, _marks(child)))
        return events

    def _lone(self, message: Message, *, is_rest: bool) -> list[Event]:
        events = []
        if not self._lone_named:
            self._lone_named = True
            events.append(_name("process_name", "messages outside of actions", _LONE, _LONE))
            events.append(_name("thread_name", "messages", _LONE, _LONE))
        marks: Event = {"task_uuid": message.task_uuid}
        if is_rest:
            marks["duplicate"] = True
        events.append(_instant(message, _LONE, _LONE, marks))
        return events

    def _arrows(self, spans: list[Span]) -> dict[Span, list[Event]]:
        """
        Lead from actions to those that they caused in other lanes.  Time must not run backwards
        along an arrow: where clocks say that it did, there is none.

        :returns: the ends of arrows at each action.
        """
        arrows: dict[Span, list[Event]] = {}
        for span in spans:
            parent = span.parent
            if parent is None or parent.lane == span.lane or parent.start > span.start:
                continue
            arrow: Event = {"name": "causes", "cat": "cause", "id": next(self._flows)}
            arrows.setdefault(parent, []).append({**arrow, "ph": "s"})
            arrows.setdefault(span, []).append({**arrow, "ph": "f", "bp": "e"})
        return arrows


def _names(task: Task, process: int, lanes: int) -> list[Event]:
    name = f"{task.task_uuid[:_PREFIX]} {task.root.type or 'unknown action'}"
    if task.is_rest:
        name += " (the rest)"
    elif not task.is_complete:
        name += " (incomplete)"
    return [
        _name("process_name", name, process, process),
        *(
            _name("thread_name", f"lane {lane + 1}", process, process + lane)
            for lane in range(lanes)
        ),
    ]


def _name(kind: str, name: str, process: int, thread: int) -> Event:
    return {"ph": "M", "name": kind, "pid": process, "tid": thread, "args": {"name": name}}


def _bar(span: Span, task_uuid: str, process: int, thread: int) -> Event:
    action = span.action
    start, end = action.start, action.end
    known = start or end
    args: Event = {"task_uuid": task_uuid}
    event: Event = {
        "ph": "X",
        "name": "unknown action" if known is None else known.type or "(untyped)",
        "cat": "action",
        "ts": span.start,
        "dur": span.end - span.start,
        "pid": process,
        "tid": thread,
        "args": args,
    }
    if known is None:
        args["unknown"] = True
    else:
        args["level"] = "/" + "/".join(map(str, known.level[:-1]))
        args["status"] = action.status
    if action.status == "failed":
        event["cat"] = "action,failed"
        event["cname"] = "terrible"
        args["failed"] = True
    if end is None and start is not None:
        event["cname"] = "bad"
        args["unfinished"] = True
    if start is None and end is not None:
        args["start_missing"] = True
    duration = action.duration
    if duration is not None:
        args["duration"] = duration
        if duration < 0:
            args["clock_turned_back"] = True
    if span.late:
        args["late"] = True
    missing: list[JSON] = [
        _missing(each.item) for each in span.children if isinstance(each.item, Gap)
    ]
    if missing:
        args["missing"] = missing
    if start is not None:
        args["start"] = _own_fields(start)
    if end is not None:
        args["end"] = _own_fields(end)
    return event


def _instant(message: Message, process: int, thread: int, args: Event) -> Event:
    args["level"] = "/" + "/".join(map(str, message.level))
    args["fields"] = _own_fields(message)
    return {
        "ph": "i",
        "s": "t",
        "name": message.type or "(untyped)",
        "cat": "message",
        "ts": microseconds(message.timestamp),
        "pid": process,
        "tid": thread,
        "args": args,
    }


def _marks(child: Child) -> Event:
    marks: Event = {}
    if child.late:
        marks["late"] = True
    if child.duplicate:
        marks["duplicate"] = True
    return marks


def _missing(gap: Gap) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first}-{gap.last}"


def _own_fields(message: Message) -> Event:
    own = {name: value for name, value in message.fields.items() if name not in _FRAMEWORK}
    own["timestamp"] = message.timestamp
    return own
