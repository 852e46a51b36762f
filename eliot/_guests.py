"""
Types of other libraries, known without importing them.

A value can only be of a type whose module has been imported by somebody, so
asking what has been imported is enough, and costs nothing to those who never
use the library.  This is the only module that asks.
"""

from __future__ import annotations

import sys
from typing import cast

from eliot._text import type_name


def is_a(value: object, module: str, name: str) -> bool:
    """
    Tell whether ``value`` is of a class that may not have been imported.

    :param module: where the class is defined, such as ``"decimal"``.
    :param name: the name of the class there.
    """
    try:
        cls = getattr(sys.modules.get(module), name, None)
    except Exception:
        # A module that imports lazily, and cannot.
        return False
    # What a value says of its class may be a lie.
    return isinstance(cls, type) and issubclass(type(value), cls)


def is_loaded(module: str) -> bool:
    """
    Tell whether a module has been imported by anybody.
    """
    return module in sys.modules


def exception_of(reason: object) -> BaseException:
    """
    Find the exception in what somebody gave as the reason of a failure.

    :param reason: an exception, or a :class:`twisted.python.failure.Failure`.
    :returns: the exception; for anything else a :class:`TypeError` that names
        its class, since whoever logs one failure must not meet another.
    """
    # A Failure is an exception too, so it is asked for first.
    if is_a(reason, "twisted.python.failure", "Failure"):
        reason = reason.value  # type: ignore[attr-defined]  # a Failure
    if issubclass(type(reason), BaseException):
        return cast("BaseException", reason)
    return TypeError(f"neither an exception nor a Failure: {type_name(reason)}")


def traceback_of(failure: object) -> str | None:
    """
    Get the text of the traceback that a Twisted Failure carries.

    :returns: ``None`` for anything that is not a Failure, or is a broken one.
    """
    if is_a(failure, "twisted.python.failure", "Failure"):
        try:
            text: str = failure.getTraceback()  # type: ignore[attr-defined]  # a Failure
        except Exception:
            # Whoever asks shows the exception's own traceback instead.
            return None
        return text
    return None


def failure_of(error: BaseException) -> object | None:
    """
    Make a Twisted Failure of an exception.

    :returns: ``None`` where Twisted's have not been imported.
    """
    cls = getattr(sys.modules.get("twisted.python.failure"), "Failure", None)
    return None if cls is None else cls(error)
