"""
What can be asked of a task, and how it is answered.

A condition is asked of one *node* of a task: of a message that stands for itself, or of an
action, which is its start and its end together.  Most conditions look at one message; they hold
of an action if they hold of one of the two.  The others have to see the action as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from eliot.read._action import ActionNode
from eliot.read._message import Message
from eliot.read._tasks import Task

#: What a condition is asked of.
Node: TypeAlias = Message | ActionNode

OfMessage: TypeAlias = Callable[[Message], bool]
OfNode: TypeAlias = Callable[[Node], bool]
OfTask: TypeAlias = Callable[[Task], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """
    One condition, as functions that answer; either ``of_message`` or ``of_node`` is there.

    :ivar cost: how long it takes, compared with others: the cheap ones are asked first.
    :ivar of_message: whether it holds of a message.
    :ivar of_node: whether it holds of a message that stands for itself, or of an action.
    :ivar of_task: whether it can hold of any node of a task, which is quicker to know.
    """

    cost: int
    of_message: OfMessage | None = None
    of_node: OfNode | None = None
    of_task: OfTask | None = None


def nodes(task: Task) -> Iterator[Node]:
    """
    Walk through the nodes of a task: its actions, those of which only what is below was found
    among them, and its messages but for the starts and ends of these actions.  Each action
    comes before what is in it.
    """
    if task.lone_message is not None:
        yield from task.messages()
        return
    waiting = [task.root]
    yield task.root
    while waiting:
        action = waiting.pop()
        end = action.end
        for child in action.children():
            item = child.item
            if isinstance(item, ActionNode):
                yield item
                waiting.append(item)
            elif isinstance(item, Message) and item is not end:
                yield item


def asking_node(conditions: Iterable[Condition]) -> OfNode:
    """
    :returns: what tells whether all conditions hold of the same node.
    """
    checks = [
        (each.of_message, each.of_node) for each in sorted(conditions, key=lambda each: each.cost)
    ]

    def fits(node: Node) -> bool:
        if isinstance(node, Message):
            for of_message, of_node in checks:
                if of_message is None:
                    if of_node is not None and not of_node(node):
                        return False
                elif not of_message(node):
                    return False
            return True
        start, end = node.start, node.end
        if start is None and end is None:
            # Nothing is known of it but that it was there.
            return False
        for of_message, of_node in checks:
            if of_message is None:
                if of_node is not None and not of_node(node):
                    return False
            elif not (
                (start is not None and of_message(start)) or (end is not None and of_message(end))
            ):
                return False
        return True

    return fits


def asking_task(conditions: Iterable[Condition]) -> OfTask:
    """
    :returns: what tells whether all conditions hold of the same node, whichever of a task it is.
    """
    ordered = sorted(conditions, key=lambda each: each.cost)
    fits = asking_node(ordered)
    possible = [each.of_task for each in ordered if each.of_task is not None]
    first = next((each.of_message for each in ordered if each.of_message is not None), None)
    # Whatever holds of one of its messages holds of a node: each message belongs to one.
    enough = len(ordered) == 1 and first is not None

    def chosen(task: Task) -> bool:
        for of_task in possible:
            if not of_task(task):
                return False
        if first is not None:
            # Few tasks have what is asked for, mostly, and to look through their messages
            # is much quicker than to walk through their trees.
            for message in task.messages():
                if first(message):
                    break
            else:
                return False
            if enough:
                return True
        for node in nodes(task):  # noqa: SIM110 # it is quicker so
            if fits(node):
                return True
        return False

    return chosen
