"""
A message as one line for people who watch a program.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite
from typing import Final

from eliot._severity import number_of_level, tells_of_fault
from eliot._summary import LEFT_OUT, kind_of, one_line, shown_fields, with_exact_names
from eliot._text import shorten, type_name

#: How many characters of one value are shown.
MAXIMUM_VALUE: Final = 300

# How many steps of a place in a task are shown.
_MAXIMUM_STEPS: Final = 20

# Stands in each line that tells of a fault.  In what comes from messages it is
# replaced, so that it is nowhere else.
_MARK: Final = "✗"
_REPLACED: Final = _MARK.encode("unicode_escape").decode()

_NO_TIME: Final = "--:--:--.---"

# What levels are called from where on: words of the same width.
_LEVELS: Final = (
    (logging.CRITICAL, "crit "),
    (logging.ERROR, "error"),
    (logging.WARNING, "warn "),
    (logging.INFO, "info "),
)
_NO_LEVEL: Final = "     "

# How a colour begins and ends.
_DIM: Final = ("\x1b[2m", "\x1b[0m")
_RED: Final = ("\x1b[31m", "\x1b[0m")
_YELLOW: Final = ("\x1b[33m", "\x1b[0m")
_PLAIN: Final = ("", "")


class ConsoleEncoder:
    """
    Turns a message into one line for people, fit for terminals: whatever is more
    than visible text is escaped.

    The line has the time of day, a mark if the message tells of a fault, its
    level, what has happened, with the exception and its reason, the other fields,
    and where it belongs: how the task's identifier begins, and the place in the
    task.

    :param colour: whether faults, warnings, and what is less important have
        colours, by sequences that terminals know.
    """

    __slots__ = ("_dim", "_fault", "_warning")

    #: What is in each line that tells of a fault, and in no other.
    failure_marks: tuple[bytes, ...] = (_MARK.encode(),)

    def __init__(self, colour: bool) -> None:
        self._dim = _DIM if colour else _PLAIN
        self._fault = _RED if colour else _PLAIN
        self._warning = _YELLOW if colour else _PLAIN

    def __call__(self, message: dict[str, object]) -> bytes:
        """
        Encode a message.  Never raises.

        :param message: any dictionary; not changed.
        :returns: one line of UTF-8, ended by a newline.
        """
        try:
            # Not asked by its own methods, and not while another thread changes it.
            line = self._line(with_exact_names(dict(dict.items(message))))
        except Exception as error:
            line = f"{_NO_TIME} {_MARK} {_NO_LEVEL} <the message raises {type_name(error)}>"
        return f"{line}\n".encode()

    def _line(self, message: Mapping[str, object]) -> str:
        level = number_of_level(message.get("log_level"))
        told = _told(message)
        left_out = LEFT_OUT | told.keys()
        name = _NO_LEVEL
        if level is not None:
            left_out |= {"log_level"}
            name = next((name for least, name in _LEVELS if level >= least), "debug")
        colour = _PLAIN
        mark = " "
        if told or tells_of_fault(message) or (level is not None and level >= logging.ERROR):
            colour = self._fault
            mark = _MARK
        elif level is not None and level >= logging.WARNING:
            colour = self._warning
        happened = _shown([*kind_of(message), *told.values()])
        fields = _shown(shown_fields(message, left_out, MAXIMUM_VALUE))
        parts = [
            _coloured(_time_of(message), self._dim),
            _coloured(f"{mark} {name}{happened and ' '}{happened}", colour),
            fields,
            _coloured(_shown([_place_of(message)]), self._dim),
        ]
        return " ".join(filter(None, parts))


_encoders: Final = (ConsoleEncoder(False), ConsoleEncoder(True))


def console_encoder(colour: bool) -> ConsoleEncoder:
    """
    Get the encoder for people who watch a program.

    :param colour: whether there are colours.
    :returns: always the same one, so that destinations share its lines.
    """
    return _encoders[colour]


def wants_colour(descriptor: int) -> bool:
    """
    Tell whether colours shall be written to a file: to a terminal that knows
    some, unless the user has set the environment variable ``NO_COLOR``.

    :param descriptor: the number of the open file.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return os.isatty(descriptor)


def _coloured(text: str, colour: tuple[str, str]) -> str:
    begin, end = colour
    return f"{begin}{text}{end}" if text else ""


def _shown(words: Iterable[str]) -> str:
    return one_line(words).replace(_MARK, _REPLACED)


def _told(message: Mapping[str, object]) -> dict[str, str]:
    """
    Say which exception a message tells of.

    :returns: the text, in parts, by the names of the fields that are in it;
        nothing where there is none.
    """
    exception = message.get("exception")
    reason = message.get("reason")
    if type(exception) is str and type(reason) is str:
        return {"exception": f"{exception}:", "reason": shorten(reason, MAXIMUM_VALUE)}
    traceback = message.get("traceback")
    if type(traceback) is str:
        # The exception has stayed elsewhere; the last line says what it was.
        last = traceback.rstrip().rpartition("\n")[2]
        return {"traceback": shorten(last, MAXIMUM_VALUE)}
    return {}


def _time_of(message: Mapping[str, object]) -> str:
    when = message.get("timestamp")
    if type(when) is not float or not isfinite(when):
        return _NO_TIME
    try:
        local = datetime.fromtimestamp(when)  # noqa: DTZ006 (the clock that people see)
    except (OSError, OverflowError, ValueError):
        # Not in the years that there are.
        return _NO_TIME
    return local.time().isoformat("milliseconds")


def _place_of(message: Mapping[str, object]) -> str:
    task = message.get("task_uuid")
    steps = message.get("task_level")
    place = task[:8] if type(task) is str else ""
    if type(steps) is list and all(type(step) is int for step in steps):
        place += "".join(f"/{step}" for step in steps[:_MAXIMUM_STEPS])
        if len(steps) > _MAXIMUM_STEPS:
            place += "/..."
    return place
