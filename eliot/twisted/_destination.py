"""
From here to Twisted's own log.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from math import isfinite
from time import time
from typing import Final

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel
from twisted.python.failure import Failure

from eliot._errors import TRACEBACK
from eliot._live import live_exception
from eliot._severity import number_of_level, tells_of_fault, type_of
from eliot._summary import summary

#: From where on a level is one of Twisted's.
_LEVELS: Final = (
    (logging.CRITICAL, LogLevel.critical),
    (logging.ERROR, LogLevel.error),
    (logging.WARNING, LogLevel.warn),
    (logging.INFO, LogLevel.info),
)

_OWN_LEVELS: Final = tuple(LogLevel.iterconstants())


class Crossing(threading.local):
    """
    Whether a thread is handing something from one log to the other.  Not a
    context variable: tasks and callbacks that begin meanwhile log as usual.
    """

    now = False


#: What is logged to Eliot by who observes Twisted's log, while it is given a
#: message, does not go there; nor does what was an event of that log.
crossing: Final = Crossing()

_NAMESPACE: Final = "eliot"


class TwistedDestination:
    """
    A destination that hands messages to :mod:`twisted.logger`, where the rest
    of the program logs.

    It is added like any other::

        add_destinations(TwistedDestination())

    The event has the namespace ``eliot``, the time of the message, a copy of
    all of the message as ``eliot``, and as ``text`` a summary in one line; the traceback
    follows where the message has one, but not the exception.  Where the
    message tells of an exception, and the logging call has not returned
    yet, that is the event's ``log_failure``.

    The level is what the field ``log_level`` says: one of Twisted's, its name, or a
    name or number that the standard library knows.  Without that it is
    ``critical`` for tracebacks, ``error`` for failed actions and the like, and
    ``info`` otherwise.

    What observers log to Eliot while they are given such an event is not
    handed on again: there are no loops.  May be called in any thread.

    Trial takes an event with a failure for an error of the test; where tests
    run, use :func:`redirectLogsForTrial`.

    :param observer: what is given the events, instead of all observers of
        Twisted's log.
    """

    __slots__ = ("_logger",)

    def __init__(self, observer: ILogObserver | None = None) -> None:
        self._logger = Logger(_NAMESPACE, observer=observer)

    def __call__(self, message: dict[str, object]) -> None:
        """
        Hand on a message.  Observers of Twisted's log that raise are dealt
        with by Twisted.

        :raises Exception: what an observer raises that was given to this object.
        """
        if crossing.now:
            return
        crossing.now = True
        try:
            logger = self._logger
            # Not by the logger, which gives each event the time at which it is made.
            logger.observer(
                {
                    "log_logger": logger,
                    "log_namespace": logger.namespace,
                    "log_source": None,
                    "log_time": _time_of(message),
                    "log_format": "{text}",
                    # Observers may keep it.
                    "eliot": message.copy(),
                    **self._details(message),
                }
            )
        finally:
            crossing.now = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _details(self, message: dict[str, object]) -> dict[str, object]:
        """
        Get what an event has beyond the message.

        :returns: its level and its text at least.
        """
        details: dict[str, object] = {"log_level": level_of(message)}
        text = summary(message)
        error = live_exception(message)
        if error is not None:
            # A hostile one may not let itself be looked at.
            with suppress(Exception):
                details["log_failure"] = Failure(error)
        traceback = message.get("traceback")
        if type(traceback) is str and (error is None or error.__traceback__ is None):
            # A Failure has it where the exception has lost its own.
            text += "\n" + traceback.removesuffix("\n")
        details["text"] = text
        return details


def was_message(event: LogEvent) -> bool:
    """
    Tell whether an event of Twisted's log is one that was made here.  It can be
    told wherever the event comes from, also from a queue and another thread.
    """
    # Other text than exact may do anything when it is compared.
    namespace = event.get("log_namespace")
    return type(namespace) is str and namespace == _NAMESPACE and "eliot" in event


def level_of(message: dict[str, object]) -> object:
    """
    Find the level of Twisted's for a message.
    """
    said = message.get("log_level")
    for own in _OWN_LEVELS:
        if said is own:
            return own
    number = number_of_level(said)
    if number is not None:
        return next((level for least, level in _LEVELS if number >= least), LogLevel.debug)
    if type_of(message) == TRACEBACK:
        return LogLevel.critical
    return LogLevel.error if tells_of_fault(message) else LogLevel.info


def _time_of(message: dict[str, object]) -> float:
    when = message.get("timestamp")
    return when if type(when) is float and isfinite(when) else time()
