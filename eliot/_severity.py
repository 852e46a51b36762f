"""
How bad the news of a message is, by the standard library's levels.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from eliot._errors import TRACEBACK

_FAULTS: Final = frozenset([TRACEBACK, "eliot:destination_failure", "eliot:serialization_failure"])


def type_of(message: Mapping[str, object]) -> str:
    """
    Get the type of a message; ``""`` for one that is no exact text, which may
    do anything when it is compared.
    """
    message_type = message.get("message_type")
    return message_type if type(message_type) is str else ""


def tells_of_fault(message: Mapping[str, object]) -> bool:
    """
    Tell whether a message is the end of a failed action, a traceback, or the like.
    """
    if type_of(message) in _FAULTS:
        return True
    status = message.get("action_status")
    return type(status) is str and status == "failed"


def number_of_level(level: object) -> int | None:
    """
    Get the number of a level.

    :param level: its number, or its name, in capitals or not.
    :returns: ``None`` for anything else.
    """
    # Gives text for a name that it does not know.
    number: object = logging.getLevelName(level.upper()) if type(level) is str else level
    return number if type(number) is int else None
