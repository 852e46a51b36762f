"""
Tests of :mod:`eliot.twisted._factory`, with real connections.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import cast

import twisted.test
from twisted.internet import reactor as real_reactor
from twisted.internet import ssl
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import (
    SSL4ClientEndpoint,
    SSL4ServerEndpoint,
    TCP4ClientEndpoint,
    TCP4ServerEndpoint,
    UNIXClientEndpoint,
    UNIXServerEndpoint,
)
from twisted.internet.interfaces import (
    IAddress,
    IHandshakeListener,
    IListeningPort,
    IProtocolFactory,
    IProtocolNegotiationFactory,
    IReactorTCP,
    IReactorUNIX,
    IStreamClientEndpoint,
    IStreamServerEndpoint,
)
from twisted.internet.protocol import ClientFactory, Factory, Protocol, connectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase
from twisted.web.resource import Resource
from twisted.web.server import Site
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import current_action, log_message, start_action
from eliot.twisted import connection_action, logged_factory
from tests.helpers import Fields, of_type, record, scratch

reactor = cast("IReactorTCP", real_reactor)


@implementer(IHandshakeListener)
class Echo(Protocol):
    """
    Logs and sends back what it receives; begins TLS, goes or aborts where that is said.
    """

    def __init__(self) -> None:
        #: Fires when it has lost its connection.
        self.gone: Deferred[None] = Deferred()

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's name
        """
        Log it.
        """
        log_message("echo:shaken")

    def dataReceived(self, data: bytes) -> None:
        """
        Answer.
        """
        assert self.transport is not None
        log_message("echo:received", data=data)
        if data == b"bye":
            self.transport.loseConnection()
        elif data == b"cut":
            self.transport.abortConnection()  # type: ignore[attr-defined]  # of sockets
        elif data == b"tls":
            self.transport.write(b"tls")
            self.transport.startTLS(certificate(), self.factory)  # type: ignore[attr-defined]
        else:
            self.transport.write(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        Log it.
        """
        log_message("echo:lost")
        self.gone.callback(None)


