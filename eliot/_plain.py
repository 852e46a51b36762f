"""
What the fast encoder may be given.

orjson does not survive everything: a list that contains itself by way of a
tuple, an enumeration whose value raises, a UUID without a number, or something
that another thread changes just then, can take the interpreter down.  So it
gets nothing but exact built-in types, and no container that anybody else can
reach.

Nearly all messages consist of scalars.  That is found out where they are made,
from what the user gave alone, and they take a short way from there on.
"""

from __future__ import annotations

from types import NoneType
from typing import Final, TypeAlias, cast

from eliot._represent import MAXIMUM_DEPTH, MAXIMUM_VALUES

#: The classes of values that are plain and contain nothing.
SCALARS: Final = frozenset([str, int, float, bool, NoneType])

# A list counts as a dictionary of its indexes.
_Container: TypeAlias = dict[object, object]


def plain_copy(message: dict[str, object]) -> dict[str, object] | None:
    """
    Copy a message with all containers in it.

    :param message: any dictionary.
    :returns: exact dictionaries, lists and scalars; ``None`` if there is
        anything else in the message (but tuples, which become lists), if it is
        nested deeper than :data:`MAXIMUM_DEPTH`, which is so where something
        contains itself, or has more than :data:`MAXIMUM_VALUES`.
    :raises RuntimeError: if another thread changes the message meanwhile.
    """
    if type(message) is not dict:
        return None
    copy = message.copy()
    layer = [cast("_Container", copy)]
    values = 0
    for _ in range(MAXIMUM_DEPTH):
        below: list[_Container] = []
        for container in layer:
            values += len(container)
            if values > MAXIMUM_VALUES:
                return None
            # Values are replaced while this goes on, but the size stays.
            is_dict = type(container) is dict
            for key, value in container.items() if is_dict else enumerate(container):
                if type(value) not in SCALARS:
                    inner = _copy_container(value)
                    if inner is None:
                        return None
                    container[key] = inner
                    below.append(inner)
        if not below:
            return copy
        layer = below
    return None


def _copy_container(value: object) -> _Container | None:
    """
    Copy a list, a tuple or a dictionary, but not what is in it.
    """
    kind = type(value)
    if kind is dict:
        return cast("_Container", value).copy()
    if kind is list or kind is tuple:
        return cast("_Container", list(cast("list[object]", value)))
    return None
