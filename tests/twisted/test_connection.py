"""
Tests of :mod:`eliot.twisted._connection`, without sockets.
"""

from __future__ import annotations

import gc
import weakref
from contextlib import nullcontext
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IHalfCloseableProtocol, IHandshakeListener, IProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.protocols.policies import ProtocolWrapper, TimeoutMixin, WrappingFactory
from twisted.python.components import proxyForInterface
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from eliot import Action, current_action, log_message, start_action
from eliot._crossed import innermost
from eliot.twisted import connection_action
from eliot.twisted._connection import CLEAN, Connection, call_in_connection, connection_of
from tests.helpers import Fields, level_of, of_type, record, said

LOST = Failure(ConnectionLost("cut"))


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class Talking(Protocol, TimeoutMixin):
    """
    Logs whatever happens to it.
    """

    def connectionMade(self) -> None:
        """
        Log it.
        """
        log_message("made")

    def dataReceived(self, data: bytes) -> None:
        """
        Log it.
        """
        log_message("received", data=data)

    def handshakeCompleted(self) -> None:  # noqa: N802 - Twisted's names
        """
        Log it.
        """
        log_message("shaken")

    def readConnectionLost(self) -> None:  # noqa: N802
        """
        Log it.
        """
        log_message("half")

    def writeConnectionLost(self) -> None:  # noqa: N802
        """
        Log it.
        """
        log_message("other half")

    def timeoutConnection(self) -> None:  # noqa: N802
        """
        Log it.
        """
        log_message("waited")

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        Log it.
        """
        log_message("lost")


class Transport(StringTransport):
    """
    A transport that knows its protocol, as real ones do.
    """

    protocol: object


def connection(
    parent: Action | None = None, clean: tuple[type[BaseException], ...] = CLEAN
) -> Connection:
    """
    Make what is known of a connection.
    """
    return Connection("c", parent, {"x": 1}, clean)


def connected(
    test: SynchronousTestCase, protocol: IProtocol, known: Connection | None = None
) -> Transport:
    """
    Follow a protocol, and connect it.
    """
    known = known or connection()
    # Otherwise it would when the protocol is collected, in the middle of another test.
    test.addCleanup(known._end, LOST)
    known.follow(protocol)
    transport = Transport()
    transport.protocol = protocol
    protocol.makeConnection(transport)
    return transport


class ConnectionTests(SynchronousTestCase):
    """
    A connection is an action.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    @property
    def told(self) -> list[object]:
        """
        What was logged, in order: types of messages, and what has become of actions.
        """
        return [each.get("message_type", each.get("action_status")) for each in self.messages]

    def assert_one_task(self) -> None:
        """
        Assert that all is inside one action.
        """
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1, self.messages)

    def test_clean(self) -> None:
        """
        It lasts from when it is made to when it is lost, and knows both ends.
        """
        protocol = Talking()
        connected(self, protocol)
        protocol.connectionLost()
        self.assertEqual(self.told, ["started", "made", "lost", "succeeded"])
        self.assert_one_task()
        start, end = self.messages[0], self.messages[-1]
        expected: Fields = {"x": 1, "peer": "192.168.1.1:54321", "host": "10.0.0.1:12345"}
        self.assertEqual(said(start), expected)
        self.assertEqual(start["action_type"], "c")
        self.assertEqual(said(end), {"reason": "Connection was closed cleanly."})

    def test_unclean(self) -> None:
        """
        It has failed if it was not closed cleanly.
        """
        protocol = Talking()
        connected(self, protocol)
        protocol.connectionLost(LOST)
        end = self.messages[-1]
        self.assertEqual(end["action_status"], "failed")
        self.assertEqual(end["exception"], "twisted.internet.error.ConnectionLost")

    def test_considered_clean(self) -> None:
        """
        What counts as clean may be said.
        """
        protocol = Talking()
        connected(self, protocol, connection(clean=(ConnectionDone, ConnectionLost)))
        protocol.connectionLost(LOST)
        self.assertEqual(self.told[-1], "succeeded")

    def test_no_failure(self) -> None:
        """
        Whoever says that it is lost, and not why, is not made to.
        """
        protocol = Talking()
        connected(self, protocol)
        protocol.connectionLost(cast("Failure", None))
        self.assertEqual(self.messages[-1]["reason"], "None")

    def test_inside(self) -> None:
        """
        All that a transport has a protocol do is inside the action, whatever is current
        where it does; and that is current afterwards.
        """
        protocol = Talking()
        with start_action(action_type="around") as around:
            transport = connected(self, protocol)
            self.assertIs(current_action(), around)
            protocol.dataReceived(b"x")
            protocol.handshakeCompleted()
            protocol.readConnectionLost()
            protocol.writeConnectionLost()
            protocol.connectionLost()
            self.assertIs(current_action(), around)
        self.assertIs(protocol.transport, transport)
        names = ["made", "received", "shaken", "half", "other half", "lost"]
        self.assertEqual(self.told, ["started", "started", *names, "succeeded", "succeeded"])
        action = connection_action(protocol)
        assert action is not None
        self.assertEqual({each["task_uuid"] for each in self.messages[1:-1]}, {action.task_uuid})
        self.assertNotEqual(action.task_uuid, around.task_uuid)

    def test_parent(self) -> None:
        """
        It is part of an action, if it was given one.
        """
        with start_action(action_type="connects") as parent:
            known = connection(parent)
        protocol = Talking()
        connected(self, protocol, known)
        self.assert_one_task()
        self.assertEqual(level_of(of_type(self.messages, "c")[0])[-1], 1)

    def test_timer(self) -> None:
        """
        So is what Twisted's own timer does.
        """
        clock = Clock()
        protocol = Talking()
        # As its own tests do.
        protocol.callLater = clock.callLater  # type: ignore[method-assign, assignment]
        protocol.setTimeout(1)
        connected(self, protocol)
        clock.advance(1)
        self.assertEqual(self.told, ["started", "made", "waited"])
        self.assert_one_task()

    def test_same_object(self) -> None:
        """
        The protocol is the same, provides the same, and looks the same.
        """
        protocol = Talking()
        before = repr(protocol)
        connected(self, protocol)
        self.assertIsInstance(protocol, Talking)
        self.assertEqual(repr(protocol), before)
        self.assertEqual(protocol.logPrefix(), "Talking")
        for interface in (IProtocol, IHalfCloseableProtocol, IHandshakeListener):
            self.assertTrue(interface.providedBy(protocol))
        plain = Protocol()
        connected(self, plain)
        self.assertFalse(IHalfCloseableProtocol.providedBy(plain))
        self.assertFalse(hasattr(plain, "readConnectionLost"))

    def test_class(self) -> None:
        """
        Methods of the class are its own.
        """
        protocol = Talking()
        connected(self, protocol)
        self.assertIs(type(protocol).dataReceived, Talking.dataReceived)

    def test_further_in(self) -> None:
        """
        What the protocol has itself do stays in the action that is current there.
        """

        class Rest(Talking):
            def dataReceived(self, data: bytes) -> None:
                if len(data) > 1:
                    with start_action(action_type="inner"):
                        self.dataReceived(data[1:])
                super().dataReceived(data)

        protocol = Rest()
        connected(self, protocol)
        protocol.dataReceived(b"ab")
        received = of_type(self.messages, "received")
        self.assertEqual([len(level_of(each)) for each in received], [2, 1])

    def test_replaced_method(self) -> None:
        """
        What an object has in place of a method is inside as well, until it is taken away.
        """
        protocol = Talking()
        connected(self, protocol)
        protocol.dataReceived = lambda data: log_message("other")  # type: ignore[method-assign]
        protocol.dataReceived(b"")
        del protocol.dataReceived
        protocol.dataReceived(b"")
        self.assertEqual(self.told, ["started", "made", "other", "received"])
        self.assert_one_task()
        with self.assertRaises(AttributeError):
            del protocol.dataReceived

    def test_proxy(self) -> None:
        """
        A proxy may have its methods replaced in what it stands for.
        """

        class Proxy(proxyForInterface(IProtocol)):  # type: ignore[misc]  # made just now
            pass

        original = Talking()
        protocol = Proxy(original)
        connected(self, protocol)
        protocol.dataReceived = lambda data: log_message("other")
        original.dataReceived(b"")
        self.assertEqual(self.told, ["started", "made", "other"])
        protocol.dataReceived(b"")
        del protocol.dataReceived
        protocol.dataReceived(b"")
        protocol.connectionLost(LOST)
        self.assertEqual(self.told[3:], ["other", "received", "lost", "failed"])

    def test_raises(self) -> None:
        """
        What the protocol raises is raised, and known to have crossed the action.
        """

        class Raising(Talking):
            def dataReceived(self, data: bytes) -> None:
                raise self.error

            error: BaseException = ZeroDivisionError()

        for error in (ZeroDivisionError(), KeyboardInterrupt()):
            protocol = Raising()
            protocol.error = error
            connected(self, protocol)
            self.assertRaises(type(error), protocol.dataReceived, b"")
            self.assertIs(innermost(error), connection_action(protocol))
            self.assertIsNone(current_action())

    def test_raises_at_the_end(self) -> None:
        """
        The action ends, even if the protocol raises when it is told of the end.
        """

        class Raising(Protocol):
            def connectionLost(self, reason: Failure = connectionDone) -> None:
                raise ZeroDivisionError

        protocol = Raising()
        connected(self, protocol)
        self.assertRaises(ZeroDivisionError, protocol.connectionLost)
        self.assertEqual(self.told, ["started", "succeeded"])

    def test_never_connected(self) -> None:
        """
        A protocol that is used without a connection is no action.
        """
        protocol = Talking()
        connection().follow(protocol)
        protocol.dataReceived(b"")
        protocol.connectionLost()
        self.assertEqual(self.told, ["received", "lost"])
        self.assertIsNone(connection_action(protocol))

    def test_again(self) -> None:
        """
        A protocol that is connected anew is another action.
        """
        protocol = Talking()
        for _ in range(2):
            connected(self, protocol)
            protocol.connectionLost()
        self.assertEqual(self.told, 2 * ["started", "made", "lost", "succeeded"])
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 2)

    def test_twice(self) -> None:
        """
        Who is closest to the protocol says what is logged; others may say where.
        """
        protocol = Talking()
        parent = start_action(action_type="parent")
        connection().follow(protocol)
        connected(self, protocol, Connection("other", parent, {}, ()))
        protocol.connectionLost()
        self.assertEqual(of_type(self.messages, "other"), [])
        self.assert_one_task()

    def test_parent_of_inner(self) -> None:
        """
        Who is closest may also say what it is a part of.
        """
        inner, outer = start_action(action_type="inner"), start_action(action_type="outer")
        protocol = Talking()
        connection(inner).follow(protocol)
        connected(self, protocol, connection(outer))
        protocol.connectionLost()
        self.assertEqual(of_type(self.messages, "c")[0]["task_uuid"], inner.task_uuid)

    def test_without_room(self) -> None:
        """
        One that has no room for attributes is as it was, and a message says so.
        """

        @implementer(IProtocol)
        class Full:
            __slots__ = ("seen",)

            def makeConnection(self, transport: object) -> None:  # noqa: N802
                self.seen = transport

            def dataReceived(self, data: bytes) -> None:
                pass

            def connectionLost(self, reason: Failure = connectionDone) -> None:
                pass

            def connectionMade(self) -> None:
                pass

        protocol = Full()
        transport = connected(self, protocol)
        protocol.dataReceived(b"")
        protocol.connectionLost()
        self.assertIs(protocol.seen, transport)
        (message,) = self.messages
        self.assertEqual(message["message_type"], "eliot:connection_not_followed")
        self.assertIn("Full", str(message["protocol"]))

    def test_odd_transport(self) -> None:
        """
        A transport that does not know its ends is one, too.
        """
        protocol = Talking()
        known = connection()
        self.addCleanup(known._end, LOST)
        known.follow(protocol)
        protocol.makeConnection(object())
        self.assertEqual(said(self.messages[0]), {"x": 1})


