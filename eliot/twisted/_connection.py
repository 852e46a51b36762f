"""
A connection: what its protocol does happens in one action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from inspect import getattr_static
from types import FunctionType, MethodType
from typing import Final, TypeVar
from weakref import finalize

from twisted.internet.error import ConnectionDone
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import NOWHERE, Scope, scope
from eliot._crossed import is_within, remember
from eliot._message import log_message
from eliot._start import begin
from eliot._text import qualified_name, safe_str
from eliot.twisted._address import describe_address
from eliot.twisted._reclassed import Reclassed

_R = TypeVar("_R")

#: The type of the action that a connection is.
CONNECTION: Final = "eliot:connection"

#: The reasons for which connections end that are as they should be.
CLEAN: Final[tuple[type[BaseException], ...]] = (ConnectionDone,)

_ATTRIBUTE: Final = "_eliot_connection"

# What transports call, and timers of Twisted's own mixin.
_CALLED: Final = (
    "dataReceived",
    "fileDescriptorReceived",
    "handshakeCompleted",
    "pauseProducing",
    "readConnectionLost",
    "resumeProducing",
    "stopProducing",
    "timeoutConnection",
    "writeConnectionLost",
)

# Where transports have their protocol.  One that wraps a transport may show that
# one's protocol as well as its own, so the order matters.
_PLACES: Final = ("wrappedProtocol", "protocol")

_get_scope = scope.get
_set_scope = scope.set
_reset_scope = scope.reset


class Connection:
    """
    What is known of one connection.  Belongs to the reactor's thread.

    :param action_type: what kind of action it is.
    :param parent: what it is a part of; ``None`` for a task of its own.
    :param fields: what the start message says, besides.
    :param clean: the reasons to end that are no failures.
    :ivar action: the action, once there is a connection.
    """

    __slots__ = (
        "_action_type",
        "_clean",
        "_fields",
        "_forget",
        "_parent",
        "_place",
        "_protocol",
        "_scope",
        "_transport",
        "action",
    )

    def __init__(
        self,
        action_type: str,
        parent: Action | None,
        fields: Mapping[str, object],
        clean: tuple[type[BaseException], ...],
    ) -> None:
        self.action: Action | None = None
        self._parent = parent
        self._action_type = action_type
        self._clean = clean
        self._fields = fields
        self._forget: finalize[[Action], object] | None = None
        self._place: str | None = None
        self._protocol: object = None
        self._scope: Scope = NOWHERE
        self._transport: object = None

    def follow(self, protocol: object) -> None:
        """
        Have a protocol that is not connected yet run inside this connection.  Where that is not
        possible, which a message tells, it runs as it would anyway.

        :param protocol: the protocol.
        """
        before = connection_of(protocol)
        if before is not None and before.action is None:
            # Somebody closer to it has said what shall be logged.
            if before._parent is None:
                before._parent = self._parent
        else:
            self._take(protocol)

    # What happens.

    def made(
        self, protocol: object, make: Callable[..., _R], transport: object, /, **kwargs: object
    ) -> _R:
        """
        The connection is there.
        """
        if self.action is None:
            self.action = action = self._begin(transport)
            self._scope = (action, NOWHERE)
            self._transport = transport
            self._see(protocol, action)
        return self.call(protocol, make, transport, **kwargs)

    def call(
        self, protocol: object, function: Callable[..., _R], /, *args: object, **kwargs: object
    ) -> _R:
        """
        Something happens in the connection.
        """
        action = self.action
        if action is None:
            return function(*args, **kwargs)
        here = _get_scope()[0]
        if here is not None and is_within(here, action):
            # The protocol calls itself, maybe from an action further in.
            return function(*args, **kwargs)
        token = _set_scope(self._scope)
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            remember(error, action)
            raise
        finally:
            _reset_scope(token)
            if self._place is not None:
                self._look(self._place, action)

    def lost(
        self,
        protocol: object,
        lose: Callable[..., _R],
        reason: Failure = connectionDone,
    ) -> _R:
        """
        The connection is no more.
        """
        self._place = None
        try:
            return self.call(protocol, lose, reason)
        finally:
            self._end(reason)

    def _begin(self, transport: object) -> Action:
        fields = dict(self._fields)
        for name, method in [("peer", "getPeer"), ("host", "getHost")]:
            # What is no real transport may know neither.
            with suppress(Exception):
                fields[name] = describe_address(getattr(transport, method)())
        parent = self._parent
        # An event loop may have kept the action of whoever listens.
        token = _set_scope(NOWHERE if parent is None else (parent, NOWHERE))
        try:
            return begin(None, self._action_type, fields)
        finally:
            _reset_scope(token)

    def _end(self, reason: object) -> None:
        action = self.action
        if action is None:
            return
        self._protocol = self._transport = None
        if self._forget is not None:
            self._forget.detach()
        if isinstance(reason, Failure) and not reason.check(*self._clean):
            action.finish(reason)
        else:
            action.add_success_fields(reason=safe_str(getattr(reason, "value", reason)))
            action.finish()

    # Who it happens to.

    def _take(self, protocol: object) -> bool:
        try:
            attributes = vars(protocol)
            _followed.reclass(protocol)
            attributes[_ATTRIBUTE] = self
        except Exception as error:
            # Such as one without room for another attribute.
            log_message(
                "eliot:connection_not_followed",
                protocol=qualified_name(type(protocol)),
                reason=safe_str(error),
            )
            return False
        return True

    def _see(self, protocol: object, action: Action) -> None:
        """
        Remember which protocol it is, and where the transport has it.
        """
        transport = self._transport
        self._protocol = protocol
        with suppress(Exception):
            self._place = next(
                (each for each in _PLACES if getattr(transport, each, None) is protocol), None
            )
        # One that was replaced unseen hears nothing of the end.
        with suppress(TypeError):
            self._forget = finalize(protocol, _end_unseen, action)
            self._forget.atexit = False

    def _look(self, place: str, action: Action) -> None:
        """
        See whether the protocol has put another one in its place.
        """
        try:
            now: object = getattr(self._transport, place, None)
            if now is self._protocol or now is None:
                return
            self._place = None
            if getattr(now, "wrappedProtocol", None) is self._protocol:
                # TLS has begun, and stands between the two.
                return
        except Exception:
            # It is not our business what is wrong with them.
            self._place = None
            return
        if self._take(now):
            if self._forget is not None:
                self._forget.detach()
            self._see(now, action)


def connection_of(protocol: object) -> Connection | None:
    """
    Find what is known of a protocol's connection.
    """
    found: object = None
    # A proxy shows what it stands for; it may do so badly.
    with suppress(Exception):
        found = getattr(protocol, _ATTRIBUTE, None)
    return found if isinstance(found, Connection) else None


def connection_action(protocol: object) -> Action | None:
    """
    Find the action of a connection, see :func:`logged_factory`.

    :param protocol: the protocol that the factory has built.
    :returns: the action, which may have ended; ``None`` if there is none, because the protocol has
        never been connected, or is not logged.
    """
    connection = connection_of(protocol)
    return None if connection is None else connection.action


def call_in_connection(protocol: object, function: Callable[..., _R], *args: object) -> _R:
    """
    Call a function inside the action of a connection, if there is one.

    :param protocol: the protocol.
    :returns: what the function returns.
    :raises BaseException: what it raises.
    """
    connection = connection_of(protocol)
    return function(*args) if connection is None else connection.call(protocol, function, *args)


def _end_unseen(action: Action) -> None:
    action.add_success_fields(reason="The protocol is gone: another one may have replaced it.")
    action.finish()


class _Method:
    """
    A method of a protocol, which runs inside the connection.  It may be replaced in an
    object, as some protocols do in their own; what takes its place does so as well.

    :param cls: the class of which the method is.
    :param run: has it run.
    """

    __slots__ = ("_cls", "_name", "_owner", "_run")

    def __init__(self, cls: type, run: Callable[..., object]) -> None:
        self._cls = cls
        self._run = run

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner
        self._name = name

    def __get__(self, protocol: object, owner: type | None = None) -> object:
        if protocol is None:
            return getattr(self._cls, self._name)
        attributes = vars(protocol)
        function = attributes.get(self._name)
        if function is None:
            function = getattr(self._cls, self._name)
            if type(function) is FunctionType:
                # The usual case, sooner than by super().
                function = MethodType(function, protocol)
            else:
                function = getattr(super(self._owner, protocol), self._name)
        return partial(self._run, attributes[_ATTRIBUTE], protocol, function)

    def __set__(self, protocol: object, value: object) -> None:
        inherited = getattr_static(self._cls, self._name)
        if hasattr(type(inherited), "__set__"):
            # Proxies have it set in what they stand for.
            inherited.__set__(protocol, value)
        else:
            vars(protocol)[self._name] = value

    def __delete__(self, protocol: object) -> None:
        inherited = getattr_static(self._cls, self._name)
        if hasattr(type(inherited), "__delete__"):
            inherited.__delete__(protocol)
        elif vars(protocol).pop(self._name, None) is None:
            raise AttributeError(self._name)


def _make(cls: type) -> dict[str, object]:
    methods = {name: _Method(cls, Connection.call) for name in _CALLED if hasattr(cls, name)}
    methods["makeConnection"] = _Method(cls, Connection.made)
    methods["connectionLost"] = _Method(cls, Connection.lost)
    return dict(methods)


_followed = Reclassed(_make)
