"""
Destinations that need no thread, as services.
"""

from __future__ import annotations

from twisted.application.service import Service

from eliot._destinations import add_destinations, remove_destination
from eliot._interfaces import Destination, IOpenedDestination


class Attachment(Service):
    """
    Adds and removes a destination as a service; one that holds something open
    is opened before, and closed after that.

    :param destination: one that does not block.
    :ivar destination: the same.
    """

    def __init__(self, destination: Destination) -> None:
        self.destination = destination

    def privilegedStartService(self) -> None:
        """
        Open what needs to be open.

        :raises OSError: if that fails.
        """
        Service.privilegedStartService(self)
        opened = self._opened
        if opened is not None:
            opened.open()

    def startService(self) -> None:
        """
        Open what is not open yet, and add the destination.

        :raises OSError: if it cannot be opened.
        """
        opened = self._opened
        if opened is not None:
            opened.open()
        Service.startService(self)
        add_destinations(self.destination)
        if opened is not None:
            opened.settle()

    def stopService(self) -> None:
        """
        Remove the destination, if it is there, and close it.
        """
        if self.running:
            Service.stopService(self)
            remove_destination(self.destination)
        if self._opened is not None:
            self._opened.close()

    def reopen(self) -> None:
        """
        Open anew what others may have moved away.

        :raises OSError: if that fails.
        """
        if self._opened is not None:
            self._opened.reopen()

    @property
    def _opened(self) -> IOpenedDestination | None:
        destination: object = self.destination
        return destination if IOpenedDestination.providedBy(destination) else None
