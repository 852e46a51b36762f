"""
The service that owns a program's destinations.
"""

from __future__ import annotations

from collections.abc import Iterable

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, DeferredList, succeed

from eliot._destinations import add_destinations, remove_destination
from eliot._interfaces import Destination
from eliot.twisted._writer import IWriterReactor, ThreadedWriter


class LoggingService(MultiService):
    """
    The root of a program's destinations: they are its children, and come and
    go with it.

    Give it to the application before the other services, so that it starts
    before them.  When the reactor shuts down, the other services may still
    log, and so may Twisted itself; so the destinations stay where they are
    then, and stopping only waits until what has been logged is written.  What
    comes later is written before the interpreter ends.

    :param reactor: the reactor of the program.
    :param destinations: what :meth:`add_destination` takes.
    """

    def __init__(
        self, reactor: IWriterReactor, destinations: Iterable[Destination | IService] = ()
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted\'s
        self._reactor = reactor
        self._shutting_down = False
        self._trigger: object = None
        for each in destinations:
            self.add_destination(each)

    def add_destination(self, destination: Destination | IService) -> None:
        """
        Add a destination, at once if this service is running.

        :param destination: a :class:`ThreadedWriter`, or another service that
            adds and removes itself; or any destination that does not block,
            which is added and removed here.
        """
        if not IService.providedBy(destination):
            destination = _Attachment(destination)
        destination.setServiceParent(self)  # type: ignore[no-untyped-call]  # Twisted's

    def startService(self) -> None:
        """
        Start all destinations.
        """
        self._shutting_down = False
        # Triggers run in the order in which they were added, so this one runs
        # before those that whoever starts services adds to stop them.
        self._trigger = self._reactor.addSystemEventTrigger(
            "before", "shutdown", self._notice_shutdown
        )
        super().startService()  # type: ignore[no-untyped-call]  # Twisted\'s

    def stopService(self) -> Deferred[None]:
        """
        Stop all destinations; while the reactor shuts down, only wait for
        what has been logged so far.

        :returns: a Deferred that fires with ``None`` when all that is queued
            has been written, or the writers' timeouts have passed.
        """
        trigger, self._trigger = self._trigger, None
        if self._shutting_down:
            Service.stopService(self)
            return self._flush()
        if trigger is not None:
            self._reactor.removeSystemEventTrigger(trigger)
        stopped: Deferred[None] = super().stopService()  # type: ignore[no-untyped-call]  # Twisted\'s
        return stopped.addCallback(lambda _: None)

    def _notice_shutdown(self) -> None:
        self._shutting_down = True
        self._trigger = None

    def _flush(self) -> Deferred[None]:
        if not self._reactor.running:
            return succeed(None)
        writers = [each for each in self if isinstance(each, ThreadedWriter)]
        return DeferredList([each.flush() for each in writers]).addCallback(lambda _: None)


class _Attachment(Service):
    """
    Adds and removes a destination as a service.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]  # Twisted\'s
        add_destinations(self._destination)

    def stopService(self) -> None:
        super().stopService()  # type: ignore[no-untyped-call]  # Twisted\'s
        remove_destination(self._destination)
