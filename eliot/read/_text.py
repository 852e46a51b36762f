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
from typing import Final, TypeAlias, final

from eliot.read._action import ActionNode, Child
from eliot.read._entries import Entries, Piece
from eliot.read._field_lines import FieldLines
from eliot.read._message import Message
from eliot.read._options import TextOptions
from eliot.read._tasks import Task

#: Guides are drawn for so many levels; deeper down they begin anew, after the
#: depth as a number.  Otherwise the indentation of a deep tree would outgrow
#: the tree: its size would be the square of the depth.
_FOLD: Final = 32


#: For how many different guides it is remembered how they are painted.
_REMEMBERED: Final = 10_000


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
        self._rails = _Rails(self._guides, self._options)

    def draw(self, task: Task) -> Iterator[str]:
        """
        Draw a task.

        Whatever was logged, the lines are printable, without line ends, and not
        much longer than the type or the field that they show; depth costs no recursion.

        :param task: a task that was handed out.
        :returns: the lines, each made when it is asked for.
        """
        line_of, entry_of = self._entries.line, self._entries.entry
        fields = self._fields.below if self._options.layout == "below" else None
        rails = self._rails
        day = self._entries.day(task)
        yield self._entries.heading(task, day)
        # What the tree begins with: an action, or the only message, perhaps with duplicates.
        root = task.root
        children: Sequence[Piece] = [root] if task.lone_message is None else root.children()
        action: ActionNode | None = None
        rail = rails[""]
        drawn = 0
        stack: list[tuple[ActionNode | None, _Rail, Sequence[Piece], int]] = []
        while True:
            if drawn == len(children):
                if not stack:
                    return
                action, rail, children, drawn = stack.pop()
                continue
            piece = children[drawn]
            drawn += 1
            first, with_inner, without, below = rail[drawn == len(children)]
            if type(piece) is Message:
                line = line_of(piece, action, day)
                if line is not None:
                    yield first + line
                    if fields is not None:
                        yield from fields(piece, without)
                    continue
            head, message, reason, inner = entry_of(piece, action, day)
            yield first + head
            indentation = with_inner if inner else without
            if reason is not None:
                yield indentation + reason
            if fields is not None and message is not None:
                yield from fields(message, indentation)
            if inner:
                stack.append((action, rail, children, drawn))
                item = piece.item if isinstance(piece, Child) else piece
                assert isinstance(item, ActionNode)
                action = item
                children, drawn = inner, 0
                depth = len(stack)
                rail = rails[below if depth % _FOLD else f"{depth} {self._guides.fold}"]


#: What stands in front of one thing that hangs on an action: before its line; before the lines
#: of its fields, if something hangs on it and if not; and the guides, not painted, of what
#: hangs on it.
_Fronts: TypeAlias = tuple[str, str, str, str]

#: These for all things that hang on an action but the last, and for the last.
_Rail: TypeAlias = tuple[_Fronts, _Fronts]


class _Rails(dict[str, _Rail]):
    """
    What is to be drawn beside the entries, by the guides of all actions above them: painting is
    dear, and most of it comes again and again.
    """

    def __init__(self, guides: _Guides, options: TextOptions) -> None:
        super().__init__()
        self._guides = guides
        self._options = options

    def __missing__(self, above: str) -> _Rail:
        if len(self) >= _REMEMBERED:
            self.clear()
        guides = self._guides
        rail = self[above] = (
            self._fronts(above, guides.branch, guides.along),
            self._fronts(above, guides.last, guides.none),
        )
        return rail

    def _fronts(self, above: str, turn: str, on: str) -> _Fronts:
        paint, below = self._options.paint, above + on
        return (
            paint("guide", above + turn),
            paint("guide", below + self._guides.along),
            paint("guide", below + self._guides.none),
            below,
        )


def draw_task(task: Task, options: TextOptions | None = None) -> Iterator[str]:
    """
    Draw a single task, as a :class:`TaskDrawer` does.

    :param task: a task that was handed out.
    :param options: how to draw it.
    :returns: the lines, each made when it is asked for.
    """
    return TaskDrawer(options).draw(task)
