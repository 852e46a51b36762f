"""
Answers to logged requests, and what their bodies are read and made by.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IProtocol, ITransport
from twisted.python.components import proxyForInterface
from twisted.python.failure import Failure
from twisted.web.iweb import IBodyProducer, IResponse
from zope.interface import implementer

from eliot._action import Action
from eliot.twisted._bind import call_within, present_scope
from eliot.twisted._in_action import InAction, within
from eliot.twisted._request_out import RequestOut


class LoggedResponse(proxyForInterface(IResponse)):  # type: ignore[misc]  # made when it runs
    """
    An answer whose body is read inside the action of the request.  All else is what the
    original has.

    The action ends once the body has come.  If this object is gone without anybody
    having begun to read that, it ends then.

    :param original: the answer.
    :param request: what it answers.
    """

    original: IResponse
    setPreviousResponse: Callable[[IResponse], None]  # noqa: N815 (Twisted's names, here and below)

    def __init__(self, original: IResponse, request: RequestOut) -> None:
        self.original = original
        self._request = request

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.original!r} in {self._request.action!r}>"

    def __del__(self) -> None:
        self._request.abandoned()

    def __getattr__(self, name: str) -> object:
        # What this has is found otherwise; before it has that, nobody asks for more.
        if name == "original" or name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.original, name)

    def deliverBody(self, protocol: IProtocol) -> None:  # noqa: N802
        """
        Have a protocol read the body, inside the action.

        :param protocol: what gets it.  That it has ended, it is told after the action has,
            in the context of whoever has called this.
        """
        request = self._request
        if not request.begin_reading():
            self.original.deliverBody(protocol)
            return
        try:
            self.original.deliverBody(BodyReader(protocol, request))
        except BaseException as error:
            request.fail(error)
            raise


@implementer(IProtocol)
class BodyReader:
    """
    Reads a body for somebody else, inside the action of the request.

    :param protocol: who that is.
    :param request: the request.
    """

    __slots__ = ("_around", "_protocol", "_request")

    def __init__(self, protocol: IProtocol, request: RequestOut) -> None:
        self._around = present_scope()
        self._protocol = protocol
        self._request = request

    def makeConnection(self, transport: ITransport) -> None:  # noqa: N802
        """
        The body begins.
        """
        self._request.action.run(self._protocol.makeConnection, transport)

    def connectionMade(self) -> None:
        """
        Nobody calls this but ``makeConnection``, which the other protocol has of its own.
        """

    def dataReceived(self, data: bytes) -> None:
        """
        A part of the body has come.
        """
        self._request.got(data)
        self._request.action.run(self._protocol.dataReceived, data)

    def connectionLost(self, reason: Failure) -> None:
        """
        Nothing more will come.
        """
        # First, since those who wait for this may go on for long before they return.
        self._request.body_ended(reason)
        call_within(self._around, self._protocol.connectionLost, (reason,))


@implementer(IBodyProducer)
class BodyProducer(InAction):
    """
    Makes the body of a request inside its action.

    :param original: what makes it.
    :param action: the action.
    """

    __slots__ = ("_original",)

    def __init__(self, original: IBodyProducer, action: Action) -> None:
        InAction.__init__(self, original, action)
        self._original = original

    @property
    def length(self) -> object:
        """
        How many bytes there will be, if that is known.
        """
        return self._original.length

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:  # noqa: N802
        """
        Begin.
        """
        return within(self._action, self._original.startProducing, consumer)
