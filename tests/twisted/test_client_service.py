"""
Tests of :mod:`eliot.twisted._client_service`.
"""

from __future__ import annotations

from twisted.application import internet
from twisted.application.service import IService
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionRefusedError
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import Action, current_action, log_message, start_action
from eliot.twisted import ClientService, connection_action
from eliot.twisted._connection import connection_of
from tests.helpers import level_of, of_type, record


class Talking(Protocol):
    """
    Logs that it is there.
    """

    def connectionMade(self) -> None:
        """
        Log it.
        """
        log_message("made")


@implementer(IStreamClientEndpoint)
class Endpoint:
    """
    Connects when the test says so.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.factories: list[IProtocolFactory] = []
        self.attempts: list[Deferred[IProtocol]] = []
        self.built: list[IProtocol] = []

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        """
        Begin to connect.
        """
        if self.error is not None:
            raise self.error
        self.factories.append(protocolFactory)
        self.attempts.append(Deferred())
        return self.attempts[-1]

    def succeed(self) -> IProtocol:
        """
        Be connected.

        :returns: what the transport calls.
        """
        built = self.factories[-1].buildProtocol(None)  # type: ignore[arg-type]  # needs none
        assert built is not None
        built.makeConnection(StringTransport())
        self.built.append(built)
        self.attempts[-1].callback(built)
        return built

    def end(self) -> None:
        """
        Have the actions of all connections end, as they would in some other test otherwise.
        """
        for each in self.built:
            known = connection_of(each)
            assert known is not None
            known._end(connectionDone)


class Named(Endpoint):
    """
    One that shows where it connects to.
    """

    def __repr__(self) -> str:
        return "<office:80>"


class ClientServiceTests(SynchronousTestCase):
    """
    A client stays connected, and logs how.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)
        self.clock = Clock()
        self.endpoint = Endpoint()
        self.addCleanup(self.endpoint.end)
        self.prepared: Deferred[None] | None = None

    def prepare(self, protocol: IProtocol) -> Deferred[None] | None:
        """
        Prepare a connection.
        """
        log_message("prepares")
        return self.prepared

    def service(self, **fields: object) -> ClientService:
        """
        Start a service inside an action.
        """
        service = ClientService(
            self.endpoint,
            Factory.forProtocol(Talking),
            lambda failed: 1,
            self.clock,
            self.prepare,
            connection_type="talk",
            fields=fields,
        )
        with start_action(action_type="starts"):
            service.startService()
        return service

    def test_interface(self) -> None:
        """
        It is Twisted's own service.
        """
        service = self.service()
        verifyObject(IService, service)
        self.assertIsInstance(service, internet.ClientService)

    def test_connects(self) -> None:
        """
        An attempt is an action outside of all others, the connection is part of it, and what is
        prepared is inside that.
        """
        self.service(to="office")
        self.endpoint.succeed().connectionLost(connectionDone)
        start, end = of_type(self.messages, "eliot:connect")
        name = f"{__name__}.Endpoint"
        self.assertEqual(
            (start["attempt"], start["endpoint"], start["to"], start["task_level"]),
            (1, name, "office", [1]),
        )
        self.assertEqual(end["action_status"], "succeeded")
        talk, talked = of_type(self.messages, "talk")
        self.assertEqual(talk["task_uuid"], start["task_uuid"])
        self.assertEqual(talked["action_status"], "succeeded")
        for each in [*of_type(self.messages, "made"), *of_type(self.messages, "prepares")]:
            self.assertEqual(each["task_uuid"], start["task_uuid"])
            self.assertEqual(level_of(each)[:-1], level_of(talk)[:-1])

    def test_endpoint(self) -> None:
        """
        The endpoint is shown as it shows itself.
        """
        self.endpoint = Named()
        self.service()
        self.assertEqual(of_type(self.messages, "eliot:connect")[0]["endpoint"], "<office:80>")

    def test_retries(self) -> None:
        """
        Each attempt is an action of its own, and they are counted until one succeeds.
        """
        self.service()
        self.endpoint.attempts[-1].errback(ConnectionRefusedError())
        self.endpoint.error = ZeroDivisionError()
        self.clock.advance(1)
        self.endpoint.error = None
        self.clock.advance(1)
        self.endpoint.succeed().connectionLost(connectionDone)
        self.clock.advance(1)
        messages = of_type(self.messages, "eliot:connect")
        starts = [each for each in messages if each["action_status"] == "started"]
        self.assertEqual([each["attempt"] for each in starts], [1, 2, 3, 1])
        self.assertEqual(len({each["task_uuid"] for each in starts}), 4)
        self.assertEqual(
            [each["action_status"] for each in messages if each not in starts],
            ["failed", "failed", "succeeded"],
        )
        # That is in no action that has failed before.
        talks = of_type(self.messages, "talk")
        self.assertEqual({each["task_uuid"] for each in talks}, {starts[2]["task_uuid"]})

    def test_prepares(self) -> None:
        """
        An attempt lasts until the connection is prepared.
        """
        self.prepared = Deferred()
        self.service()
        self.endpoint.succeed()
        self.assertEqual(len(of_type(self.messages, "eliot:connect")), 1)
        self.prepared.errback(ZeroDivisionError())
        self.assertEqual(of_type(self.messages, "eliot:connect")[1]["action_status"], "failed")
        self.flushLoggedErrors(ZeroDivisionError)

    def test_nothing_to_prepare(self) -> None:
        """
        There need not be anything to prepare.
        """
        service = ClientService(self.endpoint, Factory.forProtocol(Talking), clock=self.clock)
        service.startService()
        self.endpoint.succeed()
        self.assertEqual(of_type(self.messages, "eliot:connect")[1]["action_status"], "succeeded")

    def test_waiters(self) -> None:
        """
        Those who wait get the protocol itself, and go on in their own actions.
        """
        service = self.service()
        seen: list[tuple[Action | None, bool]] = []

        async def wait() -> None:
            protocol = await service.whenConnected()
            seen.append((current_action(), type(protocol).__name__ == "Talking"))
            self.assertIsInstance(protocol, Talking)
            self.assertIsNotNone(connection_action(protocol))

        def see(protocol: IProtocol) -> None:
            seen.append((current_action(), isinstance(protocol, Talking)))

        with start_action(action_type="waits") as one:
            awaiting = Deferred.fromCoroutine(wait())
        with start_action(action_type="waits") as two:
            waiting = service.whenConnected()
        waiting.addCallback(see)
        self.endpoint.succeed()
        self.successResultOf(awaiting)
        self.assertEqual(seen, [(one, True), (two, True)])

    def test_fails_after(self) -> None:
        """
        Who does not want to wait longer is told so, in its own action.
        """
        service = self.service()
        waiting = service.whenConnected(failAfterFailures=1)
        self.endpoint.attempts[-1].errback(ConnectionRefusedError())
        self.failureResultOf(waiting, ConnectionRefusedError)

    def test_stops(self) -> None:
        """
        An attempt ends when the service does.
        """
        service = self.service()
        waiting = service.whenConnected()
        stopped = service.stopService()
        self.successResultOf(stopped)
        self.failureResultOf(waiting, CancelledError)
        self.assertEqual(of_type(self.messages, "eliot:connect")[1]["action_status"], "failed")
