"""
How a task is to be drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

#: The parts of a drawn task that may be painted differently.
Role: TypeAlias = Literal[
    "heading", "guide", "type", "succeeded", "failed", "unfinished", "mark", "name", "time"
]

#: What stands before and behind each part: colours, or whatever the medium has.
Styles: TypeAlias = Mapping[Role, tuple[str, str]]

#: Where the fields of a message stand: below it, one a line; behind it, on its line; nowhere.
Layout: TypeAlias = Literal["below", "inline", "none"]


#: The styles that leave everything as it is.
PLAIN: Final[Styles] = MappingProxyType(dict.fromkeys(get_args(Role), ("", "")))


@dataclass(frozen=True, slots=True)
class TextOptions:
    """
    How a task is drawn as text.

    :ivar ascii_only: use ASCII alone, for the lines of the tree and for what was logged.
    :ivar field_limit: how many characters of a field's value are shown; 0 means all of them.
    :ivar hidden: the names of fields that are not shown.
    :ivar layout: where fields are shown.
    :ivar levels: show the place of each message in its task.
    :ivar local_time: show times in the local time zone instead of UTC.
    :ivar styles: what stands around the parts.
    """

    ascii_only: bool = False
    field_limit: int = 1000
    hidden: frozenset[str] = frozenset()
    layout: Layout = "below"
    levels: bool = False
    local_time: bool = False
    styles: Styles = field(default_factory=lambda: PLAIN)

    def paint(self, role: Role, text: str) -> str:
        """
        Put around a part what its style says.

        :param role: what the text is.
        :param text: printable text.
        """
        before, behind = self.styles[role]
        return f"{before}{text}{behind}"
