"""
Values as :mod:`pprint` shows them, 40 columns wide: the layout that people know from
``eliot-prettyprint``.

It is laid out here, and not by :mod:`pprint`, since that one recurses, and looks at the whole of a
value once more for each level that is around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

#: How many columns there are for a value.
WIDTH: Final = 40

#: Beyond so many columns, and so many characters, nothing is laid out any more: it is on one
#: line.  Each line of a deeply nested value begins with as many spaces as it is deep.
_DEEPEST: Final = 500
_LARGEST: Final = 1_000_000

_WORDS: Final = re.compile(r"\S+\s*|\s+")

_SCALARS: Final = frozenset([int, float, bool, type(None)])

_Items: TypeAlias = Iterator[tuple[str | None, object]]


def literal(value: object) -> str:
    r"""
    Show a value as a Python literal.

    :param value: whatever a JSON document holds, of any depth; other values are shown as well.
    :returns: lines of printable text, all but the first one indented by one space at least.  A
        line end in a text is shown as one; other control characters as escapes, such as ``\t``.
    """
    kind = type(value)
    if kind in _SCALARS:
        return _scalar(value)
    if type(value) is str:
        if len(value) < WIDTH and len(short := repr(value)) <= WIDTH:
            return break_lines(short)
        pieces = _text_pieces(value, 1, 1)
        return f"({_join(pieces, 1)})" if len(pieces) > 1 else break_lines(pieces[0])
    return "".join(_tree(value))


def one_line(value: object) -> str:
    """
    Show a value of any depth as a Python literal on one line.
    """
    return "".join(_flat_pieces(value))


def beginning(value: object, length: int) -> str:
    """
    Show a value as a Python literal on one line, cut after so many characters, which is marked by
    dots then.  No more is looked at than is shown.
    """
    if type(value) is str:
        shown = repr(value[: length + 1])
        return shown if len(shown) <= length else f"{shown[:length]}..."
    pieces: list[str] = []
    room = length
    for piece in _flat_pieces(value):
        if len(piece) > room:
            pieces.append(f"{piece[:room]}...")
            break
        pieces.append(piece)
        room -= len(piece)
    return "".join(pieces)


def one_line_within(value: object, room: int) -> str | None:
    """
    Show a value as a Python literal on one line.

    :returns: nothing if there is not enough room.  No more is looked at than fits in.
    """
    pieces: list[str] = []
    for piece in _flat_pieces(value):
        room -= len(piece)
        if room < 0:
            return None
        pieces.append(piece)
    return "".join(pieces)


def break_lines(shown: str) -> str:
    r"""
    Turn the ``\n`` of a literal into line ends.
    """
    if r"\n" not in shown:
        return shown
    # The "n" that follows a backslash which stands for itself is one of the text.
    parts = shown.split("\\\\") if "\\\\" in shown else [shown]
    return "\\\\".join(part.replace(r"\n", "\n ") for part in parts)


def _scalar(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no integer of thousands of digits.
        assert isinstance(value, int)
        return hex(value)


def _atom(value: object) -> str:
    """
    Show what is no container.
    """
    kind = type(value)
    if kind is str:
        return repr(value)
    if kind in _SCALARS:
        return _scalar(value)
    try:
        shown = str.__str__(repr(value))
    except Exception:
        # A representation may do whatever it likes, and so raise anything.
        shown = f"<{type(value).__name__}>"
    # What is no JSON shows itself in its own words; these are made printable as a literal is.
    return shown if shown.isprintable() else repr(shown)[1:-1]


def _flat_pieces(value: object) -> Iterator[str]:
    opened = _open(value)
    if opened is None:
        yield _atom(value)
        return
    stack = [opened]
    yield opened.opening
    separator = ""
    while stack:
        opened = stack[-1]
        if not opened.left:
            yield opened.closing
            stack.pop()
            separator = ", "
            continue
        name, value = opened.take()
        label = separator if name is None else f"{separator}{name}: "
        inner = _open(value)
        if inner is None:
            yield label + _atom(value)
            separator = ", "
        else:
            yield label + inner.opening
            stack.append(inner)
            separator = ""


class _Open:
    """
    A container, of which some items are shown.

    :ivar opening: how it begins.
    :ivar left: how many items are not shown yet.
    :ivar closing: how it ends.
    :ivar indent: where its items begin.
    :ivar after: how many characters follow its last item on the same line.
    """

    __slots__ = ("_items", "after", "closing", "indent", "left", "opening")

    def __init__(self, opening: str, closing: str, left: int, items: _Items) -> None:
        self.opening = opening
        self.closing = closing
        self.left = left
        self._items = items
        self.indent = self.after = 0

    def take(self) -> tuple[str | None, object]:
        """
        :returns: the next item, and how its name is shown, if it has one.
        """
        self.left -= 1
        return next(self._items)


def _open(value: object) -> _Open | None:
    """
    Begin with a container.

    :returns: nothing if the value is none.
    """
    if type(value) is list:
        return _Open("[", "]", len(value), ((None, each) for each in value))
    if type(value) is dict:
        # What is no JSON may have names that cannot be sorted.
        sortable = all(type(name) is str for name in value)
        names = sorted(value) if sortable else list(value)
        return _Open("{", "}", len(value), ((_atom(name), value[name]) for name in names))
    return None


def _tree(outermost: object) -> Iterator[str]:
    """
    Lay out a container that is too large for one line.
    """
    stack: list[_Open] = []
    written = indent = after = 0
    value, before = outermost, ""
    while True:
        short = one_line_within(value, WIDTH - indent - after)
        opened = _open(value) if short is None else None
        if short is not None:
            shown = break_lines(short)
        elif indent > _DEEPEST or written > _LARGEST:
            shown = break_lines(one_line(value))
        elif opened is not None:
            opened.indent, opened.after = indent + 1, after + 1
            stack.append(opened)
            shown = opened.opening
        elif type(value) is str:
            shown = _join(_text_pieces(value, indent, after), indent)
        else:
            shown = _atom(value)
        yield before + shown
        written += len(before) + len(shown)
        while stack and not stack[-1].left:
            yield stack.pop().closing
        if not stack:
            return
        container = stack[-1]
        indent = container.indent
        before = ""
        if container is not opened:
            before = ", " if written > _LARGEST else ",\n" + " " * indent
        name, value = container.take()
        after = 1 if container.left else container.after
        if name is not None:
            before += break_lines(name) + ": "
            indent += len(name) + 2


def _text_pieces(text: str, indent: int, after: int) -> list[str]:
    """
    Divide a text that is too long for one line, at its line ends and then between words.

    :returns: literals, one at least.
    """
    pieces: list[str] = []
    lines = text.splitlines(keepends=True) or [""]
    room = WIDTH - indent
    for left, line in zip(range(len(lines) - 1, -1, -1), lines, strict=True):
        # Something follows the last one on its line.
        is_last = not left
        shown = repr(line)
        if len(shown) <= (room - after if is_last else room):
            pieces.append(shown)
            continue
        current = ""
        words = _WORDS.findall(line)
        for number, word in enumerate(words, 1):
            longer = current + word
            end = after if is_last and number == len(words) else 0
            if current and len(repr(longer)) > room - end:
                pieces.append(repr(current))
                current = word
            else:
                current = longer
        pieces.append(repr(current))
    return pieces


def _join(pieces: list[str], indent: int) -> str:
    return ("\n" + " " * indent).join(map(break_lines, pieces))
