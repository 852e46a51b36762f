"""
Messages one by one in the layouts of ``eliot-prettyprint``, painted, and shortened as wanted.
"""

from __future__ import annotations

from typing import Final

from eliot.read._compact import show_json
from eliot.read._heads import ordered_names, show_level, show_task, show_time
from eliot.read._message import Message
from eliot.read._options import Role, TextOptions
from eliot.read._pretty import show_value
from eliot.read._printable import printable

#: How many names of fields are remembered.
_REMEMBERED: Final = 1_000

_TYPES: Final = frozenset(["action_type", "message_type"])

#: What each kind of message is painted as.
_STATUSES: Final[dict[str | None, Role]] = {
    "started": "unfinished",
    "succeeded": "succeeded",
    "failed": "failed",
}


class Painted:
    """
    Paints parts of messages.

    :param options: how they are shown; ``local_time`` is for others to heed.
    """

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._names: dict[str, str] = {}

    def name(self, name: str) -> str:
        """
        Paint the name of a field.
        """
        painted = self._names.get(name)
        if painted is None:
            if len(self._names) >= _REMEMBERED:
                self._names.clear()
            shown = printable(name, ascii_only=self._options.ascii_only)
            painted = self._names[name] = self._options.paint("name", shown)
        return painted

    def part(self, role: Role, text: str) -> str:
        """
        Paint another part.

        :param text: printable text.
        """
        return self._options.paint(role, self._in_ascii(text))

    def value(self, name: str, shown: str, message: Message) -> str:
        """
        Paint the value of a field.

        :param name: the name of the field.
        :param shown: its value, as printable lines.
        :param message: the message.
        """
        shown = self._in_ascii(shown)
        limit = self._options.field_limit
        if limit and len(shown) > limit:
            # The end of a traceback says most.
            tail = limit // 3
            mark = self._options.paint("mark", f"({len(shown) - limit:,} characters more)")
            return f"{shown[: limit - tail]} {mark} {shown[len(shown) - tail :]}"
        role: Role
        if name in _TYPES:
            role = "type"
        elif name == "action_status":
            role = _STATUSES.get(message.status, "mark")
        else:
            return shown
        # Some programs that show colours begin each line anew.
        return shown if "\n" in shown else self._options.paint(role, shown)

    def _in_ascii(self, text: str) -> str:
        if not self._options.ascii_only or text.isascii():
            return text
        return text.encode("ascii", "backslashreplace").decode()


class PrettyText:
    """
    Shows messages as several lines each,
    as :func:`eliot.prettyprint.pretty_format` does, with paint.

    :param options: how they are shown.
    """

    def __init__(self, options: TextOptions) -> None:
        self._local_timezone = options.local_time
        self._painted = Painted(options)

    def lines(self, message: Message) -> list[str]:
        """
        Show a message.

        :returns: lines, of which the last one is empty.
        """
        fields = message.fields
        painted = self._painted
        time = show_time(fields, local_timezone=self._local_timezone)
        lines = [
            f"{painted.part('heading', show_task(fields))} -> /{show_level(fields)}",
            painted.part("time", time),
        ]
        for name in ordered_names(fields):
            value = painted.value(name, show_value(name, fields[name]), message)
            lines.append(f"  {painted.name(name)}: {value}")
        lines.append("")
        return lines


class CompactText:
    """
    Shows messages as one line each, as :func:`eliot.prettyprint.compact_format` does, with paint.

    :param options: how they are shown.
    """

    def __init__(self, options: TextOptions) -> None:
        self._local_timezone = options.local_time
        self._painted = Painted(options)

    def line(self, message: Message) -> str:
        """
        Show a message.
        """
        fields = message.fields
        painted = self._painted
        time = show_time(fields, local_timezone=self._local_timezone)
        parts = [
            f"{painted.part('heading', show_task(fields))}/{show_level(fields)}",
            painted.part("time", time),
        ]
        for name in ordered_names(fields):
            value = painted.value(name, show_json(fields[name]), message)
            parts.append(f"{painted.name(name)}={value}")
        return " ".join(parts)
