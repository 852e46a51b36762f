"""
Messages about exceptions that nobody expected, with their tracebacks.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TypeAlias

from eliot import _logger
from eliot._context import current_action
from eliot._errors import TRACEBACK, describe_with_traceback
from eliot._guests import exception_of, traceback_of
from eliot._interfaces import ILogger
from eliot._live import telling
from eliot._logger import rescue
from eliot._public import show_in
from eliot._stamp import stamp

ExcInfo: TypeAlias = (
    "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"
)


def write_traceback(logger: ILogger | None = None, exc_info: ExcInfo | None = None) -> None:
    """
    Log an exception with its traceback, inside the current action.  Never raises.

    :param logger: what to write to; the default logger for ``None``.
    :param exc_info: what :func:`sys.exc_info` gave; the exception that is
        being handled for ``None``.  Where there is no exception, nothing is
        logged.
    """
    error: object
    try:
        _, error, traceback = sys.exc_info() if exc_info is None else exc_info
    except (TypeError, ValueError):
        # Not what it should be; whatever it is, it is shown.
        error, traceback = exc_info, None
    if error is not None:
        _write(error, traceback, logger)


def write_failure(failure: object, logger: ILogger | None = None) -> None:
    """
    Log a Twisted Failure with its traceback, inside the current action.  Fit
    to be an errback: it handles the failure.  Never raises.

    :param failure: a :class:`~twisted.python.failure.Failure`.
    :param logger: what to write to; the default logger for ``None``.
    """
    _write(failure, None, logger)


def _write(reason: object, traceback: object, logger: ILogger | None) -> None:
    error = exception_of(reason)
    if type(traceback) is TracebackType:
        fields = describe_with_traceback(error, traceback)
    else:
        # A Failure knows its own, also where the exception has lost it.
        fields = describe_with_traceback(error, traceback_of(reason))
    stamp(fields, current_action(), TRACEBACK)
    telling(reason, _send, fields, logger)


def _send(fields: dict[str, object], logger: ILogger | None) -> None:
    try:
        (_logger.default_logger if logger is None else logger).write(fields)
    except Exception as error:
        rescue(fields, error)


show_in("eliot", write_failure, write_traceback)
