"""
Live exceptions for those who count and sort them: trackers of errors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

from eliot._crossed import is_first_time
from eliot._live import live_exception
from eliot._public import show_in
from eliot._text import safe_repr

#: Takes an exception, and the message that tells of it.
Capture: TypeAlias = Callable[[BaseException, dict[str, object]], object]


class _Capturing(threading.local):
    now = False


class ExceptionDestination:
    """
    A destination that hands exceptions on as they are: to a tracker of errors, say.

    It is added like any other::

        add_destinations(ExceptionDestination(capture))

    Each exception is handed on once, with the first message that tells of it:
    mostly the end of the innermost action that failed with it, or its
    traceback.  The actions around that, which fail with the same exception, do not hand
    it on again; nor does any other message about it.

    It has to be among the destinations of the process itself, since those
    behind a queue get no more than texts, and has to return soon.  It keeps no
    exception.  May be called in any thread.

    :param capture: called with the exception, and a copy of the message, in the
        thread that logs, before the logging call returns.  It may be one that is no
        error, such as :exc:`GeneratorExit`, if an action has ended with that.  What it
        logs meanwhile is not handed to it.  What it raises is reported as of any destination.
    """

    __slots__ = ("_capture", "_capturing", "_who")

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._capturing = _Capturing()
        # Exceptions may live for ever, and this is all that they keep of this one.
        self._who = object()

    def __call__(self, message: dict[str, object]) -> None:
        """
        Hand on the exception that a message tells of, if it tells of one.

        :raises Exception: what the function raises that is given it.
        """
        error = live_exception(message)
        if error is None or self._capturing.now or not is_first_time(error, self._who):
            return
        self._capturing.now = True
        try:
            self._capture(error, message.copy())
        finally:
            self._capturing.now = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {safe_repr(self._capture)}>"


show_in("eliot", ExceptionDestination)
