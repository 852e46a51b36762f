"""
Who keeps a destination open.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from eliot._fork import RenewedAfterFork
from eliot._interfaces import IOpenedDestination


class Opening(RenewedAfterFork):
    """
    A destination that is open as long as somebody holds it: the first one who
    takes hold opens it, the last one who lets go closes it.  That may be in any
    thread; an opening waits for a closing that has begun.

    :param destination: what is opened and closed.
    :param complain: is told what closing raised.
    """

    __slots__ = ("_complain", "_destination", "_holders", "_lock")

    def __init__(
        self, destination: IOpenedDestination, complain: Callable[[Exception], None]
    ) -> None:
        super().__init__()
        self._destination = destination
        self._complain = complain
        self._holders = 0
        self._lock = RLock()

    def hold(self) -> bool:
        """
        Keep it open from now on.

        :returns: whether it has just been opened.
        :raises Exception: if that fails; nothing is held then.
        """
        with self._lock:
            if not self._holders:
                self._destination.open()
            self._holders += 1
            return self._holders == 1

    def let_go(self) -> None:
        """
        Keep it open no longer.  Never raises.
        """
        with self._lock:
            self._holders -= 1
            if not self._holders:
                try:
                    self._destination.close()
                except Exception as error:
                    self._complain(error)

    def _renew_after_fork(self) -> None:
        self._lock = RLock()
