"""
The fields of messages as text.

Most values are short, and most names come again and again; so names are prepared once,
and what is short and plain is shown without ado.  :mod:`eliot.read._values` shows the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final, final

from eliot.read._message import JSON, Message
from eliot.read._options import TextOptions
from eliot.read._values import AMBIGUOUS_WORDS, field_label, field_lines, inline_field

#: The fields that are shown otherwise, or not at all, as long as they are of these types.
_OF_MESSAGE: Final = {"task_uuid": str, "task_level": list, "timestamp": float, "message_type": str}
_OF_ACTION: Final = {
    "task_uuid": str,
    "task_level": list,
    "timestamp": float,
    "action_type": str,
    "action_status": str,
    "eliot:duration": float,
}

#: Text that begins with one of these is no value of another kind, but for a few words.
_PLAIN_BEGINNING: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/.,:;<>()*+!?&%$#@~^_=|\\'`"
)

#: How many names are remembered: there may be names that never come again.
_REMEMBERED: Final = 10_000


@final
class FieldLines:
    """
    Shows the fields of messages.  Use one from one thread at a time.

    :param options: how they are drawn.
    """

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._limit = options.field_limit or sys.maxsize
        self._labels: dict[str, str] = {}

    def shown(self, message: Message) -> list[tuple[str, JSON]]:
        """
        List the fields that the program logged, but for those that are not wanted, and
        those of the framework that are not what they should be.

        :param message: the message.
        """
        elsewhere = (_OF_MESSAGE if message.status is None else _OF_ACTION).get
        hidden = self._options.hidden
        return [
            (name, value)
            for name, value in message.fields.items()
            if type(value) is not elsewhere(name)
            and name not in hidden
            # Its place has been read from it.
            and (name != "timestamp" or type(value) is not int)
        ]

    def below(self, message: Message, indentation: str) -> Iterator[str]:
        """
        Show the fields that the program logged, each on a line of its own, or on more.

        :param message: the message.
        :param indentation: what each line begins with.
        """
        ascii_only = self._options.ascii_only
        limit = self._limit
        labels = self._labels
        for name, value in self.shown(message):
            label = labels.get(name) or self._label(name)
            if isinstance(value, str):
                if (
                    value[:1] in _PLAIN_BEGINNING
                    and len(value) <= limit
                    and value.isprintable()
                    and value[-1] != " "
                    and value not in AMBIGUOUS_WORDS
                    and (not ascii_only or value.isascii())
                ):
                    yield f"{indentation}{label} {value}"
                    continue
            elif type(value) in _NUMBERS and -_SMALL < value < _SMALL:  # type: ignore[operator]
                yield f"{indentation}{label} {value!r}"
                continue
            for line in field_lines(name, value, self._options):
                yield indentation + line

    def inline(self, message: Message) -> Iterator[str]:
        """
        Show the fields that the program logged, each as a piece of one line.

        :param message: the message.
        """
        for name, value in self.shown(message):
            yield inline_field(name, value, self._options)

    def _label(self, name: str) -> str:
        if len(self._labels) >= _REMEMBERED:
            self._labels.clear()
        label = self._labels[name] = field_label(name, self._options)
        return label


_NUMBERS: Final = frozenset({int, float})

#: The text of smaller numbers is short, and not that of infinity.
_SMALL: Final = 10**15
