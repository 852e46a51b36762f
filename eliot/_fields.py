"""
The fields that the framework itself puts into messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from eliot._text import decode, safe_str

#: Present in every message, or deciding what kind of message it is.  A user's
#: field of such a name loses against the framework's own.
RESERVED: Final = frozenset(
    ["task_uuid", "task_level", "timestamp", "message_type", "action_type", "action_status"]
)

#: The field with how long an action took, in seconds.
DURATION_FIELD: Final = "eliot:duration"

#: The field with the exception that an action failed with, as a structure.
STACK_FIELD: Final = "eliot:stack"

#: The field that names the fields in which something was replaced, since it
#: could not be encoded.
ENCODING_FIELD: Final = "eliot:encoding"


def reserved_among(names: Iterable[object]) -> list[str]:
    """
    Find the names that are the framework's own, in alphabetical order.
    """
    # Others than exact text may do anything when they are compared.
    return sorted(name for name in names if type(name) is str and name in RESERVED)


def make_names_exact(message: dict[str, object]) -> None:
    """
    Make all names in ``message`` exact text, in place: bytes are read as UTF-8,
    anything else is shown as its text.
    """
    fields = list(dict.items(message))
    dict.clear(message)
    for name, value in fields:
        message[_exact(name)] = value


def _exact(name: object) -> str:
    kind = type(name)
    if issubclass(kind, bytes):
        return decode(cast("bytes", name))
    return str.__str__(cast("str", name)) if issubclass(kind, str) else safe_str(name)
