"""
Tests of :mod:`eliot.parse`: that it shows what :mod:`eliot.read` has found.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import FileDestination, log_message, start_action, start_task
from eliot.parse import Parser, Task, WrittenAction, WrittenMessage
from eliot.read import ActionNode, Message, read_tasks
from eliot.read import Task as ReadTask
from tests.forests import Fields
from tests.helpers import fresh_destinations, scratch
from tests.performances import perform, programs

#: All that one side says of a tree.
Tree: TypeAlias = tuple[object, ...]


def shown(item: WrittenAction | WrittenMessage) -> Tree:
    """
    Write down a tree as :mod:`eliot.parse` shows it.
    """
    if isinstance(item, WrittenMessage):
        return item.task_level.level, item.timestamp, item.as_dict()
    start, end = item.start_message, item.end_message
    return (
        item.task_level.level,
        item.action_type,
        item.status,
        None if start is None else shown(start),
        None if end is None else shown(end),
        [shown(child) for child in item.children],
    )


def found(item: ActionNode | Message) -> Tree:
    """
    Write down a tree as :mod:`eliot.read` has found it: without what is equal to another one.
    """
    if isinstance(item, Message):
        return item.level, item.timestamp, item.fields
    below: list[Tree] = []
    for child in item.children():
        each = child.item
        if isinstance(each, (ActionNode, Message)) and each is not item.end:
            tree = found(each)
            own = [each for each in (item.start, item.end) if each is not None]
            if not (child.duplicate and tree in [*below, *map(found, own)]):
                below.append(tree)
    return (
        item.level,
        item.type,
        item.status,
        None if item.start is None else found(item.start),
        None if item.end is None else found(item.end),
        below,
    )


def same(task: Task, other: ReadTask) -> tuple[tuple[bool, Tree], tuple[bool, Tree]]:
    """
    Write down a task as both sides have it.
    """
    return (
        (task.is_complete(), shown(task.root())),
        (other.is_complete, found(other.lone_message or other.root)),
    )


def draw_log(test: ParseTests, data: st.DataObject, *, odd: bool) -> list[Fields]:
    """
    Have programs log, and draw what becomes of it.
    """
    messages = perform(test, data.draw(programs(odd=odd))).messages()
    copies = st.sampled_from([0, 1, 1, 1, 1, 2] if odd else [1])
    left = [each.fields for each in messages for _ in range(data.draw(copies))]
    return data.draw(st.permutations(left))


class ParseTests(SynchronousTestCase):
    """
    Logs become trees of objects.
    """

    @settings(max_examples=60)
    @given(st.data())
    def test_as_read(self, data: st.DataObject) -> None:
        """
        Whatever was logged and whatever became of it, the trees are those of ``eliot.read``, they
        come in the same order, and as soon.
        """
        log = draw_log(self, data, odd=True)
        expected = list(read_tasks(map(Message, log)))
        tasks = list(Parser.parse_stream(log))
        for task, other in zip(tasks, expected, strict=True):
            self.assertEqual(*same(task, other))
        parser, one_by_one = Parser(), []
        for each in log:
            completed, parser = parser.add(each)
            one_by_one += completed
        self.assertEqual(one_by_one + parser.incomplete_tasks(), tasks)

    @settings(max_examples=60)
    @given(st.data())
    def test_any_order(self, data: st.DataObject) -> None:
        """
        The same messages give equal tasks in any order, each handed out with its last message.
        """
        log = draw_log(self, data, odd=False)
        tasks = {task.root().task_uuid: task for task in Parser.parse_stream(log)}
        parser = Parser()
        left = [str(each["task_uuid"]) for each in log]
        for each in data.draw(st.permutations(log)):
            [*completed], parser = parser.add(each)
            task_uuid = str(each["task_uuid"])
            left.remove(task_uuid)
            self.assertEqual(completed, [] if task_uuid in left else [tasks[task_uuid]])

    @settings(max_examples=60)
    @given(st.data())
    def test_any_order_by_hand(self, data: st.DataObject) -> None:
        """
        Whatever is odd about it, a task that is put together as a whole is the same in any order.
        """
        log = draw_log(self, data, odd=True)

        def tasks(messages: list[Fields]) -> dict[str, Task]:
            made: dict[str, Task] = {}
            for each in messages:
                made.setdefault(str(each["task_uuid"]), Task()).add(each)
            return made

        self.assertEqual(tasks(log), tasks(data.draw(st.permutations(log))))

    @settings(max_examples=60)
    @given(st.data())
    def test_from_messages(self, data: st.DataObject) -> None:
        """
        An action that was parsed is the one that its parts make, if nothing is there twice.
        """
        messages = perform(self, data.draw(programs(odd=True))).messages()
        for task in Parser.parse_stream([each.fields for each in messages]):
            waiting = [task.root()]
            while waiting:
                action = waiting.pop()
                if isinstance(action, WrittenAction):
                    parts = (action.start_message, action.children, action.end_message)
                    self.assertEqual(WrittenAction.from_messages(*parts), action)
                    waiting.extend(action.children)


class FileTests(SynchronousTestCase):
    """
    A log file is parsed as the documentation shows it.
    """

    def log(self, program: Callable[[], object]) -> list[Task]:
        """
        Write a log, and parse it.
        """
        path = scratch(self) / "example.log"
        with path.open("wb") as file:
            fresh_destinations(self).add(FileDestination(file))
            program()
        with path.open("rb") as log:
            return list(Parser.parse_stream(map(json.loads, log)))

    def test_action(self) -> None:
        """
        An action is there with its type, its times and what happened in it.
        """

        def program() -> None:
            with start_task(action_type="greet", name="Dorothea") as greeting:
                log_message("said", text="Good evening!")
                with start_action(action_type="bow"):
                    pass
                greeting.add_success_fields(smiled=True)

        [task] = self.log(program)
        root = task.root()
        assert isinstance(root, WrittenAction)
        self.assertEqual((root.action_type, root.status), ("greet", "succeeded"))
        start, end = root.start_message, root.end_message
        assert start is not None
        assert end is not None
        self.assertEqual(start.contents.name, "Dorothea")
        self.assertIs(end.contents.smiled, True)
        self.assertEqual((root.start_time, root.end_time), (start.timestamp, end.timestamp))
        said, bow = root.children
        assert isinstance(said, WrittenMessage)
        assert isinstance(bow, WrittenAction)
        self.assertEqual(said.contents, {"message_type": "said", "text": "Good evening!"})
        self.assertEqual(bow.action_type, "bow")
        self.assertEqual(bow.task_level, said.task_level.next_sibling())

    def test_failure(self) -> None:
        """
        A failed action says why.
        """

        def program() -> None:
            with start_task(action_type="greet"):
                raise KeyError("Dorothea")

        def harmless() -> None:
            self.assertRaises(KeyError, program)

        [task] = self.log(harmless)
        root = task.root()
        assert isinstance(root, WrittenAction)
        self.assertEqual((root.status, root.reason), ("failed", "'Dorothea'"))
        self.assertEqual(root.exception, "builtins.KeyError")

    def test_message(self) -> None:
        """
        A message outside of any action is a task by itself.
        """
        [task] = self.log(lambda: log_message("said"))
        root = task.root()
        assert isinstance(root, WrittenMessage)
        self.assertEqual(root.contents.message_type, "said")
