"""
Factories of protocols, each of whose connections is an action.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from twisted.internet.interfaces import IAddress, IProtocol, IProtocolFactory
from zope.interface import directlyProvides, implementer, providedBy

from eliot._action import Action
from eliot.twisted._connection import CLEAN, CONNECTION, Connection


@implementer(IProtocolFactory)
class LoggedFactory:
    """
    What :func:`logged_factory` gives: all that the factory has is found here, too.

    :ivar wrapped_factory: the factory.
    :ivar parent: what each connection is a part of.
    """

    def __init__(
        self,
        factory: IProtocolFactory,
        action_type: str,
        parent: Action | None,
        fields: Mapping[str, object],
        clean: tuple[type[BaseException], ...],
    ) -> None:
        self.wrapped_factory = factory
        self._action_type = action_type
        self.parent = parent
        self._fields = fields
        self._clean = clean
        # Such as that it negotiates the protocol of a TLS connection.
        directlyProvides(self, providedBy(factory))

    def __getattr__(self, name: str) -> object:
        if name == "wrapped_factory":
            # Where it is copied, nothing is there yet.
            raise AttributeError(name)
        return getattr(self.wrapped_factory, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.wrapped_factory!r}>"

    def buildProtocol(self, addr: IAddress) -> IProtocol | None:
        """
        Have the factory build a protocol.

        :param addr: the address of the other end.
        :returns: the protocol of the factory itself, or ``None`` if it wants no connection.
        """
        protocol = self.wrapped_factory.buildProtocol(addr)
        if protocol is not None:
            Connection(self._action_type, self.parent, self._fields, self._clean).follow(protocol)
        return protocol

    def doStart(self) -> None:  # noqa: N802 - Twisted's name
        """
        Tell the factory that a port has opened, or that it shall connect.
        """
        self.wrapped_factory.doStart()

    def doStop(self) -> None:  # noqa: N802 - Twisted's name
        """
        Tell the factory that a port was closed, or that it is no longer connecting.
        """
        self.wrapped_factory.doStop()


def logged_factory(
    factory: IProtocolFactory,
    action_type: str = CONNECTION,
    *,
    parent: Action | None = None,
    fields: Mapping[str, object] | None = None,
    clean: Collection[type[BaseException]] = CLEAN,
) -> LoggedFactory:
    """
    Have each connection be an action, from when it is made until it is lost.

    The start message has the fields ``peer`` and ``host``: the addresses of the other end and of
    this one, such as ``192.0.2.1:80`` or ``unix:/run/office``.  The action succeeds if the
    connection was closed cleanly, and its end message has the ``reason``; otherwise it fails.
    Whatever the transport has the protocol do happens inside the action: what it logs there, and
    the actions that it starts.

    The protocol stays the object that the factory has built, and provides what it did, so endpoints
    and services give out no wrapper.  It goes on if TLS is started, or if
    the protocol puts another one in its place.  One whose class has no room for attributes is
    not logged, which an ``eliot:connection_not_followed`` message says.

    Belongs to the reactor's thread.

    :param factory: the factory, of a server or of a client.
    :param action_type: what kind of action a connection is.
    :param parent: what each connection is a part of, such as :func:`~eliot.current_action` where a
        client connects.  Without one each is a task of its own, or a part of the root action of the
        process: whoever listens is not the cause of a connection.
    :param fields: what the start message says, besides.
    :param clean: which reasons are no failures.
    :returns: a factory, to be given to whatever took the other one.
    """
    return LoggedFactory(factory, action_type, parent, dict(fields or {}), tuple(clean))