class Asking(Protocol):
    """
    Says one thing after the other, as soon as the one before was answered.
    """

    def __init__(self, words: list[bytes]) -> None:
        self._words = words
        #: Fires when it has lost its connection.
        self.gone: Deferred[None] = Deferred()

    def connectionMade(self) -> None:
        """
        Say the first.
        """
        log_message("asking:made")
        self._say()

    def _say(self) -> None:
        assert self.transport is not None
        self.transport.write(self._words.pop(0))

    def dataReceived(self, data: bytes) -> None:
        """
        Say the next.
        """
        log_message("asking:received", data=data)
        if data == b"tls":
            assert self.transport is not None
            self.transport.startTLS(  # type: ignore[attr-defined]  # of sockets
                ssl.CertificateOptions(), self.factory
            )
        self._say()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        Log it.
        """
        log_message("asking:lost")
        self.gone.callback(None)


def certificate() -> ssl.DefaultOpenSSLContextFactory:
    """
    Get a certificate: the one that Twisted's own tests use.
    """
    # Read by OpenSSL itself; what Twisted reads makes newer releases of pyOpenSSL warn.
    pem = str(Path(twisted.test.__file__).with_name("server.pem"))
    return ssl.DefaultOpenSSLContextFactory(pem, pem)


def number(port: IListeningPort) -> int:
    """
    Get the number of a port.
    """
    return cast("IPv4Address", port.getHost()).port


class Asks(ClientFactory):
    """
    Builds one that says something.
    """

    def __init__(self, *words: bytes) -> None:
        self._words = words

    def buildProtocol(self, addr: IAddress | None) -> Asking:
        """
        Build it.
        """
        asking = Asking(list(self._words))
        asking.factory = self
        return asking


class ConnectionsTests(TestCase):
    """
    Connections of all kinds, at both of their ends.
    """

    def setUp(self) -> None:
        """
        Record what is logged, and let nobody log otherwise.
        """
        self.messages = record(self)
        self.built: list[Echo] = []

    def _build(self, addr: IAddress | None) -> Echo:
        echo = Echo()
        echo.factory = self._factory
        self.built.append(echo)
        return echo

    async def converse(
        self,
        server: IStreamServerEndpoint,
        client: Callable[[IListeningPort], IStreamClientEndpoint],
        *words: bytes,
    ) -> None:
        """
        Let a client and a server talk, and then wait until both ends are gone.
        """
        self._factory = factory = Factory()
        factory.buildProtocol = self._build  # type: ignore[method-assign]
        factory.noisy = False
        with start_action(action_type="listens"):
            port = await server.listen(logged_factory(factory, "server"))
        try:
            with start_action(action_type="connects") as connects:
                asks = logged_factory(Asks(*words), "client", parent=connects)
                asking = await client(port).connect(asks)
                self.assertIs(current_action(), connects)
            self.assertEqual(type(asking).__name__, "Asking")
            assert isinstance(asking, Asking)
            await asking.gone
            await self.built[0].gone
        finally:
            await maybeDeferred(port.stopListening)

    def fields(self, action_type: str) -> tuple[Fields, Fields]:
        """
        Get the messages of one action.
        """
        start, end = of_type(self.messages, action_type)
        return start, end

    def assert_inside(self, action_type: str, message_type: str, count: int = 1) -> None:
        """
        Assert that messages are inside an action.
        """
        start, _ = self.fields(action_type)
        found = of_type(self.messages, message_type)
        self.assertEqual(len(found), count, message_type)
        self.assertEqual({each["task_uuid"] for each in found}, {start["task_uuid"]})

    def assert_talked(self, shaken: int = 0) -> None:
        """
        Assert that each end was an action, and what it was a part of.
        """
        self.assert_inside("server", "echo:received", 2)
        self.assert_inside("server", "echo:lost")
        if shaken:
            self.assert_inside("server", "echo:shaken", shaken)
        self.assert_inside("client", "asking:made")
        self.assert_inside("client", "asking:received")
        self.assert_inside("client", "asking:lost")
        self.assertEqual(self.fields("server")[0]["task_level"], [1])
        self.assertEqual(
            self.fields("client")[0]["task_uuid"], self.fields("connects")[0]["task_uuid"]
        )

    def test_tcp(self) -> Deferred[None]:
        """
        TCP.
        """

        async def test() -> None:
            await self.converse(
                TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1"),
                lambda port: TCP4ClientEndpoint(reactor, "127.0.0.1", number(port)),
                b"hello",
                b"bye",
            )
            self.assert_talked()
            server, end = self.fields("server")
            client, _ = self.fields("client")
            self.assertEqual((server["peer"], server["host"]), (client["host"], client["peer"]))
            self.assertEqual(end["action_status"], "succeeded")

        return Deferred.fromCoroutine(test())

    def test_aborted(self) -> Deferred[None]:
        """
        One that is cut off has failed.
        """

        async def test() -> None:
            await self.converse(
                TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1"),
                lambda port: TCP4ClientEndpoint(reactor, "127.0.0.1", number(port)),
                b"cut",
            )
            _, end = self.fields("server")
            self.assertEqual(end["action_status"], "failed")
            self.assertEqual(end["exception"], "twisted.internet.error.ConnectionAborted")
            self.assertEqual(self.fields("client")[1]["action_status"], "failed")

        return Deferred.fromCoroutine(test())

    def test_unix(self) -> Deferred[None]:
        """
        UNIX sockets.
        """

        async def test() -> None:
            path = str(scratch(self) / "socket")
            unix = cast("IReactorUNIX", reactor)
            await self.converse(
                UNIXServerEndpoint(unix, path),
                lambda port: UNIXClientEndpoint(unix, path),
                b"hello",
                b"bye",
            )
            self.assert_talked()
            self.assertEqual(self.fields("server")[0]["host"], f"unix:{path}")
            self.assertEqual(self.fields("client")[0]["peer"], f"unix:{path}")

        return Deferred.fromCoroutine(test())

    def test_tls(self) -> Deferred[None]:
        """
        TLS, and that the handshake is done is told.
        """

        async def test() -> None:
            await self.converse(
                SSL4ServerEndpoint(reactor, 0, certificate(), interface="127.0.0.1"),
                lambda port: SSL4ClientEndpoint(
                    reactor, "127.0.0.1", number(port), ssl.CertificateOptions()
                ),
                b"hello",
                b"bye",
            )
            self.assert_talked(shaken=1)

        return Deferred.fromCoroutine(test())

    def test_start_tls(self) -> Deferred[None]:
        """
        TLS that begins in the middle of a connection.
        """

        async def test() -> None:
            await self.converse(
                TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1"),
                lambda port: TCP4ClientEndpoint(reactor, "127.0.0.1", number(port)),
                b"tls",
                b"bye",
            )
            self.assert_talked(shaken=1)

        return Deferred.fromCoroutine(test())


class LoggedFactoryTests(SynchronousTestCase):
    """
    A logged factory is like the one below it.
    """

    def test_interface(self) -> None:
        """
        It provides what that one provides.
        """
        factory = logged_factory(Factory.forProtocol(Protocol))
        verifyObject(IProtocolFactory, factory)
        self.assertFalse(IProtocolNegotiationFactory.providedBy(factory))
        site = logged_factory(Site(Resource()))
        verifyObject(IProtocolFactory, site)
        verifyObject(IProtocolNegotiationFactory, site)

    def test_attributes(self) -> None:
        """
        It has what that one has.
        """
        original = ClientFactory()
        factory = logged_factory(original)
        self.assertEqual(factory.startedConnecting, original.startedConnecting)
        self.assertFalse(hasattr(factory, "nothing"))
        self.assertIs(factory.wrapped_factory, original)
        self.assertIn("ClientFactory", repr(factory))
        self.assertIs(copy.copy(factory).wrapped_factory, original)

    def test_started(self) -> None:
        """
        That one is told when it is started and stopped.
        """
        original = Factory()
        original.noisy = False
        factory = logged_factory(original)
        factory.doStart()
        self.assertEqual(original.numPorts, 1)
        factory.doStop()
        self.assertEqual(original.numPorts, 0)

    def test_no_protocol(self) -> None:
        """
        It may want no connection.
        """

        class Refusing(Factory):
            def buildProtocol(self, addr: IAddress | None) -> None:
                return None

        factory = logged_factory(Refusing())
        self.assertIsNone(factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1)))

    def test_site(self) -> None:
        """
        A web site, whose protocol is another one for each version of HTTP.
        """

        class Hello(Resource):
            isLeaf = True  # noqa: N815 - Twisted's name

            def render_GET(self, request: object) -> bytes:
                log_message("renders")
                return b"hello"

        messages = record(self)
        factory = logged_factory(Site(Hello()), fields={"site": "hello"})
        protocol = factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 1))
        assert protocol is not None
        transport = StringTransport()
        protocol.makeConnection(transport)
        protocol.dataReceived(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertIn(b"hello", transport.value())
        protocol.connectionLost(connectionDone)
        start, renders, end = messages
        self.assertEqual((start["site"], end["action_status"]), ("hello", "succeeded"))
        self.assertEqual(renders["task_uuid"], start["task_uuid"])
        action = connection_action(protocol)
        assert action is not None
        self.assertEqual(action.task_uuid, start["task_uuid"])
