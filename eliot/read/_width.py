"""
How wide text is in a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar
from unicodedata import combining, east_asian_width

_Role = TypeVar("_Role")


def fitting(parts: Iterable[tuple[str, _Role]], width: int, dots: str) -> list[tuple[str, _Role]]:
    """
    Take as many parts of a line as there is room for.

    :param parts: printable texts, each with whatever belongs to it.
    :param width: how many columns there are.
    :param dots: what marks that something was cut off.
    """
    taken: list[tuple[str, _Role]] = []
    for text, role in parts:
        size = len(text) if text.isascii() else sum(map(_columns, text))
        if size > width:
            taken.append((_cut(text, width, dots), role))
            break
        taken.append((text, role))
        width -= size
    return taken


def _cut(text: str, width: int, dots: str) -> str:
    if width < len(dots):
        return dots[:width]
    room = width - len(dots)
    for index, character in enumerate(text):
        room -= _columns(character)
        if room < 0:
            return text[:index] + dots
    return text + dots


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
