"""
A kind of destination of our own: a signal lamp, to be seen from afar.

``lamp:HOST:PORT`` sends a datagram with the action's type for each action that fails.
"""

from __future__ import annotations

import socket

from zope.interface import implementer

from eliot.twisted import IDestinationParser, Surroundings


class Lamp:
    """
    A destination that sends a datagram for each action that has failed.

    :param host: where it is seen.
    :param port: the port there.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def __call__(self, message: dict[str, object]) -> None:
        """
        Look at a message.
        """
        if message.get("action_status") == "failed":
            self._socket.sendto(str(message["action_type"]).encode(), self._address)


@implementer(IDestinationParser)
class LampParser:
    """
    Makes lamps of descriptions.
    """

    kind = "lamp"
    usage = "lamp:HOST:PORT"
    summary = "The types of actions that fail, as datagrams."
    # A name may have to be looked up, so the lamp has a thread of its own.
    threaded = True

    def parse(self, surroundings: Surroundings, host: str, port: str) -> Lamp:
        """
        Make a lamp.
        """
        return Lamp(host, int(port))
