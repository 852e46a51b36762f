"""
A task, drawn as a tree of text.

The lines of the tree lead to what happened: actions, messages, and places
where something is missing.  Fields stand below them, indented.  The first line
of an action says how it went and, if it failed, the second one why, so that
whoever looks down the left side finds the failures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from eliot.read._action import ActionNode, Child
from eliot.read._entries import Entries
from eliot.read._field_lines import FieldLines
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


@final
class TaskDrawer:
    """
    Draws tasks as lines of text.  What it has shown once costs less the next time, so one
    should draw all tasks of a log.  Use one from one thread at a time.

    :param options: how tasks are drawn.
    """

    def __init__(self, options: TextOptions | None = None) -> None:
        self._options = options or TextOptions()
        self._fields = FieldLines(self._options)
        self._entries = Entries(self._options, self._fields)
        self._guides = _ASCII if self._options.ascii_only else _UNICODE

    def draw(self, task: Task) -> Iterator[str]:
        """
        Draw a task.

        Whatever was logged, the lines are printable, without line ends, and not
        much longer than the type or the field that they show; depth costs no recursion.

        :param task: a task that was handed out.
        :returns: the lines, each made when it is asked for.
        """
        entry_of = self._entries.entry
        fields = self._fields.below if self._options.layout == "below" else None
        painted = _Painted(self._options)
        lines, day = self._guides, self._entries.day(task)
        yield self._entries.heading(task, day)
        # What the tree begins with: an action, or the only message.
        children: Sequence[Child] = [Child(1, task.lone_message or task.root)]
        action: ActionNode | None = None
        guides = ""
        drawn = 0
        stack: list[tuple[ActionNode | None, str, Sequence[Child], int]] = []
        while True:
            if drawn == len(children):
                if not stack:
                    return
                action, guides, children, drawn = stack.pop()
                continue
            child = children[drawn]
            drawn += 1
            last = drawn == len(children)
            head, message, reason, inner = entry_of(child, action, day)
            yield painted[guides + (lines.last if last else lines.branch)] + head
            below = guides + (lines.none if last else lines.along)
            indentation = painted[below + (lines.along if inner else lines.none)]
            if reason is not None:
                yield indentation + reason
            if fields is not None and message is not None:
                yield from fields(message, indentation)
            if inner:
                stack.append((action, guides, children, drawn))
                action = child.item if isinstance(child.item, ActionNode) else None
                guides, children, drawn = below, inner, 0
                depth = len(stack)
                if depth % _FOLD == 0:
                    guides = f"{depth} {lines.fold}"


class _Painted(dict[str, str]):
    """
    Guides as they are painted; painting is dear, and most of them come again and again.
    """

    def __init__(self, options: TextOptions) -> None:
        super().__init__()
        self._options = options

    def __missing__(self, guides: str) -> str:
        painted = self[guides] = self._options.paint("guide", guides)
        return painted


def draw_task(task: Task, options: TextOptions | None = None) -> Iterator[str]:
    """
    Draw a single task, as a :class:`TaskDrawer` does.

    :param task: a task that was handed out.
    :param options: how to draw it.
    :returns: the lines, each made when it is asked for.
    """
    return TaskDrawer(options).draw(task)
