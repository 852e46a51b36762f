"""
A message as one line for people and for pipes: where it belongs, when it was logged, and each of
its fields as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import JSONEncoder, encode_basestring_ascii
from typing import Final

from eliot.read._heads import ordered_names, show_level, show_task, show_time
from eliot.read._literal import one_line
from eliot.read._many import Layout
from eliot.read._message import JSON
from eliot.read._printable import printable

_encode: Final = JSONEncoder(separators=(",", ":")).encode


def compact_format(message: Mapping[str, JSON], local_timezone: bool = False) -> str:
    """
    Format a message as one line.

    :param message: the message, as it was decoded.  Whatever it holds, nothing is raised; what is
        no time, no level or missing is shown as it is.
    :param local_timezone: show the time in the local time zone instead of UTC.
    :returns: one printable line, without a line end.
    """
    time = show_time(message, local_timezone=local_timezone)
    fields = [f"{printable(name)}={show_json(message[name])}" for name in ordered_names(message)]
    return f"{show_task(message)}/{show_level(message)} {time} {' '.join(fields)}"


# Where people find it.
compact_format.__module__ = "eliot.prettyprint"


def show_json(value: JSON) -> str:
    """
    Show a value as JSON, in ASCII.

    :param value: the value; what JSON cannot hold, or is nested deeper than can be written, is
        shown as a Python literal.
    """
    try:
        return _encode(value)
    except Exception:
        # The encoder refuses what is nested too deeply, and what is no JSON: that shows itself.
        return printable(one_line(value), ascii_only=True)


def _show_common(value: JSON) -> str:
    # Numbers that are none do not come here.
    if type(value) is str:
        return encode_basestring_ascii(value)
    return repr(value) if type(value) is int or type(value) is float else show_json(value)


COMPACT: Final = Layout("/", " ", "{}=%s", between=" ", encode=_show_common)
