"""
Searching messages for text, as people see it: not in JSON, where half of it may be escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from orjson import dumps

from eliot.read._condition import Condition
from eliot.read._message import JSON, Message

#: These are not searched for their values: numbers that nobody means, and that match everything.
#: The framework's own names are not searched either, since every message has them.
_NUMBERS: Final = frozenset({"task_level", "timestamp"})
_NAMES: Final = frozenset(
    {"action_status", "action_type", "message_type", "task_level", "task_uuid", "timestamp"}
)

#: What stands in JSON as it is, whichever encoder has written it.
_UNESCAPED: Final = re.compile(r'[^\x00-\x1f"\\\x7f\ud800-\udfff]+')

#: What makes a regular expression more than a text.
_SPECIAL: Final = re.compile(r"[\\.^$*+?{}\[\]|()]")

_NOT_FINITE: Final = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}

#: Encoders differ in how they write numbers.
_OF_NUMBERS: Final = re.compile(r"[-+.0-9eE]+")


def regular(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """
    Read a regular expression.  Its ``^`` and ``$`` stand for the beginning and the end of a line.

    :raises ValueError: if it is none.
    """
    try:
        return re.compile(pattern, flags | re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None


def text_condition(
    pattern: str, *, ignore_case: bool = False, fixed: bool = False
) -> tuple[re.Pattern[str], Condition]:
    """
    A pattern is found in the type of a message, in the name of one of its fields, or in a value,
    however deep it stands there.

    :param pattern: a regular expression.
    :param ignore_case: upper and lower case are the same.
    :param fixed: the pattern is the very text.
    :returns: the pattern that is looked for, and the condition.
    :raises ValueError: if it is no regular expression.
    """
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    regex = regular(re.escape(pattern) if fixed else pattern, flags)
    is_text = fixed or _SPECIAL.search(pattern) is None
    return regex, _of_text(regex, pattern if is_text else None)


def _of_text(pattern: re.Pattern[str], literal: str | None) -> Condition:
    """
    :param literal: the very text, if the pattern is nothing but that, in any case or not.
    """
    search = pattern.search
    in_value = searching(pattern, names=True)
    names: dict[str, bool] = dict.fromkeys(_NAMES, False)

    def of_message(message: Message) -> bool:
        for name, value in message.fields.items():
            found = names.get(name)
            if found is None:
                found = search(name) is not None
                if len(names) < 10_000:
                    names[name] = found
            if found:
                return True
            if isinstance(value, str):
                if search(value) is not None:
                    return True
            elif name not in _NUMBERS and in_value(value):
                return True
        return False

    if literal is None or not _stands_as_it_is(literal):
        return Condition(7, of_message)
    in_json = _in_json(pattern, literal)

    def of_likely_message(message: Message) -> bool:
        try:
            likely = in_json(dumps(message.fields))
        except TypeError:
            # A number that is too large, a lone surrogate: only the slow way tells.
            likely = True
        return likely and of_message(message)

    return Condition(7, of_likely_message)


def searching(pattern: re.Pattern[str], *, names: bool) -> Callable[[JSON], bool]:
    """
    :param names: search the names in objects as well.
    :returns: what tells whether a pattern is found in a value, or in one that is in it;
        depth costs no recursion.
    """
    search = pattern.search

    def found(value: JSON) -> bool:
        if isinstance(value, str):
            return search(value) is not None
        if not isinstance(value, list | dict):
            return search(_written(value)) is not None
        waiting: list[JSON] = [value]
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                if search(item) is not None:
                    return True
            elif isinstance(item, list):
                waiting += item
            elif isinstance(item, dict):
                if names:
                    waiting += item
                waiting += item.values()
            elif search(_written(item)) is not None:
                return True
        return False

    return found


def _stands_as_it_is(literal: str) -> bool:
    """
    Whether a text that is part of a value is part of its JSON, too.
    """
    return (
        _UNESCAPED.fullmatch(literal) is not None
        and _OF_NUMBERS.fullmatch(literal) is None
        # JSON has no word for these, so they are not found there.
        and literal.lower() not in "nan -infinity"
    )


def _in_json(pattern: re.Pattern[str], literal: str) -> Callable[[bytes], bool]:
    if pattern.flags & re.IGNORECASE:
        return lambda line: pattern.search(line.decode()) is not None
    sought = literal.encode()
    return lambda line: sought in line


def _written(value: JSON) -> str:
    """
    :returns: a number, a truth value or null, as it is written.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return _NOT_FINITE.get(text, text)
