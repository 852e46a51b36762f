"""
Agents and answers without a network, and a site with one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTCP
from twisted.internet.protocol import ServerFactory
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase
from twisted.web.client import Agent, ResponseDone
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse
from twisted.web.resource import Resource
from twisted.web.server import Site
from zope.interface import implementer

from eliot import Action, current_action
from eliot.twisted._reactor import reactor_of_program


@dataclass
class Sent:
    """
    A request that an agent was asked for.

    :ivar action: the action that was current.
    :ivar answer: what it is answered by.
    """

    method: bytes
    uri: bytes
    headers: Headers | None
    producer: IBodyProducer | None
    action: Action | None = field(default_factory=current_action)
    answer: Deferred[IResponse] = field(default_factory=Deferred)
    cancelled: bool = False

    def header(self, name: str) -> list[str]:
        """
        Get all values of a header.
        """
        assert self.headers is not None
        return list(self.headers.getRawHeaders(name, []))


@implementer(IAgent)
class FakeAgent:
    """
    An agent that remembers what it is asked for.

    :param error: what it raises instead.
    """

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[Sent] = []

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803
    ) -> Deferred[IResponse]:
        """
        Remember a request.
        """
        if self.error is not None:
            raise self.error
        sent = Sent(method, uri, headers, bodyProducer)
        self.sent.append(sent)
        return sent.answer


class FakeResponse:
    """
    An answer whose body comes when a test says so.

    :param code: its status.
    :param length: how long the body will be.
    :param headers: its headers.
    """

    version = (b"HTTP", 1, 1)
    phrase = b"whatever"
    request = None

    def __init__(
        self, code: int = 200, length: object = 10, headers: dict[str, str] | None = None
    ) -> None:
        self.code = code
        self.length = length
        self.headers = Headers({name: [value] for name, value in (headers or {}).items()})
        self.previousResponse: IResponse | None = None
        self.reader: object = None

    def setPreviousResponse(self, response: IResponse) -> None:  # noqa: N802
        """
        Remember what came before.
        """
        self.previousResponse = response

    def deliverBody(self, protocol: object) -> None:  # noqa: N802
        """
        Have the body read, once.
        """
        if self.reader is not None:
            raise RuntimeError("somebody reads it already")
        self.reader = protocol
        protocol.makeConnection(StringTransport())  # type: ignore[attr-defined]

    def comes(self, *parts: bytes, reason: Exception | None = None) -> None:
        """
        Have the body come, and end.

        :param parts: what comes of it.
        :param reason: why nothing more comes; that it has ended for ``None``.
        """
        for part in parts:
            self.reader.dataReceived(part)  # type: ignore[attr-defined]
        lost = Failure(ResponseDone() if reason is None else reason)
        self.reader.connectionLost(lost)  # type: ignore[attr-defined]


def as_response(fake: FakeResponse) -> IResponse:
    """
    Take a fake for an answer.
    """
    return cast("IResponse", fake)


def address_of(test: TestCase, root: Resource) -> str:
    """
    Serve a site on a port of this machine until the test ends.

    :param root: the root of the site.
    :returns: its address, without a slash at the end.
    """
    site = cast("ServerFactory[Any]", Site(root))
    port = reactor_tcp().listenTCP(0, site, interface="127.0.0.1")
    test.addCleanup(port.stopListening)
    host = port.getHost()
    assert isinstance(host, IPv4Address)
    return f"http://127.0.0.1:{host.port}"


def reactor_tcp() -> IReactorTCP:
    """
    Get the reactor that the tests run on.
    """
    return cast("IReactorTCP", reactor_of_program())


def real_agent() -> Agent:
    """
    Make an agent that keeps no connections.
    """
    return Agent(reactor_tcp())
