"""
Twisted's log among the messages, as a service.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from twisted.application.service import Service
from twisted.logger import ILogFilterPredicate, globalLogPublisher

from eliot.twisted._observer import is_attached, log_observer
from eliot.twisted._selection import Selection


@dataclass
class _Attached:
    """
    Whether the observer was attached here, and not by others.
    """

    here: bool = False


_attached: Final = _Attached()


class TwistedLogService(Service):
    """
    Has what Twisted logs become messages, while it runs, inside the current action:
    all of it, or a selection.

    ::

        TwistedLogService(
            [LogLevelFilterPredicate(LogLevel.warn)], extra_fields=True
        ).setServiceParent(application)

    A :class:`LoggingService` has one: give it this one, as ``twisted_log``, to say what is
    selected.  Where the observer has been added already, as by ``twistd --logger``, it
    gets everything until the first such service starts, and again when the last has stopped.

    More than one may run, as where a plug-in is run within another: then an event is
    taken in, once, if any of them wants it, and with extra fields if one of those wants
    such.  It does not matter in which order they stop.

    Start and stop it in the reactor's thread.

    :param predicates: what says yes, no or maybe to events, as for
        :class:`twisted.logger.FilteringLogObserver`: what nobody says no to is taken in.
        They are called in the thread that logs.  One that raises is survived: the
        event becomes a message in which ``eliot:selection_failure`` says what was raised.
        What they log to Twisted themselves is taken in, whatever they would say to it.
    :param extra_fields: whether messages have, beside the text, what whoever logs has told: all
        keys of the event that are neither Twisted's own (``log_...``) nor those of
        :mod:`twisted.python.log` (``message``, ``system``, ``time`` and the like).  What cannot be
        encoded is shown by a text, and named in ``eliot:encoding``.  A key that is the name
        of another field of the message, or one of the framework's, gets ``event_`` before it.
    :raises TypeError: if a predicate cannot be called.
    """

    def __init__(
        self, predicates: Iterable[ILogFilterPredicate] = (), *, extra_fields: bool = False
    ) -> None:
        self._selection = Selection(predicates, extra_fields)

    def startService(self) -> None:
        """
        Begin to take in events; nothing happens if that is so already.
        """
        if self.running:
            return
        Service.startService(self)
        observer = log_observer()
        observer.select(self._selection)
        # Who has added it already, as twistd does if it is told to, keeps it.
        if not is_attached():
            globalLogPublisher.addObserver(observer)
            _attached.here = True

    def stopService(self) -> None:
        """
        Take in no more events, unless others want them.
        """
        if not self.running:
            return
        Service.stopService(self)
        observer = log_observer()
        if not observer.deselect(self._selection) and _attached.here:
            _attached.here = False
            globalLogPublisher.removeObserver(observer)
