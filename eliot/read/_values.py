"""
Fields as text: one line each where that is enough, a small tree where not.

Text stands as it is, without quotation marks, unless it could be taken for
something else.  What is short and flat stays on the line of its name::

    links: ["/", "/about"]
    headers:
      Host: example.com
      Accept: ["text/html", "*/*"]
    traceback:
      Traceback (most recent call last):
        ...

Each field has a budget of characters, its whole tree included, so that one
large value does not bury the rest.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json import JSONEncoder
from typing import Final

from eliot.read._message import JSON
from eliot.read._options import TextOptions
from eliot.read._printable import printable

_INDENT: Final = "  "
#: A flat list or object of up to so many characters stays on one line.
_SHORT: Final = 60
#: The least that is shown of each value, however little of the budget is left.
_LEAST: Final = 20

_to_json: Final = JSONEncoder(ensure_ascii=False).encode

#: Words that, without quotation marks, would look like a value of another kind.
AMBIGUOUS_WORDS: Final = frozenset({"true", "false", "null", "Infinity", "-Infinity", "NaN"})

#: Other text of one line that would look like a value of another kind, or like none.
_AMBIGUOUS: Final = re.compile(r"|\s.*|.*\s|[\"\[{].*|-?\d+(\.\d+)?([eE][-+]?\d+)?")


def field_lines(name: str, value: JSON, options: TextOptions) -> Iterator[str]:
    """
    Show one field.

    :param name: its name.
    :param value: its value, of any depth: there is no recursion.
    :param options: how it is drawn.
    :returns: printable lines, those of nested values indented.
    """
    room = options.field_limit or sys.maxsize
    label = field_label(name, options)
    shown = _show(value, _INDENT)
    if isinstance(shown, str):
        yield from _labelled(label, shown, room, options)
    else:
        yield label
        yield from _tree(shown, room, options)


def field_label(name: str, options: TextOptions, end: str = ":") -> str:
    """
    Show the name of a field.

    :param end: what stands behind it.
    """
    if len(name) > _SHORT:
        name = name[:_SHORT] + "..."
    shown = printable(name or '""', ascii_only=options.ascii_only)
    return options.paint("name", shown + end)


def inline_field(name: str, value: JSON, options: TextOptions) -> str:
    """
    Show one field as a piece of a line: without space in it, but for what is in
    quotation marks or brackets.
    """
    shown = _show(value, "")
    if isinstance(value, str):
        shown = _to_json(value) if " " in value or "\n" in value else _show_text(value)
    elif isinstance(shown, _Container):
        shown = f"({shown.left:,} item{'' if shown.left == 1 else 's'})"
    assert isinstance(shown, str)
    (line,) = _cut(shown, options.field_limit or sys.maxsize, options)
    return field_label(name, options, "=") + line


def one_line(text: str, options: TextOptions) -> str:
    """
    Show the first line of a text, of bounded length, without any ado.
    """
    first, *rest = _cut(text.strip("\n"), options.field_limit or sys.maxsize, options)
    return f"{first} ..." if rest else first


@dataclass(slots=True)
class _Container:
    """
    A list or an object that is being shown.
    """

    indent: str
    items: Iterator[tuple[str | None, JSON]]
    left: int


def _tree(outermost: _Container, room: int, options: TextOptions) -> Iterator[str]:
    stack = [outermost]
    while stack:
        container = stack[-1]
        indent = container.indent
        if not container.left:
            stack.pop()
            continue
        if room <= 0:
            yield indent + options.paint("mark", f"({container.left:,} more)")
            stack.pop()
            continue
        container.left -= 1
        name, value = next(container.items)
        label = "-" if name is None else field_label(name, options)
        room -= len(indent) + len(name or "-")
        shown = _show(value, indent + _INDENT)
        if isinstance(shown, str):
            for line in _labelled(label, shown, max(_LEAST, room), options):
                yield indent + line
            room -= len(shown)
        else:
            yield indent + label
            stack.append(shown)


def _show(value: JSON, indent: str) -> str | _Container:
    """
    :returns: a value as text, or as a container if it needs a tree.
    """
    if isinstance(value, str):
        return _show_text(value)
    if isinstance(value, dict):
        flat = _flat(value, value.values())
        return flat or _Container(indent, iter(value.items()), len(value))
    if isinstance(value, list):
        flat = _flat(value, value)
        return flat or _Container(indent, ((None, item) for item in value), len(value))
    return _to_json(value)


def _show_text(text: str) -> str:
    if "\n" in text.strip("\n"):
        return text.rstrip("\n")
    return _to_json(text) if _is_ambiguous(text) else text


def _is_ambiguous(text: str) -> bool:
    return text in AMBIGUOUS_WORDS or _AMBIGUOUS.fullmatch(text) is not None


def _flat(value: JSON, items: Collection[JSON]) -> str | None:
    """
    :returns: a list or an object on one line, or ``None`` if that would be too much.
    """
    if len(items) > _SHORT // 3:
        return None
    for item in items:
        if isinstance(item, (dict, list)) and item:
            return None
        if isinstance(item, str) and len(item) > _SHORT:
            return None
    text = _to_json(value)
    return text if len(text) <= _SHORT else None


def _labelled(label: str, text: str, limit: int, options: TextOptions) -> Iterator[str]:
    lines = _cut(text, limit, options)
    if len(lines) == 1:
        yield f"{label} {lines[0]}"
    else:
        yield label
        for line in lines:
            yield _INDENT + line


def _cut(text: str, limit: int, options: TextOptions) -> list[str]:
    """
    Split a text into printable lines.  One that is too long is cut in its
    middle, since the last line of a traceback says most.
    """
    if len(text) <= limit:
        return _lines(text, options)
    tail = limit // 3
    head = _lines(text[: limit - tail], options)
    rest = _lines(text[len(text) - tail :], options)
    mark = options.paint("mark", f"({len(text) - limit:,} characters more)")
    if len(head) == len(rest) == 1:
        return [f"{head[0]} {mark} {rest[0]}"]
    return [*head, mark, *rest]


def _lines(text: str, options: TextOptions) -> list[str]:
    return [printable(line, ascii_only=options.ascii_only) for line in text.split("\n")]
