"""
A message as one line for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from reprlib import Repr
from typing import Final

from eliot._fields import RESERVED, STACK_FIELD
from eliot._text import safe_str, scrub, shorten, type_name

#: How many characters of one value, and of the whole line, are shown.
MAXIMUM_VALUE: Final = 100
MAXIMUM_LINE: Final = 1_000

# Shown otherwise, or far too long for a line.
_LEFT_OUT: Final = RESERVED | {"traceback", STACK_FIELD}


def summary(message: Mapping[str, object]) -> str:
    """
    Summarize a message.

    :param message: any message, as destinations get it.
    :returns: what kind it is, and its fields, both shortened; one line.
    """
    if "action_type" in message:
        words = [safe_str(message["action_type"]), safe_str(message.get("action_status", ""))]
    else:
        words = [safe_str(message.get("message_type", ""))]
    shown = _Shown()
    length = 0
    for name, value in message.items():
        if name in _LEFT_OUT:
            continue
        words.append(f"{name}={shown.text(value)}")
        length += len(words[-1])
        if length > MAXIMUM_LINE:
            break
    line = " ".join(word for word in words if word)
    return shorten(" ".join(line.splitlines()), MAXIMUM_LINE)


class _Shown(Repr):
    """
    Shows values without looking at all that is in them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = self.maxlong = MAXIMUM_VALUE

    def text(self, value: object) -> str:
        """
        Show a value; text without spaces as it is.
        """
        try:
            if type(value) is str and len(value) <= MAXIMUM_VALUE and value.isprintable():
                return repr(value) if " " in value or not value else scrub(value)
            return scrub(shorten(self.repr(value), MAXIMUM_VALUE))
        except Exception as error:
            return f"<{type_name(value)}: its text raises {type_name(error)}>"
