"""
Tests of :mod:`eliot.read._statistics`.
"""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import (
    JSON,
    ActionNode,
    Gap,
    Message,
    Statistics,
    Summary,
    Task,
    _statistics,
    read_messages,
    read_tasks,
)
from tests.forests import Forest, damaged, forests
from tests.read.test_tasks import walk


def at(task_uuid: str, level: list[int], timestamp: float, **fields: JSON) -> Message:
    """
    Make a message.
    """
    place: dict[str, JSON] = {
        "task_uuid": task_uuid,
        "task_level": [*level],
        "timestamp": timestamp,
    }
    return Message({**place, **fields})


def begun(task_uuid: str, level: list[int], timestamp: float, action_type: str = "a") -> Message:
    """
    Make the start of an action, at that action's level.
    """
    return at(task_uuid, [*level, 1], timestamp, action_type=action_type, action_status="started")


def done(
    task_uuid: str, level: list[int], timestamp: float, action_type: str = "a", **fields: JSON
) -> Message:
    """
    Make the end of an action, at the level of the message.
    """
    status = "failed" if "exception" in fields else "succeeded"
    return at(task_uuid, level, timestamp, action_type=action_type, action_status=status, **fields)


def summary_of(*messages: Message, top: int = 0) -> Summary:
    """
    Sum up a log.
    """
    statistics = Statistics()
    for task in read_tasks(messages):
        statistics.add(task)
    return statistics.summary(top=top)


class TotalsTests(SynchronousTestCase):
    """
    What a log holds is counted.
    """

    def test_nothing(self) -> None:
        """
        An empty log has figures, too.
        """
        summary = summary_of()
        self.assertEqual(summary["actions"], [])
        self.assertEqual((summary["totals"]["tasks"], summary["totals"]["span"]), (0, None))

    def test_kinds(self) -> None:
        """
        Tasks, messages and actions are counted, and what is odd about them.
        """
        totals = summary_of(
            begun("whole", [], 1.0),
            done("whole", [2], 2.0, exception="E"),
            at("alone", [1], 3.0, message_type="m"),
            begun("cut", [], 4.0),
            at("cut", [4], 5.0, message_type="m"),
            at("cut", [4], 5.5, message_type="m"),
            at("unknown", [2, 2], 6.0, message_type="m"),
            begun("over", [], 7.0),
            done("over", [2], 8.0),
            at("over", [3], 9.0, message_type="m"),
        )["totals"]
        self.assertEqual((totals["tasks"], totals["incomplete"], totals["failed"]), (5, 2, 1))
        self.assertEqual((totals["messages"], totals["duplicates"]), (10, 1))
        self.assertEqual((totals["actions"], totals["unknown_actions"]), (3, 2))
        self.assertEqual((totals["gaps"], totals["rests"]), (1, 1))

    def test_late(self) -> None:
        """
        Messages that came after the end of their action are counted.
        """
        totals = summary_of(
            begun("u", [], 1.0),
            begun("u", [2], 1.0),
            done("u", [2, 2], 2.0),
            at("u", [2, 3], 3.0),
            done("u", [3], 4.0),
        )["totals"]
        self.assertEqual(totals["late"], 1)

    def test_out_of_place(self) -> None:
        """
        A start or an end that is none is counted, as a message.
        """
        totals = summary_of(
            begun("u", [], 1.0),
            begun("u", [2], 1.0),
            done("u", [4], 3.0),
            done("u", [3], 2.0),
            done("u", [2, 2], 2.0),
        )["totals"]
        self.assertEqual((totals["messages"], totals["out_of_place"]), (5, 1))

    def test_rest(self) -> None:
        """
        What comes after its task was complete makes no second task: what repeats the root is a
        duplicate, while an action that began late is an action like any other.
        """
        whole = [begun("u", [], 1.0), done("u", [2], 2.0)]
        summary = summary_of(*whole, *whole, at("l", [1], 1.0), at("l", [1], 1.0))
        totals = summary["totals"]
        self.assertEqual((totals["tasks"], totals["rests"], totals["actions"]), (2, 2, 1))
        self.assertEqual((totals["messages"], totals["duplicates"]), (6, 3))
        self.assertEqual(summary["messages"][0]["count"], 1)
        late = [begun("u", [3], 3.0, "late"), done("u", [3, 2], 4.0, "late")]
        summary = summary_of(*whole, *late)
        self.assertEqual([each["type"] for each in summary["actions"]], ["a", "late"])

    def test_span(self) -> None:
        """
        The span is from the oldest message to the newest, in whatever order they come.
        """
        span = summary_of(at("x", [1], 90.0), at("y", [1], 30.0), at("z", [1], 60.0))["totals"][
            "span"
        ]
        assert span is not None
        self.assertEqual(span["first"], {"epoch": 30.0, "iso": "1970-01-01T00:00:30.000+00:00"})
        self.assertEqual((span["last"]["epoch"], span["seconds"]), (90.0, 60.0))

    def test_clock_beyond_reason(self) -> None:
        """
        Times that no calendar has are numbers alone, and all figures remain numbers.
        """
        summary = summary_of(
            begun("u", [], -1.7e308),
            done("u", [2], 1.7e308),
            at("x", [1], 1.0),
        )
        span = summary["totals"]["span"]
        assert span is not None
        self.assertEqual(span["first"], {"epoch": -1.7e308, "iso": None})
        self.assertEqual(summary["actions"][0]["unknown_durations"], 1)
        json.dumps(summary, allow_nan=False)


