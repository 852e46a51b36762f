"""
The live exception that a message tells of, while that message is written.

Messages hold texts.  A destination that hands messages on to something which
wants the exception itself, as trackers of errors do, finds it here as long as
the logging call has not returned, in the thread that logs.  It is not kept in
a context variable: tasks and callbacks that begin meanwhile would inherit it,
and keep it alive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, ParamSpec

from eliot._guests import exception_of
from eliot._text import qualified_name

_P = ParamSpec("_P")


class _Told(threading.local):
    reason: object = None


_told: Final = _Told()


def telling(
    reason: object, write: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """
    Write a message that tells of an exception.

    :param reason: the exception, or a Twisted Failure.
    :param write: called with the other arguments.
    """
    before = _told.reason
    _told.reason = reason
    try:
        write(*args, **kwargs)
    finally:
        _told.reason = before


def live_exception(message: Mapping[str, object]) -> BaseException | None:
    """
    Find the exception that a message tells of.

    :param message: what a destination is given, while it is given it.
    :returns: ``None`` if the message tells of none, or comes from elsewhere.
    """
    if _told.reason is None:
        return None
    error = exception_of(_told.reason)
    # Other messages may be written meanwhile: of a destination that raises, for one.
    name = message.get("exception")
    return error if type(name) is str and name == qualified_name(type(error)) else None
