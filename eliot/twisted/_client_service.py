"""
A service that stays connected, and logs how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from twisted.application import internet
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import (
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from eliot._action import Action
from eliot._context import NOWHERE, scope
from eliot._start import begin
from eliot._text import qualified_name, safe_repr
from eliot.twisted._connection import CONNECTION, call_in_connection
from eliot.twisted._factory import LoggedFactory, logged_factory
from eliot.twisted._kept import keep

_T = TypeVar("_T")

#: The type of the action that an attempt to connect is.
CONNECT: Final = "eliot:connect"


class ClientService(internet.ClientService):
    """
    Twisted's service that keeps a client connected, which logs how it does.

    Each attempt to connect is an action of the type ``eliot:connect``, with the fields
    ``endpoint`` and ``attempt``, the number of the attempt since it was connected the last time.
    It lasts until ``prepareConnection`` is done.  The connection is a part of it, as by
    :func:`logged_factory`, and ``prepareConnection`` runs in that.  Attempts are outside of all
    other actions: whoever has started the service, or was waiting, is not the cause of them all.

    Those who wait for :meth:`whenConnected` go on in their own actions.

    Parameters up to ``prepareConnection`` are those of
    :class:`twisted.application.internet.ClientService`.  Belongs to the reactor's thread.

    :param connection_type: what kind of action a connection is.
    :param fields: what the start messages of attempts say, besides.
    """

    def __init__(
        self,
        endpoint: IStreamClientEndpoint,
        factory: IProtocolFactory,
        retryPolicy: Callable[[int], float] | None = None,  # noqa: N803 (Twisted's names)
        clock: IReactorTime | None = None,
        prepareConnection: Callable[[IProtocol], object] | None = None,  # noqa: N803
        *,
        connection_type: str = CONNECTION,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        logged = logged_factory(factory, connection_type)
        attempts = _Attempts(endpoint, logged, prepareConnection, fields or {})
        super().__init__(attempts, logged, retryPolicy, clock, attempts.prepare)

    def whenConnected(  # noqa: N802 - Twisted's name
        self,
        failAfterFailures: int | None = None,  # noqa: N803 - likewise
    ) -> Deferred[IProtocol]:
        """
        Wait until there is a connection, in the action that is current now.

        :param failAfterFailures: after how many failed attempts not to wait any longer;
            ``None`` for never.
        :returns: a Deferred of the protocol, the one that the factory has built.
        """
        return keep(super().whenConnected(failAfterFailures))


@implementer(IStreamClientEndpoint)
class _Attempts:
    """
    An endpoint of which each attempt to connect is an action.  There is one at a time.

    :param endpoint: the endpoint.
    :param factory: what builds the protocols, somewhere below what the endpoint is given.
    :param prepare: what is done with a new connection.
    :param fields: what the start messages say, besides.
    """

    def __init__(
        self,
        endpoint: IStreamClientEndpoint,
        factory: LoggedFactory,
        prepare: Callable[[IProtocol], object] | None,
        fields: Mapping[str, object],
    ) -> None:
        self._endpoint = endpoint
        self._factory = factory
        self._prepare = prepare
        self._fields = {"endpoint": _describe(endpoint), **fields}
        self._failed = 0
        self._action: Action

    def __repr__(self) -> str:
        return repr(self._endpoint)

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:  # noqa: N803
        """
        Begin an attempt.
        """
        token = scope.set(NOWHERE)
        try:
            self._action = begin(None, CONNECT, {**self._fields, "attempt": self._failed + 1})
            self._factory.parent = self._action
            scope.set((self._action, NOWHERE))
            return maybeDeferred(self._endpoint.connect, protocolFactory).addErrback(self._fail)
        finally:
            scope.reset(token)

    def prepare(self, protocol: IProtocol) -> Deferred[object]:
        """
        Do what is to be done with a new connection; then the attempt has succeeded.
        """
        prepare = self._prepare
        prepared: Deferred[object] = (
            maybeDeferred(lambda: None)
            if prepare is None
            else maybeDeferred(call_in_connection, protocol, prepare, protocol)
        )
        return prepared.addCallbacks(self._succeed, self._fail)

    def _succeed(self, result: _T) -> _T:
        self._failed = 0
        self._end(None)
        return result

    def _fail(self, failure: Failure) -> Failure:
        self._failed += 1
        self._end(failure)
        return failure

    def _end(self, reason: Failure | None) -> None:
        self._factory.parent = None
        self._action.finish(reason)


def _describe(endpoint: IStreamClientEndpoint) -> str:
    if type(endpoint).__repr__ is object.__repr__:
        # Where it is in memory tells nobody anything.
        return qualified_name(type(endpoint))
    return safe_repr(endpoint)