class ReplacedTests(SynchronousTestCase):
    """
    The protocol puts another one in its place.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def switching(self, transport: Transport, name: str, other: object) -> Protocol:
        """
        Make a protocol that puts another one in its place as soon as it receives something.
        """

        class Switching(Talking):
            def dataReceived(self, data: bytes) -> None:
                super().dataReceived(data)
                setattr(transport, name, other)

        return Switching()

    def connected(self, name: str, other: object) -> tuple[Protocol, Transport]:
        """
        Connect such a protocol.

        :param name: where the transport has its protocol.
        """
        transport = Transport()
        protocol = self.switching(transport, name, other)
        setattr(transport, name, protocol)
        known = connection()
        self.addCleanup(known._end, LOST)
        known.follow(protocol)
        protocol.makeConnection(transport)
        return protocol, transport

    def test_replaced(self) -> None:
        """
        The other one goes on in the same action, wherever the transport has it.
        """
        for name in ("protocol", "wrappedProtocol"):
            self.messages.clear()
            other = Talking()
            protocol, transport = self.connected(name, other)
            protocol.dataReceived(b"x")
            self.assertIs(getattr(transport, name), other)
            other.makeConnection(transport)
            del protocol
            gc.collect()
            other.dataReceived(b"y")
            other.connectionLost()
            self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1)
            self.assertEqual(self.messages[-1]["action_status"], "succeeded")
            self.assertEqual(self.messages[-1]["reason"], "Connection was closed cleanly.")

    def test_wrapped(self) -> None:
        """
        What puts itself between the two, as TLS does, leaves all as it is.
        """
        wrapper = ProtocolWrapper(WrappingFactory(None), Talking())
        protocol, _ = self.connected("protocol", wrapper)
        wrapper.wrappedProtocol = protocol
        protocol.dataReceived(b"x")
        self.assertIsNone(connection_of(wrapper.__dict__))
        self.assertIs(type(wrapper), ProtocolWrapper)
        wrapper.dataReceived(b"y")
        self.assertEqual(len(of_type(self.messages, "received")), 2)
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1)

    def test_cannot_be_followed(self) -> None:
        """
        Where the other one cannot be followed, a message says so.
        """
        protocol, _ = self.connected("protocol", object())
        protocol.dataReceived(b"x")
        protocol.dataReceived(b"y")
        self.assertEqual(len(of_type(self.messages, "eliot:connection_not_followed")), 1)

    def test_odd(self) -> None:
        """
        What is wrong with the transport, or with the other one, is no concern of the protocol.
        """

        class Odd:
            def __getattr__(self, name: str) -> object:
                raise ZeroDivisionError

        protocol, _ = self.connected("protocol", Odd())
        protocol.dataReceived(b"x")
        protocol.dataReceived(b"y")
        connection().follow(protocol)
        protocol.makeConnection(cast("Transport", Odd()))
        protocol.connectionLost()
        self.assertEqual(len(of_type(self.messages, "c")), 3)

    def test_not_now(self) -> None:
        """
        There may be none for a while.
        """
        protocol, transport = self.connected("protocol", None)
        protocol.dataReceived(b"x")
        other = Talking()
        transport.protocol = protocol
        protocol.dataReceived(b"x")
        transport.protocol = other
        protocol.handshakeCompleted()  # type: ignore[attr-defined]  # it talks
        other.connectionLost()
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1)

    def test_no_weak_references(self) -> None:
        """
        Neither of the two need be one that can be referenced weakly.
        """

        @implementer(IProtocol)
        class Strong:
            __slots__ = ("__dict__",)

            def __init__(self, other: object) -> None:
                self.other = other

            def makeConnection(self, transport: object) -> None:  # noqa: N802
                self.transport = cast("Transport", transport)

            def connectionMade(self) -> None:
                pass

            def dataReceived(self, data: bytes) -> None:
                self.transport.protocol = self.other

            def connectionLost(self, reason: Failure = connectionDone) -> None:
                pass

        other = Strong(None)
        protocol = Strong(other)
        connected(self, protocol)
        protocol.dataReceived(b"")
        other.connectionLost()
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")

    def test_unseen(self) -> None:
        """
        Where it is replaced by somebody else, the action ends once the protocol is gone.
        """
        protocol = Talking()
        connection().follow(protocol)
        transport = Transport()
        transport.protocol = protocol
        protocol.makeConnection(transport)
        gone = weakref.ref(protocol)
        transport.protocol = Talking()
        del protocol
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")
        self.assertIn("gone", str(self.messages[-1]["reason"]))

    def test_forgotten(self) -> None:
        """
        Nothing of a connection that has ended is kept.
        """
        protocol = Talking()
        connected(self, protocol)
        protocol.connectionLost()
        gone = weakref.ref(protocol)
        before = len(self.messages)
        del protocol
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(len(self.messages), before)


#: What may happen to a connection: the method, by the name of what it logs.
METHODS = {
    "received": "dataReceived",
    "shaken": "handshakeCompleted",
    "half": "readConnectionLost",
    "waited": "timeoutConnection",
}


class ManyTests(SynchronousTestCase):
    """
    Many connections at the same time.
    """

    @given(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(sorted(METHODS)), st.booleans())),
    )
    def test_apart(self, happens: list[tuple[int, str, bool]]) -> None:
        """
        What happens in each is inside its own action, whatever is current; and that is current
        afterwards.
        """
        messages = record(self)
        protocols = [Talking() for _ in range(4)]
        for each in protocols:
            connected(self, each)
        around = start_action(action_type="around")
        for number, name, inside in happens:
            protocol = protocols[number]
            known = connection_action(protocol)
            assert known is not None
            before = len(messages)
            with around.context() if inside else nullcontext():
                getattr(protocol, METHODS[name])(*([b"x"] if name == "received" else []))
                self.assertIs(current_action(), around if inside else None)
            (message,) = messages[before:]
            self.assertEqual(message["message_type"], name)
            self.assertEqual(message["task_uuid"], known.task_uuid)
        for each in protocols:
            each.connectionLost()
        self.assertEqual(len(of_type(messages, "c")), 8)
        for each in protocols:
            action = connection_action(each)
            assert action is not None
            levels = [
                level_of(message)
                for message in messages
                if message["task_uuid"] == action.task_uuid
            ]
            self.assertEqual(levels, [[n + 1] for n in range(len(levels))])


class CallInConnectionTests(SynchronousTestCase):
    """
    Something else happens inside a connection.
    """

    def test_inside(self) -> None:
        """
        A function is called inside the action.
        """
        messages = record(self)
        protocol = Talking()
        connected(self, protocol)
        call_in_connection(protocol, log_message, "m")
        self.assertEqual(messages[-1]["task_uuid"], messages[0]["task_uuid"])

    def test_none(self) -> None:
        """
        Where there is none, it is called all the same.
        """
        messages = record(self)
        call_in_connection(Protocol(), log_message, "m")
        self.assertEqual(messages[-1]["message_type"], "m")

    def test_odd(self) -> None:
        """
        What is no protocol has no connection, whatever it does.
        """

        class Odd:
            def __getattr__(self, name: str) -> object:
                raise ZeroDivisionError

        for value in (Odd(), None, 1):
            self.assertIsNone(connection_action(value))
