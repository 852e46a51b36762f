"""
A message as one line for people.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from reprlib import Repr
from typing import Final

from eliot._fields import RESERVED, STACK_FIELD, make_names_exact
from eliot._text import printable, safe_str, scrub, shorten, type_name

#: How many characters of one value, and of the whole line, are shown.
MAXIMUM_VALUE: Final = 100
MAXIMUM_LINE: Final = 1_000

#: Shown otherwise, or far too long for a line.
LEFT_OUT: Final = RESERVED | {"traceback", STACK_FIELD}

_EXACT: Final = frozenset([str])

# Other classes may have the names of these, by which reprlib goes.
_LOOKED_INTO: Final = frozenset([str, int, list, tuple, dict, set, frozenset, deque, array])


def summary(message: Mapping[str, object]) -> str:
    """
    Summarize a message.

    :param message: any message, as destinations get it.
    :returns: what kind it is, and its fields, both shortened; one line, in
        which control characters are escaped.
    """
    message = with_exact_names(message)
    return one_line([*kind_of(message), *shown_fields(message, LEFT_OUT)])


def with_exact_names(message: Mapping[str, object]) -> Mapping[str, object]:
    """
    Get a message whose names are exact text, so that they can be compared.

    :returns: the message itself if that is so.
    """
    if _EXACT.issuperset(map(type, message)):
        return message
    copy = dict(message)
    make_names_exact(copy)
    return copy


def kind_of(message: Mapping[str, object]) -> list[str]:
    """
    Say what has happened: the type of a message, or that of an action and its status.
    """
    if "action_type" in message:
        return [safe_str(message["action_type"]), safe_str(message.get("action_status", ""))]
    return [safe_str(message.get("message_type", ""))]


def shown_fields(
    message: Mapping[str, object],
    left_out: frozenset[str],
    maximum_value: int = MAXIMUM_VALUE,
) -> list[str]:
    """
    Show fields, each shortened, and not many more than a line has room for.

    :param message: with exact names.
    :param left_out: the names of those that are not shown.
    :param maximum_value: how many characters of each value are shown.
    """
    shown = _Shown(maximum_value)
    words: list[str] = []
    length = 0
    for name, value in message.items():
        if name in left_out:
            continue
        words.append(f"{name}={shown.text(value)}")
        length += len(words[-1])
        if length > MAXIMUM_LINE:
            break
    return words


def one_line(words: Iterable[str]) -> str:
    """
    Join words, of which some may be empty, to one line that is not too long,
    and can be printed.
    """
    return printable(shorten(" ".join(filter(None, words)), MAXIMUM_LINE))


class _Shown(Repr):
    """
    Shows values without looking at all that is in them.

    :param maximum: how many characters of each are shown.
    """

    def __init__(self, maximum: int) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = self._maximum = maximum

    def text(self, value: object) -> str:
        """
        Show a value; text without spaces as it is.
        """
        try:
            if type(value) is str and len(value) <= self._maximum and value.isprintable():
                return repr(value) if " " in value or not value else scrub(value)
            return scrub(shorten(self.repr(value), self._maximum))
        except Exception as error:
            return f"<{type_name(value)}: its text raises {type_name(error)}>"

    def repr1(self, x: object, level: int) -> str:
        """
        Show a value, or one in it.
        """
        return (super().repr1 if type(x) in _LOOKED_INTO else self.repr_instance)(x, level)

    # All of it would have to be looked at to show what comes first in order.

    def repr_dict(self, x: dict[object, object], level: int) -> str:
        """
        Show the first items of a dictionary.
        """
        shown = (
            f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}"
            for key, value in islice(x.items(), self.maxdict)
        )
        return f"{{{self._some(shown, level, len(x) > self.maxdict)}}}"

    def repr_set(self, x: AbstractSet[object], level: int) -> str:
        """
        Show some items of a set.
        """
        if not x:
            return "set()"
        shown = (self.repr1(each, level - 1) for each in islice(x, self.maxset))
        return f"{{{self._some(shown, level, len(x) > self.maxset)}}}"

    def repr_frozenset(self, x: frozenset[object], level: int) -> str:
        """
        Show some items of a frozen set.
        """
        return f"frozenset({self.repr_set(x, level) if x else ''})"

    def _some(self, shown: Iterable[str], level: int, more: bool) -> str:
        words = ["..."] if level <= 0 else list(shown)
        return ", ".join([*words, "..."] if more and level > 0 else words)
