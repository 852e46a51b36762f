"""
What must hold for whatever programs log, and whatever becomes of it on the way to the reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import (
    JSON,
    SHARED_TASK,
    ActionNode,
    Gap,
    LeftOut,
    Message,
    Task,
    TaskBuilder,
    merge_messages,
    read_tasks,
)
from tests.performances import Performed, Place, perform, programs
from tests.read.test_tasks import walk

#: A tree, as something that can be compared.
Outline: TypeAlias = list[object]


def place_of(message: Message) -> Place:
    """
    Get what names a message uniquely.
    """
    return message.task_uuid, message.level


def outline(node: ActionNode) -> Outline:
    """
    Write down all there is to an action: its type, its status and whether it is complete; then
    its children with their contents and marks.
    """
    below: Outline = []
    for child in node.children():
        item = child.item
        if isinstance(item, ActionNode):
            below.append((child.number, child.late, outline(item)))
        elif isinstance(item, Gap | LeftOut):
            below.append(item)
        else:
            below.append((child.number, child.late, child.duplicate, item.fields))
    start = None if node.start is None else node.start.fields
    end = None if node.end is None else node.end.fields
    return [node.type, node.status, node.is_complete, start, end, below]


def trees(messages: Iterable[Message]) -> dict[str, Outline]:
    """
    Put whole tasks together, without handing any of them out before the end.
    """
    tasks: dict[str, Task] = {}
    for each in messages:
        task = tasks.setdefault(each.task_uuid, Task(each.task_uuid, is_rest=False))
        task.add(each)
    return {task_uuid: outline(task.root) for task_uuid, task in tasks.items()}


def nothing_missing(found: set[tuple[int, ...]], whole: dict[tuple[int, ...], Message]) -> bool:
    """
    Say whether a task is complete, by the definition: every action that anything was found of has
    its start and its end, and nothing is missing between what was found in it, unless it holds
    what continues a shared identifier.

    :param found: The levels that were found.
    :param whole: All messages of the task by their levels.
    """
    if found == {(1,)} and whole[1,].status is None:
        return True
    numbers: dict[tuple[int, ...], set[int]] = {}
    for level in found:
        for depth in range(len(level)):
            numbers.setdefault(level[:depth], set()).add(level[depth])
    for action, taken in numbers.items():
        known = [whole[*action, number] for number in taken if (*action, number) in found]
        statuses = {each.status for each in known}
        if "started" not in statuses or not statuses & {"succeeded", "failed"}:
            return False
        shared = any(each.type == SHARED_TASK for each in known)
        if not shared and taken != set(range(1, len(taken) + 1)):
            return False
    return bool(numbers)


def some(data: st.DataObject, messages: list[Message], copies: list[int]) -> list[Message]:
    """
    Draw what is left of messages.

    :param copies: How many copies there may be of each.
    """
    counts = [data.draw(st.sampled_from(copies)) for _ in messages]
    return [each for each, count in zip(messages, counts, strict=True) for _ in range(count)]


def changed(message: Message, number: int) -> Message:
    """
    Make another message that claims to be at the same place, as if an identifier were used twice.
    """
    difference: dict[str, JSON] = {"other": number, "timestamp": message.timestamp + number}
    return Message({**message.fields, **difference})


class WrittenTests(SynchronousTestCase):
    """
    What the writing side has written, the reading side puts together again.
    """

    def perform(self, data: st.DataObject, *, odd: bool = False) -> Performed:
        """
        Have programs log.
        """
        return perform(self, data.draw(programs(odd=odd)))

    @given(st.data())
    def test_any_order(self, data: st.DataObject) -> None:
        """
        The same messages give the same trees, in whatever order they come, even if some are
        missing, some there more than once, and some are at places that belong to others.
        """
        messages = some(data, self.perform(data, odd=True).messages(), [0, 1, 1, 1, 1, 2, 3])
        if messages:
            again = data.draw(st.lists(st.sampled_from(messages), max_size=3))
            messages += [changed(each, number) for number, each in enumerate(again, 1)]
        shuffled = data.draw(st.permutations(messages))
        self.assertEqual(trees(messages), trees(shuffled))

    @given(st.data())
    def test_complete_when_whole(self, data: st.DataObject) -> None:
        """
        Where nothing is late or shared, each task is handed out just when the last of its
        messages has come, whatever the order, and none is left.
        """
        messages = self.perform(data).messages()
        expected = trees(messages)
        left = Counter(each.task_uuid for each in messages)
        builder = TaskBuilder()
        for each in data.draw(st.permutations(messages)):
            task = builder.add(each)
            left[each.task_uuid] -= 1
            self.assertEqual(task is None, left[each.task_uuid] > 0)
            if task is not None:
                self.assertFalse(task.is_rest)
                self.assertEqual(outline(task.root), expected[task.task_uuid])
        self.assertEqual(builder.open_tasks(), [])

    @given(st.data())
    def test_complete_when_nothing_is_missing(self, data: st.DataObject) -> None:
        """
        A task is handed out just when nothing is known to be missing: late messages, and what
        continues a shared identifier, are waited for if anything of them has come, else not.
        What comes after that is the rest of the task, and all of it is there.
        """
        messages = self.perform(data, odd=True).messages()
        whole: dict[str, dict[tuple[int, ...], Message]] = {}
        for each in messages:
            whole.setdefault(each.task_uuid, {})[each.level] = each
        found: dict[str, set[tuple[int, ...]]] = {}
        tasks = []
        builder = TaskBuilder()
        for each in data.draw(st.permutations(messages)):
            levels = found.setdefault(each.task_uuid, set())
            levels.add(each.level)
            task = builder.add(each)
            self.assertEqual(task is not None, nothing_missing(levels, whole[each.task_uuid]))
            if task is not None:
                self.assertEqual({message.level for message in task.messages()}, levels)
                levels.clear()
                tasks.append(task)
        tasks += builder.rest()
        seen: set[str] = set()
        for task in tasks:
            self.assertEqual(task.is_rest, task.task_uuid in seen)
            seen.add(task.task_uuid)
        self.assertEqual(
            sorted(place_of(message) for task in tasks for message in task.messages()),
            sorted(map(place_of, messages)),
        )

    @given(st.data())
    def test_holders(self, data: st.DataObject) -> None:
        """
        As it was logged, a task is complete with its root's end: a shared identifier that is not
        continued until then keeps nothing waiting.
        """
        performed = self.perform(data, odd=True)
        messages = performed.messages()
        builder = TaskBuilder()
        complete = set()
        for each in messages:
            task = builder.add(each)
            if task is not None and not task.is_rest:
                last = list(task.root.children())[-1:]
                self.assertTrue(task.lone_message or last[0].item is task.root.end)
                complete.add(task.task_uuid)
        self.assertEqual(complete, {each.task_uuid for each in messages})

    @given(st.data())
    def test_nothing_lost(self, data: st.DataObject) -> None:
        """
        Each message is found as often as it was there, in one of the tasks.  In each task just
        one of those at a level is not flagged as a duplicate.
        """
        messages = some(data, self.perform(data, odd=True).messages(), [0, 1, 1, 1, 2, 3])
        tasks = list(read_tasks(data.draw(st.permutations(messages))))
        found: Counter[Place] = Counter()
        for task in tasks:
            children = [
                (place_of(child.item), child.duplicate)
                for _, child in walk(task)
                if isinstance(child.item, Message)
            ]
            places = Counter(place for place, _ in children)
            owners = Counter(place for place, duplicate in children if not duplicate)
            self.assertEqual(owners, Counter(set(places)))
            self.assertEqual(Counter(map(place_of, task.messages())), places)
            found += places
        self.assertEqual(found, Counter(map(place_of, messages)))

    @given(st.data())
    def test_late(self, data: st.DataObject) -> None:
        """
        What was logged in an action after its end is a child of this action, and marked; nothing
        else is.
        """
        performed = self.perform(data, odd=True)
        tasks: dict[str, Task] = {}
        for each in data.draw(st.permutations(performed.messages())):
            tasks.setdefault(each.task_uuid, Task(each.task_uuid, is_rest=False)).add(each)
        late = {
            (task.task_uuid, (*node.level, child.number))
            for task in tasks.values()
            for node, child in walk(task)
            if child.late
        }
        self.assertEqual(late, performed.late)

    @given(st.data())
    def test_sources(self, data: st.DataObject) -> None:
        """
        Spread over several files, each in order, and merged again, messages give the same tasks.
        """
        messages = self.perform(data).messages()
        sources: list[list[Message]] = [[], [], []]
        for each in messages:
            sources[data.draw(st.integers(0, 2))].append(each)
        tasks = list(read_tasks(merge_messages(sources)))
        self.assertTrue(all(task.is_complete and not task.is_rest for task in tasks))
        self.assertEqual({task.task_uuid: outline(task.root) for task in tasks}, trees(messages))
