"""
When the actions of a task took place, and in which lanes they can be drawn.

A lane is a row of a picture.  Bars in one lane either do not overlap, or one of them lies within
the other, which then is its parent: so what is drawn below a bar was caused by it.  Whatever runs
at the same time as its siblings, or longer than its parent, gets another lane.

Times are whole microseconds since the epoch, and never negative.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import isfinite
from typing import Final, final

from eliot.read._action import ActionNode
from eliot.read._message import Message
from eliot.read._tasks import Task

#: The last time that is drawn, in seconds since the epoch: viewers count
#: nanoseconds in 64 bits.
_LAST_TIME: Final = 9_200_000_000


def microseconds(timestamp: float) -> int:
    """
    Turn seconds since the epoch into microseconds, within what can be drawn.
    """
    return round(min(max(timestamp, 0.0), _LAST_TIME) * 1_000_000)


@final
class Span:
    """
    An action, and where it is drawn.

    :ivar action: the action.
    :ivar parent: the span of the action right above it.
    :ivar children: what stands right below the action, but for ``action.end``.
    :ivar late: whether the action came after the end of the one above it.
    :ivar start: when it started, or at the latest, as far as that is known.
    :ivar end: when it ended, or at the earliest.
    :ivar lane: the lane, from 0.
    """

    __slots__ = ("action", "children", "end", "lane", "late", "parent", "start")

    def __init__(self, action: ActionNode, parent: Span | None, *, late: bool) -> None:
        self.action = action
        self.parent = parent
        self.late = late
        self.children = [each for each in action.children() if each.item is not action.end]
        self.start = self.end = self.lane = 0


def spans_of(task: Task) -> tuple[list[Span], int]:
    """
    Find out when each action of a task took place, and put it in a lane.

    An action whose end is unknown goes on to the last time that is known of the task; one of which
    nothing is known holds what is in it.

    :param task: a task that was handed out.
    :returns: the spans, in the order in which they started, parents before what is in them; and
        how many lanes there are.
    """
    spans = [Span(task.root, None, late=False)]
    last = 0
    # The list grows: each action stands behind the one above it.
    for span in spans:
        for child in span.children:
            item = child.item
            if isinstance(item, ActionNode):
                spans.append(Span(item, span, late=child.late))
            elif isinstance(item, Message):
                last = max(last, microseconds(item.timestamp))
        for boundary in (span.action.start, span.action.end):
            if boundary is not None:
                last = max(last, microseconds(boundary.timestamp))
    _set_times(spans, last)
    # Sorting keeps parents before their children where both started and ended at once.
    spans.sort(key=lambda span: (span.start, -span.end))
    return spans, _set_lanes(spans)


def _set_times(spans: list[Span], last: int) -> None:
    unknown: dict[Span, list[Span]] = {}
    for span in reversed(spans):
        start, end = span.action.start, span.action.end
        if start is None and end is None:
            times = [time for inner in unknown.pop(span, ()) for time in (inner.start, inner.end)]
            times += [
                microseconds(child.item.timestamp)
                for child in span.children
                if isinstance(child.item, Message)
            ]
            span.start, span.end = min(times), max(times)
        else:
            span.start, span.end = _times(span.action, last)
        parent = span.parent
        if parent is not None and parent.action.start is None and parent.action.end is None:
            unknown.setdefault(parent, []).append(span)


def _times(action: ActionNode, last: int) -> tuple[int, int]:
    """
    The wall clock says where an action is drawn, since it says so of all that is in it; what the
    action measured counts where the clock was turned back, or the start is missing.
    """
    if action.end is None:
        assert action.start is not None
        start = microseconds(action.start.timestamp)
        return start, max(start, last)
    end = microseconds(action.end.timestamp)
    duration = action.duration
    measured = duration if duration is not None and isfinite(duration) and duration > 0 else 0.0
    if action.start is None:
        return microseconds(action.end.timestamp - measured), end
    start = microseconds(action.start.timestamp)
    if end < start:
        end = microseconds(action.start.timestamp + measured)
    return start, end


def _set_lanes(spans: list[Span]) -> int:
    """
    Give each span a lane: its parent's if it fits there, or else the first that is free.

    :param spans: the spans, sorted by their starts.
    :returns: how many lanes that takes.
    """
    # Of each lane: what has not ended, each within the one before it.
    open_spans: list[list[Span]] = []
    busy: list[tuple[int, int]] = []  # when each lane is free again, and which it is
    free: list[int] = []
    for span in spans:
        start, parent = span.start, span.parent
        if parent is not None and parent.start <= start and span.end <= parent.end:
            stack = open_spans[parent.lane]
            # What ended just now is over, unless it is the parent of what takes no time.
            while stack and stack[-1] is not parent and stack[-1].end <= start:
                stack.pop()
            if stack and stack[-1] is parent:
                span.lane = parent.lane
                stack.append(span)
                continue
        while busy and busy[0][0] <= start:
            heappush(free, heappop(busy)[1])
        if free:
            span.lane = heappop(free)
        else:
            span.lane = len(open_spans)
            open_spans.append([])
        open_spans[span.lane] = [span]
        heappush(busy, (span.end, span.lane))
    return len(open_spans)
