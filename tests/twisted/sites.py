"""
Connections to sites, without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IAddress
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from eliot._context import scope
from eliot.twisted.web import LoggedSite

#: The client, and the server.
PEER = IPv4Address("TCP", "192.0.2.1", 4321)
HOST = IPv4Address("TCP", "192.0.2.80", 80)

#: What answers requests: gives a body, or ``NOT_DONE_YET``.
Render: TypeAlias = Callable[[Request], "bytes | int"]


class Page(Resource):
    """
    A resource for all paths.

    :param render: answers requests of all methods.
    """

    isLeaf = True  # noqa: N815 (Twisted's name)

    def __init__(self, render: Render) -> None:
        Resource.__init__(self)
        self._render = render

    def render(self, request: Request) -> bytes | int:
        """
        Answer a request.
        """
        return self._render(request)


def site_of(render: Render, **options: object) -> LoggedSite:
    """
    Make a logged site.

    :param render: answers all requests.
    :param options: what else it is given.
    """
    return LoggedSite(Page(render), reactor=Clock(), **options)  # type: ignore[arg-type]  # of any kind


class Waiting:
    """
    A page that does not answer by itself.

    :ivar requests: those that have come.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> int:
        """
        Keep a request.
        """
        self.requests.append(request)
        return NOT_DONE_YET


def request_bytes(path: str = "/", method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """
    Write down a request.

    :param headers: headers, with ``_`` in the place of ``-``.
    """
    lines = [f"{method} {path} HTTP/1.1", "Host: example.com"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Connection:
    """
    A connection to a site.  Whatever it does, what is current for the reactor stays as it was.

    :param site: the site.
    :param peer: the address of the client.
    """

    def __init__(self, site: Site, peer: IAddress = PEER) -> None:
        channel = site.buildProtocol(peer)
        assert channel is not None
        self._channel = channel
        self.transport = StringTransportWithDisconnection(HOST, peer)
        self.transport.protocol = channel
        channel.makeConnection(self.transport)

    def send(self, data: bytes) -> None:
        """
        Send something to the site.
        """
        before = scope.get()
        self._channel.dataReceived(data)
        assert scope.get() is before

    def get(self, path: str = "/", **headers: str) -> bytes:
        """
        Request a page.

        :param headers: headers, with ``_`` in the place of ``-``.
        :returns: all that has come by then.
        """
        self.send(request_bytes(path, "GET", b"", **headers))
        return self.received()

    def received(self) -> bytes:
        """
        Get what has come since the last time.
        """
        data: bytes = self.transport.value()
        self.transport.clear()
        return data

    def lose(self) -> None:
        """
        Lose the connection.
        """
        before = scope.get()
        self.transport.connected = False
        self._channel.connectionLost(Failure(ConnectionLost()))
        assert scope.get() is before


def header_in(response: bytes, name: str) -> str | None:
    """
    Find a header of a response.

    :param response: begins with its status line.
    :returns: its value; ``None`` if there is none.
    """
    head, _, _ = response.partition(b"\r\n\r\n")
    for line in head.decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(": ")
        if key.lower() == name.lower():
            return value
    return None