class ActionTests(SynchronousTestCase):
    """
    Actions are counted by type.
    """

    def test_figures(self) -> None:
        """
        A type has its count, failures, durations, and how often it ran.
        """
        (each,) = summary_of(
            begun("x", [], 0.0),
            done("x", [2], 1.0),
            begun("y", [], 2.0),
            done("y", [2], 5.0, exception="E"),
            begun("z", [], 10.0),
        )["actions"]
        self.assertEqual(
            (each["type"], each["count"], each["failures"], each["unfinished"]), ("a", 3, 1, 1)
        )
        self.assertEqual((each["failure_share"], each["rate"]), (0.5, 0.3))
        self.assertEqual((each["unknown_durations"], each["duration"]["known"]), (1, 2))
        self.assertEqual((each["duration"]["p50"], each["duration"]["mean"]), (1.0, 2.0))

    def test_measured(self) -> None:
        """
        What an action measured itself is its duration; what is no number is none.
        """
        measured: dict[str, JSON] = {"eliot:duration": 0.25}
        nonsense: dict[str, JSON] = {"eliot:duration": float("inf")}
        summary = summary_of(
            begun("x", [], 5.0, "x"),
            done("x", [2], 1.0, "x", **measured),
            begun("y", [], 5.0, "y"),
            done("y", [2], 1.0, "y"),
            begun("z", [], 5.0, "z"),
            done("z", [2], 1.0, "z", **nonsense),
        )
        x, y, z = summary["actions"]
        self.assertEqual((x["duration"]["max"], x["duration"]["negative"]), (0.25, 0))
        self.assertEqual((y["duration"]["max"], y["duration"]["negative"]), (-4.0, 1))
        self.assertEqual((z["type"], z["duration"]["max"], z["unknown_durations"]), ("z", None, 1))

    def test_sort(self) -> None:
        """
        Types can be sorted by each figure, the largest first; those that do not have it come last,
        and those that are equal stand in the order of their names.
        """
        statistics = Statistics()
        log = [
            *(begun("1", [], 0.0, "slow"), done("1", [2], 10.0, "slow")),
            *(begun("2", [], 0.0, "often"), done("2", [2], 1.0, "often")),
            *(begun("3", [], 0.0, "often"), done("3", [2], 1.0, "often", exception="E")),
            begun("4", [], 0.0, "never"),
            *(begun("5", [], 0.0, "bad"), done("5", [2], 1.0, "bad", exception="E")),
        ]
        for task in read_tasks(log):
            statistics.add(task)

        def order(sort: _statistics.SortKey) -> list[str | None]:
            return [each["type"] for each in statistics.summary(sort)["actions"]]

        self.assertEqual(order("total"), ["slow", "often", "bad", "never"])
        self.assertEqual(order("count"), ["often", "bad", "never", "slow"])
        self.assertEqual(order("failures"), ["bad", "often", "never", "slow"])
        self.assertEqual(order("share"), ["bad", "often", "slow", "never"])
        for name in ("p50", "p95", "p99", "max", "mean"):
            self.assertEqual(order(name), ["slow", "bad", "often", "never"])
        self.assertEqual(order("type"), ["bad", "never", "often", "slow"])

    def test_many_types(self) -> None:
        """
        Beyond a number of types, the others are counted together, of actions, messages and errors.
        """
        self.patch(_statistics, "MAXIMUM_TYPES", 2)
        log = [
            each
            for number in range(5)
            for each in (
                begun(f"{number}", [], 0.0, f"a{number}"),
                at(f"{number}", [2], 0.0, message_type=f"m{number}"),
                done(f"{number}", [3], 1.0, f"a{number}", exception=f"e{number}"),
            )
        ]
        summary = summary_of(*log)
        self.assertEqual(
            {each["type"]: each["count"] for each in summary["actions"]},
            {"a0": 1, "a1": 1, None: 3},
        )
        self.assertEqual(
            {each["type"]: each["count"] for each in summary["messages"]},
            {"m0": 1, "m1": 1, None: 3},
        )
        self.assertEqual(
            {each["exception"]: each["count"] for each in summary["errors"]},
            {"e0": 1, "e1": 1, None: 3},
        )

    def test_long_types(self) -> None:
        """
        Names are cut to a bounded length, and those that are the same then are one.
        """
        log = [
            each
            for number in range(2)
            for each in (
                begun(f"{number}", [], 0.0, "a" * 1_000 + str(number)),
                at(f"{number}", [2], 0.0, message_type="m" * 1_000 + str(number)),
                done(f"{number}", [3], 1.0, "a", exception="e" * 1_000, reason="r" * 10_000),
            )
        ]
        summary = summary_of(*log)
        (action,), (message,), (error,) = summary["actions"], summary["messages"], summary["errors"]
        self.assertEqual((action["type"], action["count"]), ("a" * 200, 2))
        self.assertEqual((message["type"], message["count"]), ("m" * 200, 2))
        self.assertEqual((error["exception"], error["reason"]), ("e" * 200, "r" * 500))

    def test_top(self) -> None:
        """
        Lists can be cut; how much was left out is said.
        """
        log = [
            each
            for number in range(5)
            for each in (
                begun(f"{number}", [], 0.0, f"a{number}"),
                at(f"{number}", [2], 0.0, message_type=f"m{number}"),
                done(f"{number}", [3], 1.0, f"a{number}", exception=f"e{number}"),
            )
        ]
        summary = summary_of(*log, top=2)
        self.assertEqual([each["type"] for each in summary["actions"]], ["a0", "a1"])
        self.assertEqual(len(summary["slowest_tasks"]), 2)
        self.assertEqual(summary["left_out"], {"actions": 3, "errors": 3, "messages": 3})


