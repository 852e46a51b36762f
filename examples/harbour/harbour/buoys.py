"""
The buoys at the harbour's mouth, which tell how high the water is.
"""

from __future__ import annotations

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall

from eliot import log_message

#: How many times a second each buoy tells.
RATE = 100


class Buoys(Service):
    """
    A number of buoys, each of which tells a hundred times a second.

    :param count: how many there are.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._readings = 0
        self._loop = LoopingCall.withCount(self._tell)
        self._looping: Deferred[LoopingCall] | None = None

    def startService(self) -> None:
        """
        Start to listen to them.
        """
        Service.startService(self)
        self._looping = self._loop.start(1 / RATE)

    def stopService(self) -> None:
        """
        Say how many readings there were.
        """
        Service.stopService(self)
        self._loop.stop()
        log_message("harbour:buoys_silent", readings=self._readings)

    def _tell(self, times: int) -> None:
        for _ in range(times):
            for buoy in range(self._count):
                self._readings += 1
                log_message("harbour:water", reading=self._readings, buoy=buoy, metres=2.5)
