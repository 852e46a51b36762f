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

from eliot._text import qualified_name

_P = ParamSpec("_P")


class _Told(threading.local):
    error: BaseException | None = None


_told: Final = _Told()


def telling(
    error: BaseException, write: Callable[_P, object], /, *args: _P.args, **kwargs: _P.kwargs
) -> None:
    """
    Write a message that tells of an exception.

    :param error: the exception.
    :param write: called with the other arguments.
    """
    before = _told.error
    _told.error = error
    try:
        write(*args, **kwargs)
    finally:
        _told.error = before


def live_exception(message: Mapping[str, object]) -> BaseException | None:
    """
    Find the exception that a message tells of.

    :param message: what a destination is given, while it is given it.
    :returns: ``None`` if the message tells of none, or comes from elsewhere.
    """
    error = _told.error
    # Other messages may be written meanwhile: of a destination that raises, for one.
    if error is None or message.get("exception") != qualified_name(type(error)):
        return None
    return error
