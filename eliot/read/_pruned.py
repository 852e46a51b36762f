"""
Tasks without what was not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eliot.read._action import ActionNode
from eliot.read._condition import OfNode
from eliot.read._message import Message
from eliot.read._tasks import Task


@dataclass(slots=True, eq=False)
class _Part:
    """
    An action that is not kept for its own sake.

    :ivar above: the action that it is in, and its number there; ``None`` for the root.
    :ivar found: how many messages stand at each number below it, or further below.
    :ivar wanted: the numbers at which something is kept for its own sake.
    :ivar actions: by number, the actions that are shown.
    :ivar others: by number, those in which nothing is wanted.
    """

    action: ActionNode
    above: tuple[_Part, int] | None
    found: dict[int, int] = field(default_factory=dict)
    wanted: set[int] = field(default_factory=set)
    actions: dict[int, ActionNode] = field(default_factory=dict)
    others: dict[int, ActionNode] = field(default_factory=dict)


def pruned(task: Task, wanted: OfNode) -> tuple[Task, int]:
    """
    Keep the wanted nodes of a task, each with everything below it and with the starts and
    ends of all actions that it is in.  The rest is replaced by how much it was.

    What has the same level is kept or left out as one: messages that claim it as well, too.

    :param task: a task in which something is wanted.
    :param wanted: says so of each node.
    :returns: a task without the rest, and how many messages that are.
    """
    if task.lone_message is not None or wanted(task.root):
        return task, 0
    parts = [_Part(task.root, None)]
    # It grows: each action comes after the one that it is in.
    for part in parts:
        _look_through(part, wanted, parts)
    left_out = 0
    while True:
        part = parts.pop()
        if part.above is None:
            root, count = _without_rest(part)
            return task.with_root(root), left_out + count
        above, number = part.above
        if part.wanted:
            above.wanted.add(number)
            above.actions[number], count = _without_rest(part)
            left_out += count
        else:
            above.others[number] = part.action
            total = sum(part.found.values()) + (part.action.start is not None)
            above.found[number] = above.found.get(number, 0) + total


def _look_through(part: _Part, wanted: OfNode, parts: list[_Part]) -> None:
    """
    Look at what stands right below an action.
    """
    found, end = part.found, part.action.end
    for child in part.action.children():
        item, number = child.item, child.number
        if isinstance(item, ActionNode):
            if wanted(item):
                part.wanted.add(number)
                part.actions[number] = item
            else:
                parts.append(_Part(item, (part, number)))
        elif isinstance(item, Message):
            found[number] = found.get(number, 0) + 1
            if item is not end and wanted(item):
                part.wanted.add(number)


def _without_rest(part: _Part) -> tuple[ActionNode, int]:
    """
    :returns: the action without what is not kept, and how many messages that are.
    """
    action = part.action
    ends = {each.level[-1] for each in (action.start, action.end) if each is not None}
    kept = part.wanted | ends
    rest = {number: count for number, count in part.found.items() if number not in kept}
    others = {number: other for number, other in part.others.items() if number in kept}
    return action.without(rest, part.actions | others), sum(rest.values())
