"""
Conditions on fields: ``status>=500``, ``user.name=Ada``, ``path~^/admin``.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from typing import Final

from eliot.read._condition import Condition
from eliot.read._message import JSON, Message
from eliot.read._searching import regular, searching

_CONDITION: Final = re.compile(
    r"\s*(?P<name>[^=!<>~\s](?:[^=!<>~]*[^=!<>~\s])?)\s*"
    r"(?:(?P<operator>!=|<=|>=|==?|<|>|~)\s*(?P<value>.*?)\s*)?",
    re.DOTALL,
)

_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_ORDERS_OF_TEXT: Final[dict[str, Callable[[str, str], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_Check = Callable[[JSON], bool]


def of_field(condition: str) -> Condition:
    """
    A message has a field, whose value is as asked for.  One that does not have the field
    fits nothing.

    :param condition: ``NAME`` alone, or one of ``NAME=VALUE``, ``NAME!=VALUE``,
        ``NAME<VALUE``, ``NAME<=VALUE``, ``NAME>VALUE``, ``NAME>=VALUE`` and ``NAME~REGEX``.
        A dotted name that is no field itself reaches into objects.
    :raises ValueError: if it is none of these.
    """
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise ValueError(
            f"{condition!r} is no condition on a field: say NAME, NAME=VALUE, NAME!=VALUE, "
            "NAME<VALUE, NAME<=VALUE, NAME>VALUE, NAME>=VALUE or NAME~REGEX"
        )
    name, symbol, text = match["name"], match["operator"], match["value"]
    check = None if symbol is None else _check(condition, symbol, text)
    path = name.split(".")
    first, inner = path[0], path[1:]

    def of_message(message: Message) -> bool:
        fields = message.fields
        if name in fields:
            return check is None or check(fields[name])
        if not inner or first not in fields:
            return False
        value = fields[first]
        for part in inner:
            if not isinstance(value, dict) or part not in value:
                return False
            value = value[part]
        return check is None or check(value)

    return Condition(6 if symbol == "~" else 3, of_message)


def _check(condition: str, symbol: str, text: str) -> _Check:
    if symbol == "~":
        return searching(regular(text), names=False)
    is_json, expected = _read(text)
    if symbol in {"=", "=="}:
        return _equals(text, is_json, expected)
    if symbol == "!=":
        equals = _equals(text, is_json, expected)
        return lambda value: not equals(value)
    if isinstance(expected, str):
        return _orders_text(symbol, expected)
    if type(expected) is int or type(expected) is float:
        return _orders_number(symbol, expected)
    raise ValueError(f"{condition!r}: by {symbol} a number or a text is compared, not {text}")


def _read(text: str) -> tuple[bool, JSON]:
    """
    :returns: whether it is JSON, and what is meant.
    """
    try:
        expected: JSON = json.loads(text)
    except (ValueError, RecursionError):
        return False, text
    return True, expected


def _equals(text: str, is_json: bool, expected: JSON) -> _Check:
    """
    What is JSON but not a text in quotation marks is the same text as well: who looks for
    ``order=17`` need not know how it was logged.
    """
    if isinstance(expected, str):
        return lambda value: isinstance(value, str) and value == expected
    if expected is None or isinstance(expected, bool):
        return lambda value: value is expected or (isinstance(value, str) and value == text)
    kinds: set[type] = {int, float} if isinstance(expected, int | float) else {type(expected)}

    def equals(value: JSON) -> bool:
        if isinstance(value, str):
            return value == text
        if type(value) not in kinds:
            return False
        try:
            # NaN is meant to be NaN here.
            return value == expected or (value != value and expected != expected)  # noqa: PLR0124
        except RecursionError:
            return False

    return equals


def _orders_text(symbol: str, expected: str) -> _Check:
    compare = _ORDERS_OF_TEXT[symbol]
    return lambda value: isinstance(value, str) and compare(value, expected)


def _orders_number(symbol: str, expected: float) -> _Check:
    compare = _ORDERS[symbol]
    return lambda value: (type(value) is int or type(value) is float) and compare(value, expected)
