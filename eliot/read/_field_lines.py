"""
The fields of messages as text.

Most values are short, and most names come again and again; so names are prepared once,
and what is short and plain is shown without ado.  :mod:`eliot.read._values` shows the rest.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias, final

from eliot.read._message import Message
from eliot.read._options import TextOptions
from eliot.read._values import AMBIGUOUS_WORDS, field_label, field_lines, inline_field

#: What is shown otherwise of every message, whatever else is odd about it.
_FRAMEWORK: Final = frozenset({"task_uuid", "task_level", "timestamp"})

#: The fields that are shown otherwise as well, as long as they are of these types.
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

#: How many kinds of messages are remembered: there may be some that never come again.
_REMEMBERED: Final = 10_000

#: The names of fields that are shown, with the names as they are drawn.
Labels: TypeAlias = Sequence[tuple[str, str]]


class _Kind(NamedTuple):
    """
    Messages whose fields have the same names.

    :ivar elsewhere: which fields are shown otherwise, if they are of which type.
    :ivar labels: all others that are shown.
    """

    elsewhere: tuple[tuple[str, type], ...]
    labels: Labels


@final
class FieldLines:
    """
    Shows the fields of messages.  Use one from one thread at a time.

    :param options: how they are drawn.
    """

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._limit = options.field_limit or sys.maxsize
        # Messages that stand for themselves, and those of actions.
        self._kinds: dict[bool, dict[tuple[str, ...], _Kind]] = {False: {}, True: {}}

    def shown(self, message: Message) -> Labels:
        """
        List the fields that the program logged, but for those that are not wanted, and
        those of the framework that are not what they should be.

        :param message: the message.
        """
        fields = message.fields
        names = tuple(fields)
        kind = self._kinds[message.status is None].get(names) or self._learn(message, names)
        for name, type_of_value in kind.elsewhere:
            if type(fields[name]) is not type_of_value:
                odd = [
                    (name, field_label(name, self._options))
                    for name, expected in kind.elsewhere
                    if type(fields[name]) is not expected and name not in self._options.hidden
                ]
                return [*odd, *kind.labels]
        return kind.labels

    def _learn(self, message: Message, names: tuple[str, ...]) -> _Kind:
        """
        Look at a message of a kind that is not known.
        """
        alone = message.status is None
        elsewhere = _OF_MESSAGE if alone else _OF_ACTION
        passed_over = self._options.hidden | elsewhere.keys() | _FRAMEWORK
        kinds = self._kinds[alone]
        if len(kinds) >= _REMEMBERED:
            kinds.clear()
        kind = kinds[names] = _Kind(
            tuple(each for each in elsewhere.items() if each[0] in names),
            [(name, field_label(name, self._options)) for name in names if name not in passed_over],
        )
        return kind

    def below(self, message: Message, indentation: str) -> Iterable[str]:
        """
        Show the fields that the program logged, each on a line of its own, or on more.

        :param message: the message.
        :param indentation: what each line begins with.
        """
        ascii_only = self._options.ascii_only
        limit = self._limit
        fields = message.fields
        lines: list[str] = []
        for name, label in self.shown(message):
            value = fields[name]
            if isinstance(value, str):
                if (
                    value[:1] in _PLAIN_BEGINNING
                    and len(value) <= limit
                    and value.isprintable()
                    and value[-1] != " "
                    and value not in AMBIGUOUS_WORDS
                    and (not ascii_only or value.isascii())
                ):
                    lines.append(f"{indentation}{label} {value}")
                    continue
            elif type(value) in _NUMBERS and -_SMALL < value < _SMALL:  # type: ignore[operator]
                lines.append(f"{indentation}{label} {value!r}")
                continue
            # As they are asked for: a value may be large.
            return self._any_below(message, indentation)
        return lines

    def _any_below(self, message: Message, indentation: str) -> Iterator[str]:
        for name, _ in self.shown(message):
            for line in field_lines(name, message.fields[name], self._options):
                yield indentation + line

    def inline(self, message: Message) -> Iterator[str]:
        """
        Show the fields that the program logged, each as a piece of one line.

        :param message: the message.
        """
        for name, _ in self.shown(message):
            yield inline_field(name, message.fields[name], self._options)


_NUMBERS: Final = frozenset({int, float})

#: The text of smaller numbers is short, and not that of infinity.
_SMALL: Final = 10**15
