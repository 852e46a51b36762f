r"""
A message as several lines for people: where it belongs, when it was logged, and each of its
fields, as Python writes values.

For example::

    6f6a3d7e-16f5-4a3a-9d5c-3a1f6a1d3b52 -> /3/2
    2026-11-22T08:06:21.383104Z
      action_type: 'ferry:cross'
      action_status: 'failed'
      exception: 'builtins.OSError'
      reason: 'no such pier:
              |  Norderney'

An empty line, which is not part of it, follows when a log is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from eliot.read._heads import ordered_names, show_level, show_task, show_time
from eliot.read._literal import WIDTH, literal
from eliot.read._many import Layout
from eliot.read._message import JSON
from eliot.read._printable import printable

#: Longer names do not push their values further to the right.
_LONGEST_NAME: Final = 100

PRETTY: Final = Layout(" -> /", "\n", "  {}: %r\n", width=WIDTH)


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


# Where people find it.
pretty_format.__module__ = "eliot.prettyprint"


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
