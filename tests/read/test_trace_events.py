"""
Tests of :mod:`eliot.read._trace_events` and :mod:`eliot.read._spans`.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, Task, TraceEvents, read_tasks
from eliot.read._trace_events import TRACE_END, TRACE_SEPARATOR, TRACE_START
from tests.forests import Fields, Forest, damaged, forests
from tests.read.test_statistics import at, begun, done, read_lines
from tests.read.trace_rules import check_trace

Event = dict[str, JSON]


def trace_of(tasks: Iterable[Task]) -> list[Event]:
    """
    Write a trace, check it, and read it back.
    """
    events = TraceEvents()
    parts = [events.encode(task) for task in tasks]
    return check_trace(TRACE_START + TRACE_SEPARATOR.join(parts) + TRACE_END)


def trace(*messages: Message) -> list[Event]:
    """
    Write the trace of a log.
    """
    return trace_of(read_tasks(messages))


def args(event: Event) -> Event:
    """
    Get the arguments of an event.
    """
    found = event["args"]
    assert isinstance(found, dict)
    return found


def bars(events: list[Event]) -> dict[JSON, Event]:
    """
    Get the complete events, by their names.
    """
    return {str(each["name"]): each for each in events if each["ph"] == "X"}


def lanes(events: list[Event]) -> dict[str, int]:
    """
    Get the lanes of the complete events of one task, from 0, by their names.
    """
    return {str(name): int(f"{each['tid']}") - 2 for name, each in bars(events).items()}


class EventTests(SynchronousTestCase):
    """
    A task becomes events.
    """

    def test_action(self) -> None:
        """
        An action is a bar, from its start to its end, with its fields; a message is a mark.
        """
        process, thread, bar, mark = trace(
            at("0123456789", [1], 1.0, action_type="a", action_status="started", x=1),
            at("0123456789", [2], 1.25, message_type="m", y="2"),
            at("0123456789", [3], 1.5, action_type="a", action_status="succeeded", z=3),
        )
        self.assertEqual(args(process), {"name": "01234567 a"})
        self.assertEqual(args(thread), {"name": "lane 1"})
        self.assertEqual((bar["name"], bar["ph"]), ("a", "X"))
        self.assertEqual((bar["ts"], bar["dur"]), (1_000_000, 500_000))
        self.assertEqual(args(bar)["status"], "succeeded")
        self.assertEqual(args(bar)["duration"], 0.5)
        start, end = args(bar)["start"], args(bar)["end"]
        assert isinstance(start, dict)
        assert isinstance(end, dict)
        self.assertEqual((start["x"], end["z"]), (1, 3))
        self.assertEqual((mark["name"], mark["ph"], mark["ts"]), ("m", "i", 1_250_000))
        self.assertEqual(args(mark)["level"], "/2")
        self.assertEqual(args(mark)["fields"], {"message_type": "m", "y": "2", "timestamp": 1.25})

    def test_failed(self) -> None:
        """
        A failed action stands out.
        """
        bar = bars(trace(begun("u", [], 1.0), done("u", [2], 2.0, exception="E")))["a"]
        self.assertEqual((bar["cat"], bar["cname"]), ("action,failed", "terrible"))
        self.assertEqual((args(bar)["failed"], args(bar)["status"]), (True, "failed"))

    def test_unfinished(self) -> None:
        """
        An action without an end goes on to the last time that is known of its task.
        """
        found = trace(
            begun("u", [], 1.0, "outer"),
            begun("u", [2], 2.0, "inner"),
            at("u", [3], 5.0, message_type="m"),
        )
        self.assertEqual(args(found[0]), {"name": "u outer (incomplete)"})
        for name in ("outer", "inner"):
            bar = bars(found)[name]
            self.assertEqual(int(f"{bar['ts']}") + int(f"{bar['dur']}"), 5_000_000)
            self.assertIs(args(bar)["unfinished"], True)

    def test_start_missing(self) -> None:
        """
        Where the start is missing, it is told by what the action measured, or else is not known.
        """
        measured: Fields = {"eliot:duration": 0.5}
        bar = bars(trace(done("u", [2], 2.0, "a", **measured)))["a"]
        self.assertEqual((bar["ts"], bar["dur"]), (1_500_000, 500_000))
        self.assertIs(args(bar)["start_missing"], True)
        bar = bars(trace(done("u", [2], 2.0)))["a"]
        self.assertEqual((bar["ts"], bar["dur"]), (2_000_000, 0))

    def test_unknown(self) -> None:
        """
        An action of which nothing is known holds what is in it.
        """
        found = trace(
            at("u", [2, 3], 2.0, message_type="m"),
            begun("u", [2, 2], 3.0),
            done("u", [2, 2, 2], 4.0),
        )
        bar = bars(found)["unknown action"]
        self.assertEqual((bar["ts"], bar["dur"]), (2_000_000, 2_000_000))
        self.assertIs(args(bar)["unknown"], True)

    def test_gap(self) -> None:
        """
        What is missing is said of the action.
        """
        found = trace(
            begun("u", [], 1.0), at("u", [3], 1.0), at("u", [6], 1.0), done("u", [7], 2.0)
        )
        self.assertEqual(args(bars(found)["a"])["missing"], ["2", "4-5"])

    def test_late_and_duplicate(self) -> None:
        """
        What came late, and what claims a place that is taken, is marked.
        """
        found = trace(
            begun("u", [], 1.0, "outer"),
            begun("u", [2], 1.0, "inner"),
            done("u", [2, 2], 2.0, "inner"),
            at("u", [2, 3], 3.0, message_type="m"),
            at("u", [2, 3], 3.5, message_type="n"),
            begun("u", [2, 4], 4.0, "tardy"),
            done("u", [2, 4, 2], 5.0, "tardy"),
            done("u", [3], 6.0, "outer"),
        )
        marks = {each["name"]: args(each) for each in found if each["ph"] == "i"}
        self.assertEqual((marks["m"]["late"], "duplicate" in marks["m"]), (True, False))
        self.assertEqual((marks["n"]["late"], marks["n"]["duplicate"]), (True, True))
        self.assertIs(args(bars(found)["tardy"])["late"], True)

    def test_clock_turned_back(self) -> None:
        """
        An action that ended before it started takes as long as it measured, or no time.
        """
        bar = bars(trace(begun("u", [], 5.0), done("u", [2], 2.0)))["a"]
        self.assertEqual((bar["ts"], bar["dur"]), (5_000_000, 0))
        self.assertIs(args(bar)["clock_turned_back"], True)
        measured: Fields = {"eliot:duration": 0.5}
        bar = bars(trace(begun("u", [], 5.0), done("u", [2], 2.0, "a", **measured)))["a"]
        self.assertEqual((bar["ts"], bar["dur"]), (5_000_000, 500_000))

    def test_clock_beyond_reason(self) -> None:
        """
        Times that viewers cannot count are drawn at the edge, and stand in the arguments.
        """
        bar = bars(trace(begun("u", [], -1e300), done("u", [2], 1e300)))["a"]
        self.assertEqual((bar["ts"], bar["dur"]), (0, 9_200_000_000_000_000))
        start = args(bar)["start"]
        assert isinstance(start, dict)
        self.assertEqual(start["timestamp"], -1e300)

    def test_lone(self) -> None:
        """
        Messages outside of actions share one process, and say to which task they belong.
        """
        lone = at("x", [1], 1.0, message_type="m")
        found = trace(lone, at("y", [1], 2.0, message_type="m"), lone)
        marks = [each for each in found if each["ph"] == "i"]
        self.assertEqual([args(each)["task_uuid"] for each in marks], ["x", "y", "x"])
        self.assertEqual([args(each).get("duplicate") for each in marks], [None, None, True])
        self.assertEqual({each["pid"] for each in found}, {1})
        self.assertEqual(len(found), 5)

    def test_rest(self) -> None:
        """
        What came after its task was complete is named so.
        """
        found = trace(begun("u", [], 1.0), done("u", [2], 2.0), at("u", [3], 3.0))
        names = [args(each)["name"] for each in found if each["name"] == "process_name"]
        self.assertEqual(names, ["u a", "u unknown action (the rest)"])

    def test_untyped(self) -> None:
        """
        Whatever is logged, names are text.
        """
        found = trace(
            begun("u", [], 1.0, ""), at("u", [2], 1.0, message_type=[1]), done("u", [3], 2.0, "")
        )
        self.assertEqual(
            {each["name"] for each in found if each["ph"] in {"X", "i"}}, {"(untyped)"}
        )


class LaneTests(SynchronousTestCase):
    """
    Bars lie in lanes.
    """

    def test_nested(self) -> None:
        """
        What lies within its parent, one after the other, lies in its lane.
        """
        found = trace(
            begun("u", [], 1.0, "root"),
            begun("u", [2], 1.0, "first"),
            begun("u", [2, 2], 1.5, "inner"),
            done("u", [2, 2, 2], 2.0, "inner"),
            done("u", [2, 3], 2.0, "first"),
            begun("u", [3], 2.0, "second"),
            done("u", [3, 2], 3.0, "second"),
            done("u", [4], 3.0, "root"),
        )
        self.assertEqual(lanes(found), {"root": 0, "first": 0, "inner": 0, "second": 0})
        self.assertNotIn("s", {each["ph"] for each in found})

    def test_concurrent(self) -> None:
        """
        What runs at the same time has lanes of its own, which are used again; an arrow shows what
        caused it.
        """
        found = trace(
            begun("u", [], 1.0, "root"),
            begun("u", [2], 1.0, "one"),
            begun("u", [3], 2.0, "two"),
            begun("u", [3, 2], 2.5, "in two"),
            done("u", [3, 2, 2], 3.5, "in two"),
            done("u", [2, 2], 3.0, "one"),
            done("u", [3, 3], 4.0, "two"),
            begun("u", [4], 4.0, "three"),
            begun("u", [5], 5.0, "four"),
            done("u", [4, 2], 6.0, "three"),
            done("u", [5, 2], 7.0, "four"),
            done("u", [6], 9.0, "root"),
        )
        self.assertEqual(
            lanes(found), {"root": 0, "one": 0, "two": 1, "in two": 1, "three": 0, "four": 1}
        )
        arrows = [
            (each["ph"], each["ts"], each["tid"]) for each in found if each["ph"] in {"s", "f"}
        ]
        self.assertEqual(
            arrows,
            [("s", 1_000_000, 2), ("s", 1_000_000, 2), ("f", 2_000_000, 3), ("f", 5_000_000, 3)],
        )

    def test_equal(self) -> None:
        """
        Of two siblings that take the same time, neither lies in the other.
        """
        found = trace(
            begun("u", [], 1.0, "root"),
            begun("u", [2], 1.0, "one"),
            begun("u", [3], 1.0, "two"),
            done("u", [2, 2], 2.0, "one"),
            done("u", [3, 2], 2.0, "two"),
            done("u", [4], 2.0, "root"),
        )
        self.assertEqual(lanes(found), {"root": 0, "one": 0, "two": 1})

    def test_no_time(self) -> None:
        """
        A whole task that takes no time fits in one lane.
        """
        found = trace(
            begun("u", [], 1.0, "root"),
            begun("u", [2], 1.0, "one"),
            done("u", [2, 2], 1.0, "one"),
            begun("u", [3], 1.0, "two"),
            done("u", [3, 2], 1.0, "two"),
            done("u", [4], 1.0, "root"),
        )
        self.assertEqual(set(lanes(found).values()), {0})

    def test_longer_than_parent(self) -> None:
        """
        What goes on when its parent has ended has a lane of its own.
        """
        found = trace(
            begun("u", [], 1.0, "root"),
            begun("u", [2], 2.0, "long"),
            done("u", [3], 3.0, "root"),
            done("u", [2, 2], 4.0, "long"),
        )
        self.assertEqual(lanes(found), {"root": 0, "long": 1})

    def test_before_parent(self) -> None:
        """
        Where clocks differ, what seems to start before its cause has a lane of its own, without an
        arrow.
        """
        found = trace(
            begun("u", [], 5.0, "root"),
            begun("u", [2], 1.0, "early"),
            done("u", [2, 2], 6.0, "early"),
            done("u", [3], 7.0, "root"),
        )
        self.assertEqual(lanes(found), {"early": 0, "root": 1})
        self.assertEqual({each["ph"] for each in found}, {"M", "X"})

    def test_deep(self) -> None:
        """
        Depth costs no recursion.
        """
        depth = 1_500
        log = [begun("u", [2] * number, 1.0) for number in range(depth)]
        log += [done("u", [2] * number + [3], 2.0) for number in reversed(range(1, depth))]
        log.append(done("u", [3], 2.0))
        self.assertEqual(sum(each["ph"] == "X" for each in trace(*log)), depth)

    def test_deep_unknown(self) -> None:
        """
        A message far below unknown actions does not cost the square of its depth.
        """
        events = TraceEvents()
        (task,) = read_tasks([at("u", [1] * 5_000, 1.0)])
        self.assertLess(len(events.encode(task)), 2_000_000)


class PropertyTests(SynchronousTestCase):
    """
    Whatever programs log, and whatever becomes of it, makes a trace by the rules, and nothing of
    it is lost.
    """

    def check(self, tasks: list[Task]) -> None:
        """
        Every message of the tasks stands in the trace once.
        """
        found = trace_of(tasks)
        marks = []
        for event in found:
            if event["ph"] in {"X", "i"}:
                parts = [args(event).get(name) for name in ("start", "end", "fields")]
                marks += [str(part["mark"]) for part in parts if isinstance(part, dict)]
        expected = [str(each.fields["mark"]) for task in tasks for each in task.messages()]
        self.assertEqual(sorted(marks), sorted(expected))

    @given(st.data(), forests(odd=True))
    def test_whole(self, data: st.DataObject, forest: Forest) -> None:
        """
        Whole logs, at times that are drawn: actions overlap, and clocks differ.
        """
        for each in forest.messages:
            each["timestamp"] = data.draw(st.integers(min_value=0, max_value=5)) / 8
        self.check([*read_tasks(map(Message, forest.messages))])

    @given(st.data(), forests(odd=True))
    def test_damaged(self, data: st.DataObject, forest: Forest) -> None:
        """
        Logs to which everything happened.
        """
        lines = data.draw(damaged(forest)).lines
        self.check([*read_tasks(each for line in lines for each in read_lines(line))])
