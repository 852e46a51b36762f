"""
The fields of messages as text.

Most values are short, and most names come again and again; so names are prepared once,
and what is short and plain is shown without ado.  :mod:`eliot.read._values` shows the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final, final

from eliot.read._message import Message
from eliot.read._options import TextOptions
from eliot.read._values import AMBIGUOUS_WORDS, field_label, field_lines, inline_field

#: What is shown otherwise of every message, whatever else is odd about it.
_FRAMEWORK: Final = frozenset({"task_uuid", "task_level", "timestamp"})

#: The fields that are shown otherwise as well, as long as they are of these types;
#: the status of an action is, if it is one.
_OF_MESSAGE: Final[dict[str, type]] = {"message_type": str}
_OF_ACTION: Final[dict[str, type]] = {
    "action_type": str,
    "action_status": str,
    "eliot:duration": float,
}

#: Text that begins with one of these is no value of another kind, but for a few words.
_PLAIN_BEGINNING: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/.,:;<>()*+!?&%$#@~^_=|\\'`"
)

#: How many names are remembered, and how many texts: there may be some that never come again.
_REMEMBERED: Final = 10_000

#: Longer texts are not remembered.
_LONG: Final = 100

_NUMBERS: Final = frozenset({int, float})

#: The text of smaller numbers is short, and not that of infinity.
_SMALL: Final = 10**15


class _Labels(dict[str, str | None]):
    """
    How the names of fields are drawn; ``None`` for those that are not shown.

    :param options: how they are drawn.
    :param elsewhere: the names of fields that are shown otherwise.
    """

    def __init__(self, options: TextOptions, elsewhere: Iterable[str]) -> None:
        super().__init__()
        self._options = options
        self._passed_over = options.hidden.union(elsewhere, _FRAMEWORK)

    def __missing__(self, name: str) -> str | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        label = None if name in self._passed_over else field_label(name, self._options)
        self[name] = label
        return label


@final
class FieldLines:
    """
    Shows the fields of messages.  Use one from one thread at a time.

    :param options: how they are drawn.
    """

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._limit = options.field_limit or sys.maxsize
        # Texts that are shown as they are.
        self._plain: set[str] = set()
        # Of messages that stand for themselves, of those of actions, and of those that have
        # something odd where all others have what is shown elsewhere.
        self._of_message = _Labels(options, _OF_MESSAGE)
        self._of_action = _Labels(options, _OF_ACTION)
        self._of_odd: dict[frozenset[str], _Labels] = {}

    def shown(self, message: Message) -> list[str]:
        """
        List the fields that the program logged, but for those that are not wanted, and
        those of the framework that are not what they should be.

        :param message: the message.
        :returns: their names.
        """
        labels = self._labels(message)
        return [name for name in message.fields if labels[name] is not None]

    def any_shown(self, message: Message) -> bool:
        """
        Whether there is any.

        :param message: the message.
        """
        labels = self._labels(message)
        # A bare loop, since it is asked of each action.
        for name in message.fields:  # noqa: SIM110
            if labels[name] is not None:
                return True
        return False

    def _labels(self, message: Message) -> _Labels:
        fields = message.fields
        if message.status is None:
            if type(fields.get("message_type", "")) is str:
                return self._of_message
            expected = _OF_MESSAGE
        else:
            if (
                type(fields.get("action_type", "")) is str
                and type(fields.get("eliot:duration", 0.0)) is float
            ):
                return self._of_action
            expected = _OF_ACTION
        elsewhere = frozenset(
            name for name, kind in expected.items() if type(fields.get(name)) is kind
        )
        if elsewhere not in self._of_odd:
            self._of_odd[elsewhere] = _Labels(self._options, elsewhere)
        return self._of_odd[elsewhere]

    def below(self, message: Message, indentation: str) -> Iterable[str]:
        """
        Show the fields that the program logged, each on a line of its own, or on more.

        :param message: the message.
        :param indentation: what each line begins with.
        """
        labels = self._labels(message)
        plain = self._plain
        lines: list[str] = []
        for name, value in message.fields.items():
            label = labels[name]
            if label is None:
                continue
            if type(value) is str:
                if value in plain or self._is_plain(value):
                    lines.append(f"{indentation}{label} {value}")
                    continue
            elif type(value) in _NUMBERS and -_SMALL < value < _SMALL:  # type: ignore[operator]
                lines.append(f"{indentation}{label} {value!r}")
                continue
            # As they are asked for: a value may be large.
            return self._any_below(message, indentation)
        return lines

    def _is_plain(self, text: str) -> bool:
        """
        Whether a text is shown as it is.  What is short is remembered: much of it comes again.
        """
        is_plain = (
            text[:1] in _PLAIN_BEGINNING
            and len(text) <= self._limit
            and text.isprintable()
            and text[-1] != " "
            and text not in AMBIGUOUS_WORDS
            and (text.isascii() or not self._options.ascii_only)
        )
        if is_plain and len(text) <= _LONG:
            if len(self._plain) >= _REMEMBERED:
                self._plain.clear()
            self._plain.add(text)
        return is_plain

    def _any_below(self, message: Message, indentation: str) -> Iterator[str]:
        for name in self.shown(message):
            for line in field_lines(name, message.fields[name], self._options):
                yield indentation + line

    def inline(self, message: Message) -> Iterator[str]:
        """
        Show the fields that the program logged, each as a piece of one line.

        :param message: the message.
        """
        for name in self.shown(message):
            yield inline_field(name, message.fields[name], self._options)
