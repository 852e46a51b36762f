"""
A task, drawn as a tree of text.

The lines of the tree lead to what happened: actions, messages, and places
where something is missing.  Fields stand below them, indented.  The first line
of an action says how it went and, if it failed, the second one why, so that
whoever looks down the left side finds the failures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eliot.read._action import ActionNode, Child
from eliot.read._entries import Entries
from eliot.read._options import TextOptions
from eliot.read._tasks import Task

#: Guides are drawn for so many levels; deeper down they begin anew, after the
#: depth as a number.  Otherwise the indentation of a deep tree would outgrow
#: the tree: its size would be the square of the depth.
_FOLD: Final = 32


@dataclass(frozen=True, slots=True)
class _Guides:
    """
    The lines of the tree, each as wide as the others.
    """

    branch: str
    last: str
    along: str
    fold: str
    none: str = "   "


_UNICODE: Final = _Guides(branch="├─ ", last="╰─ ", along="│  ", fold="» ")
_ASCII: Final = _Guides(branch="|- ", last="`- ", along="|  ", fold="> ")


@dataclass(slots=True)
class _Branch:
    """
    An action whose children are being drawn.
    """

    action: ActionNode | None
    guides: str
    children: list[Child]
    drawn: int = 0


def draw_task(task: Task, options: TextOptions | None = None) -> Iterator[str]:
    """
    Draw a task as lines of text.

    Whatever was logged, the lines are printable, without line ends, and not
    much longer than the type or the field that they show; depth costs no recursion.

    :param task: a task that was handed out.
    :param options: how to draw it.
    :returns: the lines, each made when it is asked for.
    """
    options = options or TextOptions()
    entries = Entries(task, options)
    guides = _ASCII if options.ascii_only else _UNICODE
    yield entries.heading()
    stack = [_Branch(None, "", [entries.root()])]
    while stack:
        branch = stack[-1]
        if branch.drawn == len(branch.children):
            stack.pop()
            continue
        child = branch.children[branch.drawn]
        branch.drawn += 1
        last = branch.drawn == len(branch.children)
        entry = entries.entry(child, branch.action)
        yield (
            options.paint("guide", branch.guides + (guides.last if last else guides.branch))
            + entry.head
        )
        below = branch.guides + (guides.none if last else guides.along)
        indentation = options.paint(
            "guide", below + (guides.along if entry.children else guides.none)
        )
        for line in entry.details:
            yield indentation + line
        if entry.children:
            action = child.item if isinstance(child.item, ActionNode) else None
            depth = len(stack)
            if depth % _FOLD == 0:
                below = f"{depth} {guides.fold}"
            stack.append(_Branch(action, below, entry.children))
