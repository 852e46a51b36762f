"""
Messages as one line each, for people who watch a program while it runs.

They look as those do that a program writes itself with ``format=console``: the time of day, a
mark in front of what tells of a fault, the level, what has happened, why, and the fields.  Beyond
that, the beginning of the task's identifier stands in front, and what happened in an action is
indented.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias
from zlib import crc32

from eliot.read._heads import HEAD, show_time
from eliot.read._literal import beginning
from eliot.read._message import JSON, Message
from eliot.read._options import PLAIN, Role, TextOptions
from eliot.read._printable import printable
from eliot.read._times import format_duration
from eliot.read._width import fitting

#: Paints the identifier of a task in the colour of this number.
TaskPainter: TypeAlias = Callable[[int, str], str]

#: How many colours there are for tasks.
TASK_COLORS: Final = 6

_LEFT_OUT: Final = HEAD | {
    *("action_type", "message_type", "action_status"),
    *("eliot:duration", "eliot:stack"),
}

#: How many actions are remembered that have started.
_OPEN: Final = 10_000

#: How many names of fields are.
_REMEMBERED: Final = 1_000

_LONGEST_NAME: Final = 60
_LONGEST_REASON: Final = 300
_LONGEST_TASK: Final = 8

# Where it stands in a line.
_TASK_PART: Final = 2

#: Deeper actions are not indented further.
_DEEPEST: Final = 12

_FAULTS: Final = frozenset(
    [
        "eliot:traceback",
        "eliot:destination_failure",
        "eliot:serialization_failure",
    ]
)

_LEVEL_NUMBERS: Final = {
    "CRITICAL": 50,
    "FATAL": 50,
    "ERROR": 40,
    "WARNING": 30,
    "WARN": 30,
    "INFO": 20,
    "DEBUG": 10,
}

# What levels are called from where on: words of the same width.
_LEVEL_WORDS: Final = ((50, "crit "), (40, "error"), (30, "warn "), (20, "info "))
_NO_LEVEL: Final = "     "

_NO_TIME: Final = "--:--:--.---"


class ConsoleLines:
    """
    Shows messages.  It remembers what it has shown: which actions are open, and which day it was.

    :param options: how they are shown.
    :param width: tells how wide the terminal is now, or ``None`` if there is none.
    :param paint_task: paints identifiers of tasks.
    """

    def __init__(
        self,
        options: TextOptions,
        width: Callable[[], int | None],
        paint_task: TaskPainter | None = None,
    ) -> None:
        self._options = options
        self._paint = options.paint
        self._width = width
        self._paint_task = paint_task
        self._fault, self._dots = ("!", "...") if options.ascii_only else ("✗", "…")
        self._starts: dict[tuple[str, tuple[int, ...]], float] = {}
        self._labels: dict[str, str] = {}
        self._second = -1.0
        self._time = ""
        self._day = self._shown_day = ""

    def lines(self, message: Message) -> list[str]:
        """
        Show a message.

        :returns: its line; before it, if that is another one than before, the day.
        """
        time = self._time_of(message.timestamp)
        line = self._line(message, time, self._width())
        if self._day == self._shown_day:
            return [line]
        self._shown_day = self._day
        zone = "" if self._options.local_time else " UTC"
        return [self._paint("heading", f"{self._day}{zone}"), line]

    def _line(self, message: Message, time: str, width: int | None) -> str:
        fields = message.fields
        status = message.status
        number = _number_of_level(fields.get("log_level"))
        level = _NO_LEVEL
        left_out = _LEFT_OUT
        if number is not None:
            left_out |= {"log_level"}
            level = next((word for least, word in _LEVEL_WORDS if number >= least), "debug")
        told = _told(fields)
        is_fault = bool(
            told
            or status == "failed"
            or message.type in _FAULTS
            or (number is not None and number >= 40)
        )
        role: Role = "succeeded" if status == "succeeded" else "type"
        if is_fault:
            role = "failed"
        elif number is not None and number >= 30:
            role = "mark"
        happened = [message.type] if message.type else []
        if status is not None:
            happened.append(status)
            duration = self._duration(message)
            if duration is not None:
                happened.append(format_duration(duration))
        happened.extend(told.values())
        parts: list[tuple[str, Role | None]] = [
            (time, "time"),
            (f" {self._fault if is_fault else ' '} {level} ", role),
            (self._task(message.task_uuid), None),
            (_indent(message), None),
            (self._shown(" ".join(happened)), role),
        ]
        limit = min(width or sys.maxsize, self._options.field_limit or sys.maxsize)
        length = 0
        for name, value in fields.items():
            if name in left_out or name in told:
                continue
            label, text = self._label(name), self._shown(_show_value(value, limit))
            parts.append((label, "name"))
            parts.append((f"={text}", None))
            length += len(label) + len(text)
            if width is not None and length > width:
                break
        if width is not None:
            parts = fitting(parts, width, self._dots)
        return self._painted(parts, message.task_uuid)

    def _painted(self, parts: list[tuple[str, Role | None]], task_uuid: str) -> str:
        paint = self._paint
        if self._options.styles is PLAIN:
            return "".join([text for text, _ in parts])
        painted = [text if role is None else paint(role, text) for text, role in parts]
        if self._paint_task is not None and len(parts) > _TASK_PART:
            color = crc32(task_uuid.encode("utf-8", "surrogatepass")) % TASK_COLORS
            painted[_TASK_PART] = self._paint_task(color, parts[_TASK_PART][0])
        return "".join(painted)

    def _shown(self, text: str) -> str:
        return printable(text, ascii_only=self._options.ascii_only)

    def _task(self, task_uuid: str) -> str:
        """
        :returns: how an identifier begins; always of the same length.
        """
        return self._shown(task_uuid[:_LONGEST_TASK])[:_LONGEST_TASK].ljust(_LONGEST_TASK)

    def _label(self, name: str) -> str:
        label = self._labels.get(name)
        if label is None:
            if len(self._labels) >= _REMEMBERED:
                self._labels.clear()
            shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."
            label = self._labels[name] = f" {self._shown(shown)}"
        return label

    def _duration(self, message: Message) -> float | None:
        """
        Remember when an action has started.

        :returns: how long it took, if it ends and that is known.
        """
        starts = self._starts
        action = (message.task_uuid, message.level[:-1])
        if message.status == "started":
            if len(starts) >= _OPEN:
                # Those that are open for longest may never end.
                del starts[next(iter(starts))]
            starts[action] = message.timestamp
            return None
        start = starts.pop(action, None)
        measured = message.fields.get("eliot:duration")
        if type(measured) is float:
            return measured
        return None if start is None else message.timestamp - start

    def _time_of(self, timestamp: float) -> str:
        """
        :returns: the time of day.  The day is kept.
        """
        second = timestamp // 1.0
        if second != self._second:
            self._second = second
            whole: dict[str, JSON] = {"timestamp": second}
            day, _, time = show_time(whole, local_timezone=self._options.local_time).partition("T")
            self._time = time.rstrip("Z")
            if time:
                self._day = day
        if not self._time:
            return _NO_TIME
        return f"{self._time}.{int((timestamp - second) * 1000):03}"


def _told(fields: Mapping[str, JSON]) -> dict[str, str]:
    """
    Say which exception a message tells of.

    :returns: the text, in parts, by the names of the fields that are in it.
    """
    exception = fields.get("exception")
    reason = fields.get("reason")
    if type(exception) is str and type(reason) is str:
        return {"exception": f"{exception}:", "reason": reason[:_LONGEST_REASON]}
    traceback = fields.get("traceback")
    if type(traceback) is str:
        # The exception has stayed elsewhere; the last line says what it was.
        return {"traceback": traceback.rstrip().rpartition("\n")[2][:_LONGEST_REASON]}
    return {}


def _number_of_level(level: JSON) -> float | None:
    """
    :returns: the number of a level that is one or has a name.
    """
    if type(level) is str:
        return _LEVEL_NUMBERS.get(level.upper())
    return level if type(level) is int or type(level) is float else None


def _indent(message: Message) -> str:
    level = message.level
    # The start and the end of an action stand where the action does, and a message alone nowhere.
    depth = len(level) if message.status is None and level != (1,) else len(level) - 1
    return " " * (1 + 2 * min(depth, _DEEPEST))


def _show_value(value: JSON, length: int) -> str:
    if type(value) is str and 0 < len(value) <= length and " " not in value and value.isprintable():
        return value
    return beginning(value, length)
