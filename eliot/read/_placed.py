"""
Walking through a task, one message after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eliot.read._action import ActionNode, Gap
from eliot.read._message import Message
from eliot.read._tasks import Task


class Placed(NamedTuple):
    """
    A message, with what its place says about it.

    :ivar message: the message.
    :ivar action: the action that it is part of, as its start, its end, or in between.
    :ivar late: whether it came after the end of the action.
    :ivar duplicate: whether its level belongs to another message.
    """

    message: Message
    action: ActionNode
    late: bool
    duplicate: bool


def placed_messages(task: Task) -> Iterator[Placed]:
    """
    Walk through all messages of a task: those of each action in the order of levels, an action's
    own before those of the actions in it.

    :param task: a task that was handed out.
    """
    waiting = [task.root]
    while waiting:
        action = waiting.pop()
        if action.start is not None:
            yield Placed(action.start, action, late=False, duplicate=False)
        inner = []
        for child in action.children():
            item = child.item
            if isinstance(item, ActionNode):
                inner.append(item)
            elif not isinstance(item, Gap):
                yield Placed(item, action, child.late, child.duplicate)
        waiting += reversed(inner)
