"""
The places of messages and actions in a task, as :mod:`eliot.parse` shows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import final


@final
class TaskLevel:
    """
    The place of a message or an action in its task: the path that leads
    there from the root.  A level does not change; it can be compared, sorted,
    and used as a key.

    Sorted, levels stand in the order of the tree: an action comes before what
    is in it, and that before whatever has a higher number beside the action.

    :param level: the path, as positive integers; empty for the root.
    :raises ValueError: if anything else is in it.
    """

    __slots__ = ("_numbers",)

    __module__ = "eliot.parse"

    def __init__(self, level: Iterable[int]) -> None:
        numbers = tuple(level)
        for number in numbers:
            # An exact type: True is an int as well.
            if type(number) is not int or number < 1:
                raise ValueError("A level holds positive integers, and nothing else.")
        self._numbers = numbers

    @classmethod
    def from_string(cls, string: str) -> TaskLevel:
        """
        Read a level that was written as text.

        :param string: for example ``"/1/3"``.
        :raises ValueError: if it is anything else.
        """
        steps = [step for step in string.split("/") if step]
        if not all(step.isascii() and step.isdigit() and len(step) < _DIGITS for step in steps):
            excerpt = ascii(string[:60]) + ("..." if len(string) > 60 else "")
            raise ValueError(f"Not a level such as '/1/3': {excerpt}.")
        return cls(map(int, steps))

    @property
    def level(self) -> tuple[int, ...]:
        """
        The path, as a tuple.
        """
        return self._numbers

    def as_list(self) -> list[int]:
        """
        :returns: the path, as a list of one's own.
        """
        return list(self._numbers)

    def to_string(self) -> str:
        """
        :returns: the level as text, for example ``"/1/3"``; ``"/"`` for the root.
        """
        return "/" + "/".join(map(str, self._numbers))

    def child(self) -> TaskLevel:
        """
        :returns: the first level below this one.
        """
        return trusted((*self._numbers, 1))

    def parent(self) -> TaskLevel | None:
        """
        :returns: the level that this one is right below; ``None`` for the root.
        """
        return trusted(self._numbers[:-1]) if self._numbers else None

    def next_sibling(self) -> TaskLevel:
        """
        :returns: the level that comes next below the same parent.
        :raises IndexError: if this is the root, which has no siblings.
        """
        if not self._numbers:
            raise IndexError("The root of a task has no siblings.")
        return trusted((*self._numbers[:-1], self._numbers[-1] + 1))

    def is_sibling_of(self, task_level: TaskLevel) -> bool:
        """
        :param task_level: another level.
        :returns: whether both are right below the same parent.
        """
        mine, others = self._numbers, task_level.level
        return mine[:-1] == others[:-1] and bool(mine) == bool(others)

    def __eq__(self, other: object) -> bool:
        return self._numbers == other._numbers if isinstance(other, TaskLevel) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._numbers)

    def __lt__(self, other: object) -> bool:
        return self._numbers < other._numbers if isinstance(other, TaskLevel) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._numbers <= other._numbers if isinstance(other, TaskLevel) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._numbers > other._numbers if isinstance(other, TaskLevel) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._numbers >= other._numbers if isinstance(other, TaskLevel) else NotImplemented

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self._numbers)!r})"


# Far longer than any number that was counted, and short enough for int().
_DIGITS = 1000


def trusted(numbers: tuple[int, ...]) -> TaskLevel:
    """
    Make a level of what is known to be one, without looking again.
    """
    level = object.__new__(TaskLevel)
    level._numbers = numbers
    return level
