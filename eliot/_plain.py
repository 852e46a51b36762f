"""
Telling what can be encoded as it is.
"""

from __future__ import annotations

from typing import Final

from eliot._ids import Level

#: The exact types of values that need not be looked into.
FLAT: Final = frozenset([str, int, float, bool, type(None), Level])

_NAMES: Final = frozenset([str])

# Containers beyond this many are not looked into: they are too many, or one
# contains itself.
_MAXIMUM_CONTAINERS = 10_000


def is_plain(message: dict[str, object]) -> bool:
    """
    Tell whether a message consists of exact built-in types only: text,
    numbers, booleans, ``None``, and lists, tuples and dictionaries of them.

    No code of the values' own is run to find out.

    :raises RuntimeError: perhaps, if another thread changes a value meanwhile.
    """
    todo: list[list[object] | tuple[object, ...] | dict[str, object]] = [message]
    seen = 0
    while todo:
        container = todo.pop()
        seen += 1
        if seen > _MAXIMUM_CONTAINERS:
            return False
        if isinstance(container, dict):
            if not _NAMES.issuperset(map(type, container)):
                return False
            values = list(container.values())
        else:
            values = list(container)
        if not FLAT.issuperset(map(type, values)):
            for value in values:
                kind = type(value)
                if kind is list or kind is tuple or kind is dict:
                    todo.append(value)  # type: ignore[arg-type]  # one of these
                elif kind not in FLAT:
                    return False
    return True
