"""
The rules of Google's "Trace Event Format", as far as what we write depends on them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, NamedTuple

from eliot.read import JSON

_NAMES = {"process_name", "thread_name"}

#: The largest time that viewers can count in nanoseconds, in microseconds.
_LARGEST = (2**63 - 1) // 1000


class Bar(NamedTuple):
    """
    A complete event.
    """

    start: float
    end: float
    event: dict[str, JSON]


class BrokenRuleError(Exception):
    """
    The trace breaks a rule; the argument says which.
    """


def rule(holds: object, text: str, event: object = None) -> None:
    """
    Complain unless a rule holds.
    """
    if not holds:
        raise BrokenRuleError(text, event)


def whole(value: JSON, *, least: int = 0) -> bool:
    """
    Say whether a value is an integer of that size at least.
    """
    return type(value) is int and value >= least


def check_trace(text: bytes) -> list[dict[str, Any]]:
    """
    Check a whole trace.

    :param text: What was written.
    :returns: Its events.
    :raises BrokenRuleError: If it breaks a rule.
    """
    events: list[dict[str, Any]] = json.loads(
        text, parse_constant=lambda name: rule(False, f"{name} is no JSON")
    )
    rule(isinstance(events, list), "a trace is an array of events")
    lanes: dict[tuple[int, int], list[Bar]] = defaultdict(list)
    named: set[tuple[str, int, int]] = set()
    flows: dict[str, dict[int, dict[str, Any]]] = {"s": {}, "f": {}}
    for event in events:
        rule(isinstance(event, dict), "events are objects", event)
        rule(isinstance(event["name"], str) and event["name"], "events have names", event)
        rule(whole(event["pid"], least=1), "pid is an integer", event)
        rule(whole(event["tid"], least=1), "tid is an integer", event)
        rule(isinstance(event.get("args", {}), dict), "args are an object", event)
        place = event["pid"], event["tid"]
        kind = event["ph"]
        if kind == "M":
            rule(event["name"] in _NAMES, "what is said of a track is known", event)
            rule(isinstance(event["args"]["name"], str), "names are text", event)
            key = (event["name"], *place)
            rule(key not in named, "a track has one name", event)
            named.add(key)
            continue
        rule(whole(event["ts"]) and event["ts"] <= _LARGEST, "times are in range", event)
        rule(isinstance(event["cat"], str), "categories are text", event)
        if kind == "X":
            rule(whole(event["dur"]), "durations are not negative", event)
            lanes[place].append(Bar(event["ts"], event["ts"] + event["dur"], event))
        elif kind == "i":
            rule(event["s"] in {"g", "p", "t"}, "instants have a scope", event)
        elif kind in {"s", "f"}:
            rule(event["id"] not in flows[kind], "an arrow has one end of each kind", event)
            flows[kind][event["id"]] = event
            bars = lanes[place]
            rule(bars and bars[-1].start == event["ts"], "its ends follow their bars", event)
        else:
            rule(False, "phases are known", event)
        rule(("process_name", event["pid"], event["pid"]) in named, "processes have names", event)
        rule(("thread_name", *place) in named, "threads have names", event)
    for bars in lanes.values():
        _check_lane(bars)
    _check_flows(flows["s"], flows["f"])
    return events


def _check_lane(bars: list[Bar]) -> None:
    stack: list[Bar] = []
    previous = 0.0
    for bar in bars:
        rule(bar.start >= previous, "the bars of a lane stand in the order of time", bar)
        previous = bar.start
        # What ended just now still holds what it caused, if that took no time.
        while stack and (
            stack[-1].end < bar.start
            or (stack[-1].end == bar.start < bar.end)
            or (stack[-1].end == bar.start and not _is_below(bar, stack[-1]))
        ):
            stack.pop()
        if stack:
            rule(bar.end <= stack[-1].end, "bars of a lane lie within each other", bar)
            rule(_is_below(bar, stack[-1]), "a bar lies in what caused it", bar)
        stack.append(bar)


def _is_below(bar: Bar, other: Bar) -> bool:
    """
    Say whether one action is right below another, as far as their levels are known.
    """
    inner, outer = (each.event["args"] for each in (bar, other))
    assert isinstance(inner, dict)
    assert isinstance(outer, dict)
    if "level" not in inner or "level" not in outer:
        return bar.start >= other.start and bar.end <= other.end
    return str(inner["level"]).rpartition("/")[0] == str(outer["level"]).rstrip("/")


def _check_flows(starts: dict[int, dict[str, Any]], ends: dict[int, dict[str, Any]]) -> None:
    rule(starts.keys() == ends.keys(), "an arrow has two ends")
    for number, start in starts.items():
        end = ends[number]
        rule(end["bp"] == "e", "an arrow ends in a bar", end)
        rule((start["name"], start["cat"]) == (end["name"], end["cat"]), "both are alike", end)
        rule(start["ts"] <= end["ts"], "an arrow follows time", end)
