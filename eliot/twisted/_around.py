"""
Services with their logging around them.
"""

from __future__ import annotations

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred

from eliot.twisted._service import LoggingService


class LoggedServices(MultiService):
    """
    Holds the logging of a program, and other services, which come and go within it:
    the logging starts first, and it stops when all the others have stopped, however
    long that takes.  A :class:`MultiService` would stop all at the same time.

    :param logging: the logging.
    """

    def __init__(self, logging: LoggingService) -> None:
        MultiService.__init__(self)
        self._logging = logging
        logging.setServiceParent(self)  # type: ignore[no-untyped-call]  # Twisted's

    def stopService(self) -> Deferred[None]:
        """
        Stop the others, then the logging.

        :returns: a Deferred that fires with ``None`` when all have stopped; where no
            reactor runs, the logging does not wait for what can come no more.
        """
        Service.stopService(self)
        others: list[IService] = [each for each in self if each is not self._logging]
        stopping: list[Deferred[object]] = [
            maybeDeferred(each.stopService) for each in reversed(others)
        ]
        if not self._logging.reactor_is_running:
            return self._logging.stopService()
        return DeferredList(stopping).addCallback(lambda _: self._logging.stopService())
