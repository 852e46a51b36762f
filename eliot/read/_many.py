"""
Formatting the lines of a log, many at once.

What most lines of a log have in common, the names of their fields and the second in which they
were logged, is formatted once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Final, TypeVar

from orjson import loads

from eliot.read._heads import ordered_names, show_level, show_time
from eliot.read._message import JSON
from eliot.read._printable import printable

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

#: How many shapes of messages, and places in tasks, are remembered.
_REMEMBERED: Final = 1_000

#: Longer levels are not.
_LONGEST_LEVEL: Final = 20


class Layout:
    """
    How a message is formatted.

    :param place: what stands before its place in the task.
    :param space: what stands before its time, and before its fields.
    :param field: a template of a field, for its name and its value.
    :param between: what stands between fields.
    :param encode: encodes values, if the template does not do all of it.
    :param width: how long a text may be as it is in the template.
    """

    __slots__ = ("_between", "_encode", "_field", "_width", "place", "space")

    def __init__(
        self,
        place: str,
        space: str,
        field: str,
        between: str = "",
        encode: Callable[[JSON], str] | None = None,
        width: int = sys.maxsize,
    ) -> None:
        self.place = place
        self.space = space
        self._field = field
        self._between = between
        self._encode = encode
        self._width = width

    def shape(self, names: Iterable[str]) -> Shape:
        """
        Prepare for messages whose fields have these names, in this order.
        """
        ordered = ordered_names(names)
        shown = [printable(name).replace("%", "%%") for name in ordered]
        fields = [self._field.format(name) for name in shown]
        get: Callable[[dict[str, JSON]], JSON | tuple[JSON, ...]] = (
            itemgetter(*ordered) if ordered else _nothing
        )
        values = get if self._encode is None else _encoded(get, self._encode)
        least = sum(map(len, fields)) - 2 * len(fields)
        return Shape(self._between.join(fields), values, least + self._width, self._width)


class Shape:
    """
    What messages with the same names of fields, in the same order, have in common.

    :ivar template: their fields, with room for values.
    :ivar values: gets the values, in order.
    :ivar longest: how long all fields may be while no single value can be too long.
    """

    __slots__ = ("_width", "longest", "template", "values")

    def __init__(
        self,
        template: str,
        values: Callable[[dict[str, JSON]], object],
        longest: int,
        width: int,
    ) -> None:
        self.template = template
        self.values = values
        self.longest = longest
        self._width = width

    def fits(self, message: dict[str, JSON]) -> bool:
        """
        Tell whether no text has to be divided.
        """
        values = self.values(message)
        several = values if type(values) is tuple else (values,)
        width = self._width - 2  # without quotation marks
        return not any(type(each) is str and len(each) > width and " " in each for each in several)


class ManyLines:
    """
    Formats lines.

    :param layout: how.
    :param other: formats a line that is not of the common kind; it is given its number, from 0.
    :param local_timezone: show times in the local time zone instead of UTC.
    """

    def __init__(
        self, layout: Layout, other: Callable[[int, str], str], *, local_timezone: bool
    ) -> None:
        self._layout = layout
        self._other = other
        self._local_timezone = local_timezone
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._places: dict[tuple[JSON, ...], str] = {}

    def format(self, lines: Iterable[str]) -> list[str]:
        """
        Format lines.

        :param lines: lines of JSON.
        :returns: the text of each, ended by a line end.
        """
        other = self._other
        before_place, space = self._layout.place, self._layout.space
        find_shape = self._shapes.get
        find_place = self._places.get
        texts: list[str] = []
        append = texts.append
        second, begin, zone = -1.0, "", "" if self._local_timezone else "Z"
        # This is written for speed, and only for lines in which all is as it should be. Whatever
        # could act on a terminal has a backslash in a literal, and a nested value a bracket.
        for line in lines:
            try:
                message = loads(line)
                timestamp = message["timestamp"]
                if timestamp // 1.0 != second:
                    begin = self._begin(message)
                    second = timestamp // 1.0
                microsecond = round((timestamp - second) * 1e6)
                place = find_place(tuple(message["task_level"])) or self._place(message)
                shape = find_shape(tuple(message)) or self._shape(message)
                fields = shape.template % shape.values(message)
                task_uuid = message["task_uuid"]
                if (
                    task_uuid.isprintable()
                    and 0 < microsecond < 1_000_000
                    and "\\" not in fields
                    and "[" not in fields
                    and "{" not in fields
                    and "+" not in fields  # an integer that was too large for the decoder
                    and (len(fields) <= shape.longest or " " not in line or shape.fits(message))
                ):
                    fraction = str(microsecond).zfill(6)
                    append(
                        f"{task_uuid}{before_place}{place}"
                        f"{space}{begin}.{fraction}{zone}{space}{fields}\n"
                    )
                else:
                    append(other(len(texts), line))
            except Exception:
                # Whatever it is that the line holds.
                append(other(len(texts), line))
        return texts

    def _begin(self, message: dict[str, JSON]) -> str:
        """
        :returns: the time of a message but for the fraction of the second.
        :raises ValueError: if it is not of the common kind.
        """
        timestamp = message["timestamp"]
        if type(timestamp) is not float or timestamp < 0:
            raise ValueError
        whole: dict[str, JSON] = {"timestamp": timestamp // 1.0}
        shown = show_time(whole, local_timezone=self._local_timezone).rstrip("Z")
        if len(shown) != len("2026-11-22T08:06:21"):
            raise ValueError
        return shown

    def _place(self, message: dict[str, JSON]) -> str:
        """
        :returns: the place of a message in its task.
        :raises ValueError: if it is not of the common kind.
        """
        level = message["task_level"]
        if type(level) is not list or not level:
            raise ValueError
        if not all(type(step) is int and step >= 1 for step in level):
            raise ValueError
        place = show_level(message)
        return (
            _remember(self._places, tuple(level), place) if len(level) <= _LONGEST_LEVEL else place
        )

    def _shape(self, message: dict[str, JSON]) -> Shape:
        names = tuple(message)
        return _remember(self._shapes, names, self._layout.shape(names))


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


def _encoded(
    get: Callable[[dict[str, JSON]], JSON | tuple[JSON, ...]], encode: Callable[[JSON], str]
) -> Callable[[dict[str, JSON]], object]:
    def values(message: dict[str, JSON]) -> object:
        value = get(message)
        return tuple(map(encode, value)) if isinstance(value, tuple) else encode(value)

    return values


def _nothing(message: dict[str, JSON]) -> tuple[()]:
    return ()
