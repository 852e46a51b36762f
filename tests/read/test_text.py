"""
Tests of :mod:`eliot.read._text`, :mod:`eliot.read._entries` and :mod:`eliot.read._options`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import (
    JSON,
    PLAIN,
    Message,
    Role,
    Task,
    TextOptions,
    draw_task,
    printable,
    read_tasks,
)
from eliot.read._entries import Entries
from eliot.read._field_lines import FieldLines
from eliot.read._options import Layout
from tests.forests import Forest, damaged, forests
from tests.read.test_action import ended, message, started
from tests.read.test_tasks import marks_of

#: 2026-11-22 08:06:21 UTC
_MORNING = 1_795_334_781.0

_ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


def task_of(*messages: Message, is_rest: bool = False) -> Task:
    """
    Put one task together.
    """
    task = Task("u", is_rest=is_rest)
    for each in messages:
        task.add(each)
    return task


def failed(level: list[int], timestamp: float, reason: str = "no", **fields: JSON) -> Message:
    """
    Make the end message of an action that failed.
    """
    why: dict[str, JSON] = {"exception": "test.Oops", "reason": reason}
    return ended(level, timestamp, action_status="failed", **why, **fields)


def start(level: list[int], timestamp: float, action_type: str, **fields: JSON) -> Message:
    """
    Make a start message with fields.
    """
    begun = started(level, timestamp, action_type)
    return Message({**begun.fields, **fields})


class DrawTaskTests(SynchronousTestCase):
    """
    A task becomes lines of text.
    """

    def assertDrawn(  # noqa: N802 - as unittest spells it
        self, task: Task, drawing: str, *, ascii_only: bool = False
    ) -> None:
        """
        Check the lines of a task, given with the indentation of this file.
        """
        lines = list(draw_task(task, TextOptions(ascii_only=ascii_only)))
        expected = [line[12:] for line in drawing.strip("\n").splitlines()]
        self.assertEqual(lines, [line for line in expected if line])

    def test_whole(self) -> None:
        """
        Actions tell how they went and how long they took; fields stand below, and an end that
        has something to add stands where it came.
        """
        task = task_of(
            start([], _MORNING, "app:run", links=["/", "/about"]),
            message([2], _MORNING + 0.25, message_type="app:hello", who="you"),
            start([3], _MORNING + 0.5, "app:get", url="/"),
            ended([3, 2], _MORNING + 0.75, status=200),
            start([4], _MORNING + 0.75, "app:rest"),
            ended([4, 2], _MORNING + 0.8),
            ended([5], _MORNING + 2),
        )
        self.assertDrawn(
            task,
            """
            u  2026-11-22 UTC
            ╰─ app:run  [succeeded]  08:06:21.000  2.000 s
               │  links: ["/", "/about"]
               ├─ app:hello  08:06:21.250
               │     who: you
               ├─ app:get  [succeeded]  08:06:21.500  250 ms
               │  │  url: /
               │  ╰─ succeeded  08:06:21.750
               │        status: 200
               ╰─ app:rest  [succeeded]  08:06:21.750  50 ms
            """,
        )

    def test_ascii(self) -> None:
        """
        With ASCII, so are the lines of the tree.
        """
        task = task_of(
            start([], _MORNING, "ü", x=1),
            message([2], _MORNING, message_type="m"),
            ended([3], _MORNING),
        )
        self.assertDrawn(
            task,
            r"""
            u  2026-11-22 UTC
            `- \xfc  [succeeded]  08:06:21.000  0.00 ms
               |  x: 1
               `- m  08:06:21.000
            """,
            ascii_only=True,
        )

    def test_lone_message(self) -> None:
        """
        A message outside of any action stands for itself; one without a type says so.
        """
        self.assertDrawn(
            task_of(message([1], _MORNING, message_type="", x=[1])),
            """
            u  2026-11-22 UTC
            ╰─ (untyped)  08:06:21.000
                  x: [1]
            """,
        )

    def test_failed(self) -> None:
        """
        A failed action says so and why at its top, and again at its end if anything is between.
        """
        self.assertDrawn(
            task_of(
                start([], _MORNING, "outer", x=1),
                start([2], _MORNING, "inner", y=2),
                failed([2, 2], _MORNING),
                failed([3], _MORNING + 1, code=7),
            ),
            """
            u  2026-11-22 UTC
            ╰─ outer  [FAILED]  08:06:21.000  1.000 s
               │  test.Oops: no
               │  x: 1
               ├─ inner  [FAILED]  08:06:21.000  0.00 ms
               │     test.Oops: no
               │     y: 2
               ╰─ FAILED  08:06:22.000
                     exception: test.Oops
                     reason: no
                     code: 7
            """,
        )

    def test_failed_at_length(self) -> None:
        """
        A reason of several lines is whole at the end.
        """
        self.assertDrawn(
            task_of(start([], _MORNING, "a"), failed([2], _MORNING, "one\ntwo")),
            """
            u  2026-11-22 UTC
            ╰─ a  [FAILED]  08:06:21.000  0.00 ms
               │  test.Oops: one ...
               ╰─ FAILED  08:06:21.000
                     exception: test.Oops
                     reason:
                       one
                       two
            """,
        )

    def test_failed_without_reason(self) -> None:
        """
        A failure without a reason, or with an odd one, shows what there is.
        """
        end = ended([2], _MORNING, action_status="failed", exception=[1])
        self.assertDrawn(
            task_of(start([], _MORNING, "a"), end),
            """
            u  2026-11-22 UTC
            ╰─ a  [FAILED]  08:06:21.000  0.00 ms
               ╰─ FAILED  08:06:21.000
                     exception: [1]
            """,
        )

    def test_unfinished(self) -> None:
        """
        An action without its end is unfinished, and its task incomplete.
        """
        self.assertDrawn(
            task_of(start([], _MORNING, "a")),
            """
            u  2026-11-22 UTC  (incomplete)
            ╰─ a  [unfinished]  08:06:21.000
            """,
        )

    def test_missing(self) -> None:
        """
        What is missing has its place: starts, single levels, and ranges of them.
        """
        self.assertDrawn(
            task_of(message([3], _MORNING, message_type="m"), ended([9], _MORNING)),
            """
            u  2026-11-22 UTC  (incomplete)
            ╰─ a  [succeeded]  (its start is missing)
               ├─ (level 2 is missing)
               ├─ m  08:06:21.000
               ├─ (levels 4 to 8 are missing)
               ╰─ succeeded  08:06:21.000
            """,
        )

    def test_unknown(self) -> None:
        """
        Actions of which nothing was found are still places; a chain of them takes one line.
        """
        self.assertDrawn(
            task_of(
                start([7, 2, 5], _MORNING, "remote"), ended([7, 2, 5, 2], _MORNING), is_rest=True
            ),
            """
            u  2026-11-22 UTC  (incomplete)  (the rest of a task that was complete before)
            ╰─ (3 unknown actions, down to /7/2)
               ╰─ remote  [succeeded]  08:06:21.000  0.00 ms
            """,
        )
        self.assertDrawn(
            task_of(message([2], _MORNING, message_type="m"), start([3], _MORNING, "a")),
            """
            u  2026-11-22 UTC  (incomplete)
            ╰─ (unknown action at /)
               ├─ m  08:06:21.000
               ╰─ a  [unfinished]  08:06:21.000
            """,
        )

    def test_marks(self) -> None:
        """
        Late messages and actions, duplicates, and ends that are none are marked.
        """
        self.assertDrawn(
            task_of(
                start([], _MORNING, "a"),
                start([], _MORNING, "a"),
                ended([2], _MORNING),
                message([3], _MORNING, message_type="m"),
                start([4], _MORNING, "b"),
                ended([4, 2], _MORNING),
                message([5, 2], _MORNING, message_type="m"),
                ended([6], _MORNING),
            ),
            """
            u  2026-11-22 UTC  (incomplete)
            ╰─ a  [succeeded]  08:06:21.000  0.00 ms
               ├─ a  [started]  08:06:21.000  (duplicate)
               ├─ m  08:06:21.000  (late)
               ├─ b  [succeeded]  08:06:21.000  0.00 ms  (late)
               ├─ (unknown action at /5)  (late)
               │  ╰─ m  08:06:21.000
               ╰─ a  [succeeded]  08:06:21.000  (late)  (out of place)
            """,
        )

    def test_durations(self) -> None:
        """
        A measured duration is told by the head and not repeated; one that is no number is an
        ordinary field.
        """
        measured = ended([2], _MORNING, **{"eliot:duration": 0.5})
        self.assertDrawn(
            task_of(start([], _MORNING, "a"), measured),
            """
            u  2026-11-22 UTC
            ╰─ a  [succeeded]  08:06:21.000  500 ms
            """,
        )
        nonsense = ended([2], _MORNING, **{"eliot:duration": "long"})
        self.assertDrawn(
            task_of(start([], _MORNING, "a"), nonsense),
            """
            u  2026-11-22 UTC
            ╰─ a  [succeeded]  08:06:21.000  0.00 ms
               ╰─ succeeded  08:06:21.000
                     eliot:duration: long
            """,
        )

    def test_duplicates_alone(self) -> None:
        """
        The duplicates of a message outside of any action stand beside it.
        """
        one, two = message([1], _MORNING, x=1), message([1], _MORNING, x=2)
        (task,) = read_tasks([one, two], patience=1)
        self.assertEqual(
            list(draw_task(task)),
            [
                "u  2026-11-22 UTC",
                "├─ (untyped)  08:06:21.000",
                "│     x: 1",
                "╰─ (untyped)  08:06:21.000  (duplicate)",
                "      x: 2",
            ],
        )

    def test_left_out_of_unknown(self) -> None:
        """
        What was left out of unknown actions is told, however they are drawn.
        """
        task = task_of(message([2, 2, 1], _MORNING), message([2, 3], _MORNING))
        outer, inner = task.root.actions[2], task.root.actions[2].actions[2]
        pruned = task.root.without({}, {2: outer.without({3: 1}, {2: inner})})
        drawn = list(draw_task(task.with_root(pruned)))
        self.assertIn("(1 message left out)", drawn[-1])
        alone = task_of(message([1], _MORNING), message([2], _MORNING))
        drawn = list(draw_task(alone.with_root(alone.root.without({2: 1}, {}))))
        self.assertIn("(1 message left out)", drawn[-1])

    def test_odd_types(self) -> None:
        """
        Types and statuses of the wrong kind are shown as fields.
        """
        self.assertDrawn(
            task_of(message([1], _MORNING, message_type=[1], action_type=2, action_status="x")),
            """
            u  2026-11-22 UTC
            ╰─ (untyped)  08:06:21.000
                  message_type: [1]
                  action_type: 2
                  action_status: x
            """,
        )

    def test_long_names(self) -> None:
        """
        Types, identifiers and places that are very long are cut.
        """
        place: dict[str, JSON] = {"task_uuid": "u" * 5_000, "task_level": [3] * 500}
        task = Task("u" * 5_000, is_rest=False)
        task.add(Message({**place, "timestamp": 1.0, "message_type": "t" * 5_000}))
        lines = list(draw_task(task))
        self.assertLess(max(map(len, lines)), 300)
        self.assertIn("(500 unknown actions, down to /3/3/3/3/3/3/3/3/3/3/...)", lines[1])

    def test_paint(self) -> None:
        """
        Each part is painted in its role, and paint is all that is added.
        """
        task = task_of(
            start([], _MORNING, "a", x={"y": [[1]]}),
            message([3], _MORNING, message_type="eliot:traceback"),
            start([4], _MORNING, "b"),
            failed([5], _MORNING),
        )
        styles: dict[Role, tuple[str, str]] = {
            role: (f"<{role}>", f"</{role}>") for role in get_args(Role)
        }
        lines = list(draw_task(task, TextOptions(styles=styles)))
        bare = [re.sub(r"</?[a-z]+>", "", line) for line in lines]
        self.assertEqual(bare, list(draw_task(task, TextOptions(styles=PLAIN))))
        self.assertEqual(
            set(re.findall(r"<([a-z]+)>[^<]*</\1>", "".join(lines))),
            set(get_args(Role)) - {"succeeded"},
        )

    def test_deep(self) -> None:
        """
        A tree of 10,000 levels is drawn without recursion, line by line, and no line is longer
        because it is deep.
        """

        def chain(depth: int) -> Task:
            task = Task("u", is_rest=False)
            node = task.root
            for _ in range(depth):
                # The last integer is all that counts once the action is found.
                node.place(1, started([], _MORNING))
                node.place(3, ended([3], _MORNING))
                node, _ = node.open_child(2)
            node.place(1, started([], _MORNING))
            return task

        lines = list(draw_task(chain(10_000)))
        self.assertEqual(len(lines), 10_002)
        self.assertLess(max(map(len, lines)), 200)
        self.assertTrue(lines[32 * 300 + 1].startswith("9600 » ╰─ a"), lines[32 * 300 + 1])

    def test_lazy(self) -> None:
        """
        Lines are made when they are asked for.
        """
        task = task_of(start([], _MORNING, "a", large=list(range(1_000_000))))
        lines = draw_task(task, TextOptions(field_limit=0))
        self.assertEqual([next(lines) for _ in range(4)][3].split(), ["-", "0"])

    @given(st.data())
    def test_everything_once(self, data: st.DataObject) -> None:
        """
        Each message of a damaged log that carries a field of its own is shown just as often as it
        is there.
        """
        log = data.draw(damaged(data.draw(forests(odd=True))))
        shown = Counter[str]()
        for task in read_tasks(map(Message, log.survivors)):
            for line in draw_task(task):
                shown.update(re.findall(r" mark: (m\d+)$", line))
        self.assertEqual(shown, Counter(marks_of(log.survivors)))

    @given(forests(odd=True), st.sampled_from(["below", "inline", "none"]), st.booleans())
    def test_short_way(self, forest: Forest, layout: Layout, levels: bool) -> None:
        """
        What has a line of its own is told in the same words as everything else.
        """
        options = TextOptions(layout=layout, levels=levels)
        fields = FieldLines(options)
        entries = Entries(options, fields)
        short = 0
        for task in read_tasks(map(Message, forest.messages)):
            day = entries.day(task)
            waiting = [task.root]
            while waiting:
                action = waiting.pop()
                waiting += action.actions.values()
                for each in action.orderly_items() or ():
                    if isinstance(each, Message):
                        # Names are learned where they are seen first.
                        told = entries.entry(each, action, day)
                        line = entries.line(each, action, day)
                        self.assertIn(line, [None, told[0]])
                        self.assertEqual(told[1:], (each, None, ()))
                        self.assertEqual(fields.any_shown(each), bool(fields.shown(each)))
                        short += line is not None
        self.assertTrue((layout != "inline" and not levels) or not short)

    @given(st.data())
    def test_printable(self, data: st.DataObject) -> None:
        """
        Whatever stands in types, identifiers, names and values, no control character comes out.
        """
        forest = data.draw(forests(odd=True))
        strange = data.draw(_ANY_TEXT)
        options = TextOptions(field_limit=data.draw(st.sampled_from([0, 5, 1000])))
        for fields in forest.messages:
            for name in ["message_type", "action_type", "exception", "reason", "task_uuid"]:
                if name in fields:
                    fields[name] = str(fields[name]) + strange
            # Not the name of another field.
            fields[f"{strange}."] = [{strange: strange}, [strange]]
        messages = [Message(fields) for fields in forest.messages]
        for task in read_tasks(messages):
            for line in draw_task(task, options):
                self.assertEqual(printable(line), line)
            for line in draw_task(task, replace(options, ascii_only=True)):
                self.assertEqual(printable(line, ascii_only=True), line)
