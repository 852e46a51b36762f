"""
Answers to logged requests, and what their bodies are read and made by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IProtocol, ITransport
from twisted.python.failure import Failure
from twisted.web.iweb import IBodyProducer, IResponse
from zope.interface import implementer

from eliot._action import Action
from eliot.twisted._request_out import RequestOut

if TYPE_CHECKING:
    from twisted.web.http_headers import Headers
    from twisted.web.iweb import IClientRequest


@implementer(IResponse)
class LoggedResponse:
    """
    An answer whose body is read inside the action of the request.  All else is what the
    original has.

    The action ends once the body has been read.  If this object is gone without
    that having begun, it ends then.

    :param original: the answer.
    :param request: what it answers.
    """

    def __init__(self, original: IResponse, request: RequestOut) -> None:
        self._original = original
        self._request = request

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._original!r} in {self._request.action!r}>"

    def __del__(self) -> None:
        self._request.abandoned()

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._original, name)

    @property
    def version(self) -> tuple[bytes, int, int]:
        """
        The protocol and its version.
        """
        return cast("tuple[bytes, int, int]", self._original.version)

    @property
    def code(self) -> int:
        """
        The status.
        """
        return cast("int", self._original.code)

    @property
    def phrase(self) -> bytes:
        """
        The status in words.
        """
        return cast("bytes", self._original.phrase)

    @property
    def headers(self) -> Headers:
        """
        The headers.
        """
        return cast("Headers", self._original.headers)

    @property
    def length(self) -> object:
        """
        How many bytes the body has, if that is known.
        """
        return self._original.length

    @property
    def request(self) -> IClientRequest:
        """
        What was sent.
        """
        return cast("IClientRequest", self._original.request)

    @property
    def previousResponse(self) -> IResponse | None:  # noqa: N802 (Twisted's names, here and below)
        """
        The answer that has led to this one by a redirect, if there is one.
        """
        return cast("IResponse | None", self._original.previousResponse)

    def setPreviousResponse(self, response: IResponse) -> None:  # noqa: N802
        """
        Set that.
        """
        self._original.setPreviousResponse(response)

    def deliverBody(self, protocol: IProtocol) -> None:  # noqa: N802
        """
        Have a protocol read the body, inside the action.

        :param protocol: what gets it.
        """
        request = self._request
        if not request.begin_reading():
            self._original.deliverBody(protocol)
            return
        try:
            self._original.deliverBody(BodyReader(protocol, request))
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

    __slots__ = ("_protocol", "_request")

    def __init__(self, protocol: IProtocol, request: RequestOut) -> None:
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
        try:
            self._request.action.run(self._protocol.connectionLost, reason)
        except BaseException as error:
            self._request.fail(error)
            raise
        self._request.body_ended(reason)


@implementer(IBodyProducer)
class BodyProducer:
    """
    Makes the body of a request inside its action.

    :param original: what makes it.
    :param action: the action.
    """

    __slots__ = ("_action", "_original")

    def __init__(self, original: IBodyProducer, action: Action) -> None:
        self._original = original
        self._action = action

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
        return self._action.run(self._original.startProducing, consumer)

    def pauseProducing(self) -> None:  # noqa: N802
        """
        Wait.
        """
        self._action.run(self._original.pauseProducing)

    def resumeProducing(self) -> None:  # noqa: N802
        """
        Go on.
        """
        self._action.run(self._original.resumeProducing)

    def stopProducing(self) -> None:  # noqa: N802
        """
        Stop, for good.
        """
        self._action.run(self._original.stopProducing)
