"""
Tests of :mod:`eliot.read._tasks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import (
    ActionNode,
    Child,
    Message,
    Problem,
    Task,
    TaskBuilder,
    read_messages,
    read_tasks,
)
from eliot.read._tasks import REMEMBERED
from tests.forests import Fields, Forest, damaged, forests
from tests.read.test_action import ended, message, started


def walk(task: Task) -> Iterator[tuple[ActionNode, Child]]:
    """
    Walk through everything in a task by way of its actions' children.
    """
    waiting = [task.root]
    while waiting:
        node = waiting.pop()
        if node.start is not None:
            yield node, Child(1, node.start)
        for child in node.children():
            yield node, child
            if isinstance(child.item, ActionNode):
                waiting.append(child.item)


def marks(task: Task) -> list[str]:
    """
    Name the messages of a task by their marks.
    """
    return sorted(
        str(child.item.fields["mark"]) for _, child in walk(task) if isinstance(child.item, Message)
    )


def marks_of(messages: list[Fields]) -> list[str]:
    """
    Name messages by their marks.
    """
    return sorted(str(each["mark"]) for each in messages)


class TaskTests(SynchronousTestCase):
    """
    A task is a tree, or a single message.
    """

    def test_lone_message(self) -> None:
        """
        A message outside of any action is a task of its own, complete at once.
        """
        alone = message([1])
        task = TaskBuilder().add(alone)
        assert task is not None
        self.assertIs(task.lone_message, alone)
        self.assertTrue(task.is_complete)

    def test_not_alone(self) -> None:
        """
        A message at the first level beside others of the task is not a task of its own.
        """
        task = Task("u", is_rest=False)
        task.add(started([2]))
        task.add(message([1]))
        self.assertIsNone(task.lone_message)
        self.assertFalse(task.is_complete)

    def test_messages(self) -> None:
        """
        All messages are walked through, an action's own in the order of levels before those of
        the actions in it, duplicates beside their first.
        """
        sent = [started([]), message([2]), message([2]), ended([5]), started([3]), started([4])]
        task = Task("u", is_rest=False)
        for each in reversed(sent):
            task.add(each)
        sent[1], sent[2] = sent[2], sent[1]
        self.assertEqual(list(task.messages()), sent)

    def test_deep(self) -> None:
        """
        A message in 9,999 unknown actions has its place, without recursion.
        """
        task = Task("u", is_rest=False)
        level = [2] * 9_999 + [1]
        task.add(message(level))
        task.add(message([*level[:-1], 2]))
        self.assertEqual(len(list(task.messages())), 2)
        self.assertEqual(sum(1 for _ in walk(task)), 9_999 + 2)
        self.assertEqual(task.root.level, ())
        self.assertEqual(task.root.actions[2].level, (2,))


class TaskBuilderTests(SynchronousTestCase):
    """
    Tasks are handed out as soon as they are complete, and nothing is lost.
    """

    def test_forgotten(self) -> None:
        """
        A task that was handed out is not handed out again.
        """
        builder = TaskBuilder()
        builder.add(started([]))
        self.assertIsNotNone(builder.add(ended([2])))
        self.assertEqual(list(builder.rest()), [])

    def test_incomplete(self) -> None:
        """
        Tasks that are not complete are handed out on request, each once, in the order of their
        first messages.
        """
        builder = TaskBuilder()
        for task_uuid in ["b", "a", "b"]:
            place: Fields = {"task_uuid": task_uuid, "task_level": [2], "timestamp": 1.0}
            builder.add(Message(place))
        self.assertEqual([task.task_uuid for task in builder.rest()], ["b", "a"])
        self.assertEqual(list(builder.rest()), [])

    def test_open_tasks(self) -> None:
        """
        Tasks that are not complete can be looked at; they stay, and grow.
        """
        builder = TaskBuilder()
        builder.add(started([]))
        [task] = builder.open_tasks()
        self.assertEqual(builder.open_tasks(), [task])
        self.assertIs(builder.add(ended([2])), task)
        self.assertEqual(builder.open_tasks(), [])

    def test_rest(self) -> None:
        """
        What comes after its task was handed out is told apart from a task of its own.
        """
        messages = [message([1]), message([1]), message([2])]
        tasks = list(read_tasks(messages))
        self.assertEqual([task.is_rest for task in tasks], [False, True, True])
        self.assertEqual([task.is_complete for task in tasks], [True, True, False])

    def test_remembered(self) -> None:
        """
        Only so many tasks are remembered, so that memory does not grow with the log.
        """
        builder = TaskBuilder()

        def add(number: int) -> bool:
            place: Fields = {"task_uuid": str(number), "task_level": [1], "timestamp": 1.0}
            task = builder.add(Message(place))
            assert task is not None
            return task.is_rest

        for number in range(2 * REMEMBERED + 1):
            self.assertFalse(add(number))
        self.assertTrue(add(REMEMBERED + 1))
        self.assertTrue(add(2 * REMEMBERED))
        self.assertFalse(add(0))

    def test_patience(self) -> None:
        """
        A complete task that is kept back takes what its actions did late; it is handed out when
        so many others are complete, or at the end, before what is not.
        """
        start, end, late, other = started([]), ended([2]), message([3]), started([4])
        builder = TaskBuilder(patience=2)
        taken = [builder.add(each) for each in (start, end, late)]
        self.assertEqual(taken, [None] * 3)
        alone = [Message({**late.fields, "task_uuid": each, "task_level": [1]}) for each in "xyz"]
        self.assertIsNone(builder.add(alone[0]))
        task = builder.add(alone[1])
        assert task is not None
        self.assertEqual(list(task.messages()), [start, end, late])
        self.assertTrue(task.is_complete)
        left = Message({**other.fields, "task_uuid": "v"})
        self.assertIsNone(builder.add(left))
        self.assertEqual([each.task_uuid for each in builder.rest()], ["x", "y", "v"])

    def test_patience_with_late_actions(self) -> None:
        """
        A task of which an action has begun late is not handed out before that has ended.
        """
        builder = TaskBuilder(patience=1)
        for each in (started([]), ended([2]), started([3])):
            self.assertIsNone(builder.add(each))
        others = [Message({**message([1]).fields, "task_uuid": each}) for each in "xyz"]
        handed_out = [builder.add(each) for each in others]
        self.assertEqual([each and each.task_uuid for each in handed_out], [None, "x", "y"])
        task = builder.add(ended([3, 2]))
        assert task is not None
        self.assertEqual(task.task_uuid, "z")
        (task,) = builder.rest()
        self.assertTrue(task.is_complete)
        self.assertEqual(len(list(task.messages())), 4)

    @given(st.data())
    def test_shuffled(self, data: st.DataObject) -> None:
        """
        A whole forest, in any order, gives exactly its tasks, each complete, and each just when
        the last of its messages has come.
        """
        forest = data.draw(forests())
        left = Counter(str(each["task_uuid"]) for each in forest.messages)
        builder = TaskBuilder()
        found = []
        for fields in data.draw(st.permutations(forest.messages)):
            task = builder.add(Message(fields))
            task_uuid = str(fields["task_uuid"])
            left[task_uuid] -= 1
            self.assertEqual(task is not None, left[task_uuid] == 0)
            if task is not None:
                self.assertTrue(task.is_complete)
                self.assertEqual(marks(task), marks_of(forest.of_task(task_uuid)))
                found.append(task_uuid)
        self.assertEqual(sorted(found), sorted(forest.task_uuids))
        self.assertEqual(list(builder.rest()), [])

    @given(forests(odd=True))
    def test_logged_order(self, forest: Forest) -> None:
        """
        In the order in which it was logged, a forest with late messages and shared task ids gives
        its tasks whole as well, and just what was late is marked.
        """
        tasks = list(read_tasks(map(Message, forest.messages)))
        self.assertEqual([task.task_uuid for task in tasks], sorted(forest.task_uuids))
        self.assertTrue(all(task.is_complete and not task.is_rest for task in tasks))
        self.assertEqual(
            sorted(mark for task in tasks for mark in marks(task)), marks_of(forest.messages)
        )
        late = {
            str(child.item.fields["mark"])
            for task in tasks
            for _, child in walk(task)
            if child.late and isinstance(child.item, Message)
        }
        self.assertEqual(late, forest.late)

    @given(st.data())
    def test_damaged(self, data: st.DataObject) -> None:
        """
        From what is left of a log after losses, repetitions, shuffling and garbage, each message
        that survived is found exactly as often as it is there; all but one of its copies are
        flagged, and each line of garbage is told.
        """
        log = data.draw(damaged(data.draw(forests(odd=True))))
        problems: list[Problem] = []
        file = BytesIO(b"".join(log.lines))
        tasks = list(read_tasks(read_messages(file, "x.log", problems.append)))
        self.assertEqual(len(problems), log.garbage)
        found: list[str] = []
        unflagged: list[str] = []
        flagged: list[str] = []
        for task in tasks:
            found += marks(task)
            self.assertEqual(marks_of([each.fields for each in task.messages()]), marks(task))
            for _, child in walk(task):
                if isinstance(child.item, Message) and not task.is_rest:
                    mark = str(child.item.fields["mark"])
                    (flagged if child.duplicate else unflagged).append(mark)
        copies = Counter(marks_of(log.survivors))
        self.assertEqual(Counter(found), copies)
        self.assertEqual(len(unflagged), len(set(unflagged)))
        self.assertTrue(all(copies[mark] > 1 for mark in flagged))

    @given(st.data())
    def test_complete_means_complete(self, data: st.DataObject) -> None:
        """
        Where nothing is late or shared, a task is complete if, and only if, no message is lost.
        """
        forest = data.draw(forests())
        kept = data.draw(
            st.lists(
                st.sampled_from([True, True, True, False]),
                min_size=len(forest.messages),
                max_size=len(forest.messages),
            )
        )
        left = [each for each, keep in zip(forest.messages, kept, strict=True) if keep]
        for task in read_tasks(map(Message, data.draw(st.permutations(left)))):
            whole = marks(task) == marks_of(forest.of_task(task.task_uuid))
            self.assertEqual(task.is_complete, whole)