class ErrorTests(SynchronousTestCase):
    """
    Errors are counted by type.
    """

    def test_errors(self) -> None:
        """
        Failures and tracebacks are counted, with the types of the actions that they were in, and
        the first reason.
        """
        first, second = summary_of(
            begun("x", [], 0.0, "b"),
            done("x", [2], 1.0, "b", exception="E", reason="first"),
            begun("y", [], 0.0, "c"),
            at("y", [2], 0.5, message_type="eliot:traceback", exception="E", reason="second"),
            done("y", [3], 1.0, "c", exception="E", reason=5),
            at("z", [1], 0.5, message_type="eliot:traceback", reason="alone"),
        )["errors"]
        self.assertEqual((first["exception"], first["count"]), ("E", 3))
        self.assertEqual((first["failures"], first["tracebacks"]), (2, 1))
        self.assertEqual((first["action_types"], first["reason"]), ({"c": 2, "b": 1}, "first"))
        self.assertEqual((second["exception"], second["action_types"]), ("", {}))

    def test_many_action_types(self) -> None:
        """
        An error names a bounded number of types.
        """
        log = [
            each
            for number in range(200)
            for each in (
                begun(f"{number}", [], 0.0, f"a{number}"),
                done(f"{number}", [2], 1.0, f"a{number}", exception="E"),
            )
        ]
        (error,) = summary_of(*log)["errors"]
        self.assertEqual((error["count"], len(error["action_types"])), (200, 100))


