"""
Tests of :mod:`eliot.read._pruned`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, Gap, LeftOut, Message, Selection, Task, draw_task, read_tasks
from eliot.read._condition import Node, nodes
from eliot.read._pruned import pruned
from tests.forests import Fields, damaged, forests
from tests.read.selecting import ended, message, started, task

Level = tuple[int, ...]


def shown(root: ActionNode) -> tuple[list[Message], int, int]:
    """
    Walk through what is shown of a task.

    :returns: the messages, how many are said to be left out, and how many levels are missing.
    """
    messages: list[Message] = []
    left_out = missing = 0
    waiting = [root]
    while waiting:
        action = waiting.pop()
        if action.start is not None:
            messages.append(action.start)
        for child in action.children():
            item = child.item
            if isinstance(item, ActionNode):
                waiting.append(item)
            elif isinstance(item, Message):
                messages.append(item)
            elif isinstance(item, LeftOut):
                left_out += item.messages
            else:
                missing += item.last - item.first + 1
    return messages, left_out, missing


def expected(task: Task, wanted: list[Node]) -> list[Message]:
    """
    List the messages that must be kept, by their levels: those that are wanted, those below, and
    the starts and ends of all that is above.
    """
    actions = {node.level: node for node in nodes(task) if isinstance(node, ActionNode)}
    keep: set[Level] = set()
    for node in wanted:
        keep.add(node.level)
        for depth in range(len(node.level)):
            above = actions.get(node.level[:depth])
            ends = [] if above is None else [above.start, above.end]
            keep |= {end.level for end in ends if end is not None}
    return [
        each
        for each in task.messages()
        if any(each.level[:depth] in keep for depth in range(len(each.level) + 1))
    ]


class PrunedTests(SynchronousTestCase):
    """
    Tasks are shown without what was not asked for.
    """

    @given(st.data())
    def test_kept(self, data: st.DataObject) -> None:
        """
        Of any task and any choice of its nodes, those are kept, with all that is below them and
        the starts and ends of all actions that they are in; what is not is counted in its place;
        and no more, and no less, is said to be missing among what is kept than before.
        """
        log = data.draw(damaged(data.draw(forests(odd=True))))
        for each in read_tasks(map(Message, log.survivors)):
            possible = [
                node
                for node in nodes(each)
                if isinstance(node, Message) or node.start is not None or node.end is not None
            ]
            wanted = data.draw(st.lists(st.sampled_from(possible), min_size=1))
            chosen = {id(node) for node in wanted}
            before = shown(each.root)
            kept, left_out = pruned(each, lambda node, chosen=chosen: id(node) in chosen)  # type: ignore[misc] # its type is that of the parameter
            messages = [*kept.messages()]
            self.assertEqual({*map(id, messages)}, {*map(id, expected(each, wanted))})
            self.assertEqual(len(messages) + left_out, len([*each.messages()]))
            self.assertEqual(kept.is_complete, each.is_complete)
            after = shown(kept.root)
            self.assertEqual({*map(id, after[0])}, {*map(id, messages)})
            self.assertEqual(after[1], left_out)
            self.assertLessEqual(after[2], before[2])
            # The task itself is as it was.
            self.assertEqual(shown(each.root), before)
            list(draw_task(kept))

    def test_picture(self) -> None:
        """
        What was left out is said where it was.
        """
        log = task(
            started(),
            {"message_type": "a"},
            {"message_type": "b"},
            {"message_type": "wanted"},
            {"message_type": "c"},
            ended(),
        )
        (one,) = Selection(types=["wanted"], prune=True).tasks(log)
        self.assertEqual(
            [line.strip().partition("  ")[0] for line in draw_task(one)][1:],
            ["╰─ shop:order", "├─ (2 messages left out)", "├─ wanted", "╰─ (1 message left out)"],
        )

    def test_gaps(self) -> None:
        """
        What is missing is not taken for what was left out.
        """
        log = task(started(), *({"message_type": name} for name in "abcd"), ended())
        del log[2]
        (one,) = Selection(types=["d"], prune=True).tasks(log)
        children = [child.item for child in one.root.children()]
        self.assertEqual(children, [LeftOut(1), Gap(3, 3), LeftOut(1), log[-2], log[-1]])

    def test_whole(self) -> None:
        """
        A task is left as it is if its root is wanted, or its only message.
        """
        for log in [task(started(), {"message_type": "m"}, ended()), [message()]]:
            (one,) = read_tasks(log)
            self.assertEqual(pruned(one, lambda node: True), (one, 0))

    def test_contested(self) -> None:
        """
        What claims the same level is kept or left out as one.
        """
        log = task(started(), {"message_type": "a"}, ended())
        second = Message({**log[1].fields, "message_type": "b"})
        below: Fields = {"task_uuid": "task", "task_level": [2, 1], "timestamp": 1.0}
        messages = [
            log[0],
            log[1],
            second,
            Message(below),
            Message(log[1].fields | {"task_level": [4]}),
            log[2],
        ]
        selection = Selection(types=["b"], prune=True)
        (one,) = selection.tasks(messages)
        self.assertEqual(len([*one.messages()]), 5)
        self.assertEqual(selection.messages_left_out, 1)
