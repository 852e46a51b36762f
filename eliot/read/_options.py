"""
How a task is to be drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: The parts of a drawn task that may be painted differently.
Role: TypeAlias = Literal[
    "heading", "guide", "type", "succeeded", "failed", "unfinished", "mark", "name", "time"
]

#: Puts colour, or whatever the medium has, around a piece of printable text.
Painter: TypeAlias = Callable[[Role, str], str]


def plain(role: Role, text: str) -> str:
    """
    The :data:`Painter` that paints nothing.
    """
    return text


@dataclass(frozen=True, slots=True)
class TextOptions:
    """
    How a task is drawn as text.

    :ivar ascii_only: use ASCII alone, for the lines of the tree and for what was logged.
    :ivar field_limit: how many characters of a field's value are shown; 0 means all of them.
    :ivar local_time: show times in the local time zone instead of UTC.
    :ivar paint: what paints the parts.
    """

    ascii_only: bool = False
    field_limit: int = 1000
    local_time: bool = False
    paint: Painter = plain