class SlowestTests(SynchronousTestCase):
    """
    The tasks that took longest are remembered.
    """

    def test_slowest(self) -> None:
        """
        They are those with the longest durations, and of equal ones the first.
        """
        statistics = Statistics(slowest=2)
        log = [
            each
            for number, duration in enumerate([1.0, 3.0, 2.0, 3.0, 2.0, 0.0])
            for each in (
                begun(f"u{number}", [], 10.0),
                done(f"u{number}", [2], 10.0 + duration),
            )
        ]
        for task in read_tasks(log):
            statistics.add(task)
        first, second = statistics.summary()["slowest_tasks"]
        self.assertEqual((first["task_uuid"], second["task_uuid"]), ("u1", "u3"))
        self.assertEqual((first["type"], first["status"]), ("a", "succeeded"))
        self.assertEqual((first["duration"], first["started"]["epoch"]), (3.0, 10.0))

    def test_start_missing(self) -> None:
        """
        Where only the end is known, the start is as long before it as the task took.
        """
        measured: dict[str, JSON] = {"eliot:duration": 2.0}
        (each,) = summary_of(done("u", [2], 10.0, "a", **measured))["slowest_tasks"]
        self.assertEqual(each["started"]["epoch"], 8.0)

    def test_none(self) -> None:
        """
        None need be remembered.
        """
        statistics = Statistics(slowest=0)
        for task in read_tasks([begun("u", [], 1.0), done("u", [2], 2.0)]):
            statistics.add(task)
        self.assertEqual(statistics.summary()["slowest_tasks"], [])


class PropertyTests(SynchronousTestCase):
    """
    The figures agree with what is found by walking through the tasks.
    """

    def check(self, tasks: list[Task]) -> None:
        """
        Compare the figures of tasks with a plain count.
        """
        statistics = Statistics()
        for task in tasks:
            statistics.add(task)
        summary = statistics.summary()
        items = [(task, *found) for task in tasks for found in walk(task)]
        messages = [child.item for _, _, child in items if isinstance(child.item, Message)]
        totals = summary["totals"]
        self.assertEqual(totals["messages"], len(messages))
        self.assertEqual(totals["tasks"] + totals["rests"], len(tasks))
        self.assertEqual(totals["gaps"], sum(isinstance(c.item, Gap) for _, _, c in items))
        actions = [
            *(task.root for task in tasks if not task.is_rest and task.lone_message is None),
            *(child.item for _, _, child in items if isinstance(child.item, ActionNode)),
        ]
        self.assertEqual(
            {each["type"]: each["count"] for each in summary["actions"]},
            Counter(each.type for each in actions if each.type is not None),
        )
        self.assertEqual(totals["unknown_actions"], sum(each.type is None for each in actions))
        self.assertEqual(
            sum(each["failures"] for each in summary["errors"]),
            sum(each.status == "failed" for each in actions),
        )
        json.dumps(summary, allow_nan=False)

    @given(forests(odd=True))
    def test_whole(self, forest: Forest) -> None:
        """
        Of whole logs.
        """
        self.check([*read_tasks(map(Message, forest.messages))])

    @given(st.data(), forests(odd=True))
    def test_damaged(self, data: st.DataObject, forest: Forest) -> None:
        """
        Of logs to which everything happened.
        """
        lines = data.draw(damaged(forest)).lines
        log = [each for line in lines for each in read_lines(line)]
        self.check([*read_tasks(log)])


def read_lines(line: bytes) -> list[Message]:
    """
    Read what a line holds, if it is a message.
    """
    return [*read_messages(BytesIO(line), "log", lambda problem: None)]
