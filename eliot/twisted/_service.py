"""
The service that owns a program's destinations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, DeferredList, succeed

from eliot._destinations import add_destinations, remove_destination
from eliot._interfaces import Destination
from eliot.twisted._writer import IWriterReactor, Reactor, ThreadedWriter


class LoggingService(MultiService):
    """
    The root of a program's destinations: they are its children, and come and
    go with it.

    Give it to the application before the other services, so that it starts
    before them.  When the reactor shuts down, the other services may still
    log, and so may Twisted itself; so the destinations stay where they are
    then, and stopping only waits until what has been logged is written.  What
    comes after the reactor is written by whoever logs it, at once.

    :param reactor: the reactor of the program.
    :param destinations: what :meth:`add_destination` takes.
    """

    def __init__(
        self, reactor: Reactor, destinations: Iterable[Destination | IService] = ()
    ) -> None:
        MultiService.__init__(self)
        self._reactor = cast("IWriterReactor", reactor)
        self._shutting_down = False
        self._triggers: list[object] = []
        for each in destinations:
            self.add_destination(each)

    def add_destination(self, destination: Destination | IService) -> None:
        """
        Add a destination, at once if this service is running.

        :raises TypeError: if it is neither.
        :param destination: a :class:`ThreadedWriter`, or another service that
            adds and removes itself; or any destination that does not block,
            which is added and removed here.
        """
        if not IService.providedBy(destination):
            if not callable(destination):
                raise TypeError(f"Neither a destination nor a service: {destination!r}.")
            destination = _Attachment(destination)
        destination.setServiceParent(self)  # type: ignore[no-untyped-call]  # Twisted's

    def startService(self) -> None:
        """
        Start all destinations.
        """
        self._shutting_down = False
        # Triggers run in the order in which they were added, so the first one
        # runs before those that whoever starts services adds to stop them.
        self._triggers = [
            self._reactor.addSystemEventTrigger("before", "shutdown", self._notice_shutdown),
            self._reactor.addSystemEventTrigger("after", "shutdown", self._write_directly),
        ]
        MultiService.startService(self)

    def stopService(self) -> Deferred[None]:
        """
        Stop all destinations; while the reactor shuts down, only wait for
        what has been logged so far.

        :returns: a Deferred that fires with ``None`` when all that is queued
            has been written, or the writers' timeouts have passed.
        """
        if self._shutting_down:
            Service.stopService(self)
            return self._flush()
        triggers, self._triggers = self._triggers, []
        for trigger in triggers:
            self._reactor.removeSystemEventTrigger(trigger)
        stopped: Deferred[None] = MultiService.stopService(self)
        return stopped.addCallback(lambda _: None)

    def _notice_shutdown(self) -> None:
        self._shutting_down = True

    def _flush(self) -> Deferred[None]:
        if self._reactor.running:
            flushed = DeferredList([writer.flush() for writer in _writers_in(self)])
            return flushed.addCallback(lambda _: None)
        self._write_directly()
        return succeed(None)

    def _write_directly(self) -> None:
        # Twisted ends some processes by a signal, so this is the last moment
        # at which something can be waited for.
        for writer in _writers_in(self):
            writer.write_directly()


def _writers_in(services: MultiService) -> Iterator[ThreadedWriter]:
    for each in services:
        if isinstance(each, ThreadedWriter):
            yield each
        elif isinstance(each, MultiService):
            yield from _writers_in(each)


class _Attachment(Service):
    """
    Adds and removes a destination as a service.
    """

    def __init__(self, destination: Destination) -> None:
        self._destination = destination

    def startService(self) -> None:
        Service.startService(self)
        add_destinations(self._destination)

    def stopService(self) -> None:
        Service.stopService(self)
        remove_destination(self._destination)
