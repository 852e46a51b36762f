"""
Peers that speak AMP, for tests: they weigh cars.
"""

from __future__ import annotations

from typing import Any, cast

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory, connectionDone
from twisted.protocols.amp import AMP, Command, Integer, Unicode
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

from eliot import log_message
from eliot.read import JSON, Message, read_tasks
from eliot.twisted.amp import TaskId, logged_responder
from tests.examples.stories import Done, Said, story_of
from tests.helpers import record

# The type that it has for type checkers is that of a module.
reactor: Any = _reactor


class TooHeavy(Exception):
    """
    The scales cannot bear it.
    """


class Weigh(Command):
    """
    Weigh some cars.
    """

    arguments = [(b"cars", Integer()), (b"task_id", TaskId())]
    response = [(b"tons", Integer())]
    errors = {TooHeavy: b"TOO_HEAVY"}


class WeighOld(Command):
    """
    The same, as peers know it that do not log.
    """

    commandName = b"Weigh"  # noqa: N815 (Twisted's name)
    arguments = [(b"cars", Integer())]
    response = [(b"tons", Integer())]


class Note(Command):
    """
    Note something; nobody waits until that is done.
    """

    arguments = [(b"text", Unicode()), (b"task_id", TaskId())]
    requiresAnswer = False  # noqa: N815 (Twisted's name)


class Peer(AMP):
    """
    One side of a connection.

    :ivar lost: fires when the connection is lost.
    """

    def __init__(self) -> None:
        AMP.__init__(self)
        self.lost: Deferred[None] = Deferred()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        Tell of it.
        """
        AMP.connectionLost(self, reason)
        self.lost.callback(None)

    def hang_up(self) -> None:
        """
        End the connection, if it has not ended.
        """
        if self.transport is not None:
            self.transport.loseConnection()


class Scales(Peer):
    """
    What weighs: up to three cars at once, those that are negative never.

    :ivar noted: fires with what was noted.
    :ivar waiting: the answer that a test gives when it likes to.
    """

    def __init__(self) -> None:
        Peer.__init__(self)
        self.noted: Deferred[str] = Deferred()
        self.waiting: Deferred[dict[str, object]] = Deferred()

    @logged_responder(Weigh)
    def weigh(self, cars: int) -> dict[str, object] | Deferred[dict[str, object]]:
        """
        Weigh some cars.
        """
        log_message("scales:creak")
        if cars > 3:
            raise TooHeavy(f"{cars} cars")
        if cars == 0:
            return self.waiting
        if cars < 0:
            raise ZeroDivisionError("below nothing")
        return {"tons": 2 * cars}

    @logged_responder(Note)
    def note(self, text: str) -> dict[str, object]:
        """
        Note something.
        """
        self.noted.callback(text)
        return {}


class OldScales(Peer):
    """
    What does not log.
    """

    @WeighOld.responder
    def weigh(self, cars: int) -> dict[str, object]:
        """
        Weigh some cars.
        """
        return {"tons": 2 * cars}


class WeighingTestCase(TestCase):
    """
    A base for tests with real connections.

    :ivar messages: what was logged.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    async def connect(self, server: Peer) -> Peer:
        """
        Connect to a peer over TCP, for one test.

        :returns: the side that calls.
        """
        factory = Factory.forProtocol(lambda: server)
        factory.noisy = False
        port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
        endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        client = Peer()
        await connectProtocol(endpoint, client)

        async def disconnect() -> None:
            client.hang_up()
            await client.lost
            await server.lost
            await port.stopListening()

        self.addCleanup(lambda: Deferred.fromCoroutine(disconnect()))
        return client

    def stories(self) -> list[Said | Done]:
        """
        Read what was logged: each of the tasks, none of which may lack anything.
        """
        messages = [Message(cast("JSON", each)) for each in self.messages]
        return [story_of(task) for task in read_tasks(messages)]
