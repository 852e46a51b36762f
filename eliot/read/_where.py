"""
Conditions in JMESPath.  This needs the library of that name.
"""

from __future__ import annotations

from collections.abc import Callable

import jmespath
from jmespath.exceptions import JMESPathError, UnknownFunctionError

from eliot.read._condition import Condition
from eliot.read._message import Message


def where(expression: str) -> Condition:
    """
    An expression is true of the fields of a message, in the sense of JMESPath: neither null,
    nor false, nor an empty text, list or object.  What goes wrong with the fields of a message
    means that it is not.

    :raises ValueError: if it is no expression.
    """
    try:
        search = jmespath.compile(expression).search
        _try_out(search)
    except (JMESPathError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{expression!r} is no JMESPath expression: {reason}") from None

    def of_message(message: Message) -> bool:
        try:
            value = search(message.fields)
            # A number is true, also 0.
            return value is not None and value is not False and value not in ("", [], {})
        except Exception:
            # Functions are strict about what they are given, and fields are of any kind.
            return False

    return Condition(9, of_message)


def _try_out(search: Callable[[object], object]) -> None:
    """
    Find functions that there are not, as far as they are called where there are no fields.

    :raises UnknownFunctionError: if there is one.
    """
    try:
        search({})
    except UnknownFunctionError:
        raise
    except JMESPathError:
        # Functions want values of their kinds, which are not here.
        pass
