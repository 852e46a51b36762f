r"""
A message as several lines for people: where it belongs, when it was logged, and each of its
fields, as Python writes values::

    6f6a3d7e-16f5-4a3a-9d5c-3a1f6a1d3b52 -> /3/2
    2026-11-22T08:06:21.383104Z
      action_type: 'ferry:cross'
      action_status: 'failed'
      exception: 'builtins.OSError'
      reason: 'no such pier:
              |  Norderney'

"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Final, TypeVar

from orjson import loads

from eliot.read._heads import ordered_names, show_level, show_task, show_time
from eliot.read._literal import literal
from eliot.read._message import JSON
from eliot.read._printable import printable

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

#: Longer names do not push their values further to the right.
_LONGEST_NAME: Final = 100

#: A text whose literal is longer is laid out on several lines, if there is white space in it.
_LONGEST_TEXT: Final = 40

#: How many shapes of messages, and places in tasks, are remembered.
_REMEMBERED: Final = 1_000


def pretty_format(message: Mapping[str, JSON], local_timezone: bool = False) -> str:
    """
    Format a message as several lines.

    :param message: the message, as it was decoded.  Whatever it holds, nothing is raised; what is
        no time, no level or missing is shown as it is.
    :param local_timezone: show the time in the local time zone instead of UTC.
    :returns: printable lines, the last one ended by a newline, too.
    """
    time = show_time(message, local_timezone=local_timezone)
    lines = [f"{show_task(message)} -> /{show_level(message)}\n{time}\n"]
    lines.extend(
        f"  {printable(name)}: {show_value(name, message[name])}\n"
        for name in ordered_names(message)
    )
    return "".join(lines)


def show_value(name: str, value: JSON) -> str:
    """
    Show the value of a field.

    :param name: its name, which stands in front of it.
    :returns: lines, of which all but the first are indented so that they stand below it.
    """
    shown = literal(value)
    if "\n" not in shown:
        return shown
    return shown.replace("\n", f"\n{' ' * (min(len(name), _LONGEST_NAME) + 2)}| ")


class _Shape:
    """
    What messages with the same names of fields, in the same order, have in common.

    :ivar template: their fields, with room for values.
    :ivar values: gets the values, in order.
    :ivar longest: how long the fields may be while no single value is too long for a line.
    """

    __slots__ = ("longest", "template", "values")

    def __init__(self, names: Iterable[str]) -> None:
        ordered = ordered_names(names)
        labels = [f"  {printable(name)}: " for name in ordered]
        self.template = "".join([label.replace("%", "%%") + "%r\n" for label in labels])
        self.values: Callable[[dict[str, JSON]], object] = (
            itemgetter(*ordered) if ordered else _nothing
        )
        self.longest = sum(map(len, labels)) + len(labels) + _LONGEST_TEXT


class PrettyLines:
    """
    Formats the lines of a log, many at once.  What most lines of a log have in common, the names
    of their fields and the second in which they were logged, is formatted once.

    :param other: formats a line that is not of the common kind; it is given its number, from 0.
    :param local_timezone: show times in the local time zone instead of UTC.
    """

    def __init__(self, other: Callable[[int, str], str], *, local_timezone: bool = False) -> None:
        self._other = other
        self._local_timezone = local_timezone
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._places: dict[tuple[JSON, ...], str] = {}

    def format(self, lines: Iterable[str]) -> list[str]:
        """
        Format lines.

        :param lines: lines of JSON.
        :returns: the text of each.  An empty line follows the message in it.
        """
        other = self._other
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
                    and (
                        len(fields) <= shape.longest
                        or " " not in line
                        or _fit_on_lines(shape.values(message))
                    )
                ):
                    fraction = str(microsecond).zfill(6)
                    append(f"{task_uuid} -> /{place}\n{begin}.{fraction}{zone}\n{fields}\n")
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
        if type(level) is not list or not all(type(step) is int for step in level):
            raise ValueError
        place = show_level(message)
        return _remember(self._places, tuple(level), place) if len(level) < 20 else place

    def _shape(self, message: dict[str, JSON]) -> _Shape:
        names = tuple(message)
        return _remember(self._shapes, names, _Shape(names))


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


def _fit_on_lines(values: object) -> bool:
    """
    Tell whether none of several scalars has to be divided.
    """
    several = values if type(values) is tuple else (values,)
    return not any(
        type(value) is str and len(value) > _LONGEST_TEXT - 2 and " " in value
        for value in several
    )


def _nothing(message: dict[str, JSON]) -> tuple[()]:
    return ()
