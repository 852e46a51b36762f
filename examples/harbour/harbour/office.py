"""
The harbour master's office: ferries call, one line each, and get an answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from twisted.internet.protocol import ServerFactory
from twisted.protocols.basic import LineReceiver

from eliot import log_message, start_action


class NoBerth(Exception):
    """
    All berths are taken.
    """


class Call(LineReceiver):
    """
    What one ferry says: ``moor NAME`` or ``leave NAME``.
    """

    delimiter = b"\n"
    factory: Office

    def lineReceived(self, line: bytes) -> None:
        """
        Answer a line.
        """
        words = line.decode("utf-8", "replace").split()
        match words:
            case ["moor", ferry]:
                answer = self.factory.moor(ferry)
            case ["leave", ferry]:
                answer = self.factory.leave(ferry)
            case _:
                log_message("harbour:not_understood", line=line)
                answer = "Say: moor NAME, or: leave NAME."
        self.sendLine(answer.encode())


class Office(ServerFactory):
    """
    Knows which ferry is at which berth.

    :param berths: the names of the berths.
    """

    protocol = Call  # type: ignore[assignment]  # its factory is of this class

    def __init__(self, berths: Iterable[str]) -> None:
        self._free = sorted(berths)
        self._taken: dict[str, str] = {}

    def moor(self, ferry: str) -> str:
        """
        Give a ferry a berth.

        :returns: what it is told.
        """
        try:
            with start_action(action_type="harbour:moor", ferry=ferry) as action:
                berth = self._berth_for(ferry)
                action.add_success_fields(berth=berth)
        except NoBerth as error:
            return f"Stay out: {error}."
        return f"Berth {berth} is yours."

    def _berth_for(self, ferry: str) -> str:
        if ferry in self._taken:
            log_message("harbour:here_already", berth=self._taken[ferry])
        elif not self._free:
            raise NoBerth("all are taken")
        else:
            self._taken[ferry] = self._free.pop(0)
        return self._taken[ferry]

    def leave(self, ferry: str) -> str:
        """
        Let a ferry go.

        :returns: what it is told.
        """
        with start_action(action_type="harbour:leave", ferry=ferry):
            berth = self._taken.pop(ferry, None)
            if berth is not None:
                self._free.append(berth)
        return "Farewell."
