"""
Requests of twisted.web that are actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, ParamSpec, TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPullProducer, IPushProducer
from twisted.python.failure import Failure
from twisted.python.reflect import qual
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.resource import IResource
from twisted.web.server import Request
from zope.interface import directlyProvides

from eliot._action import Action
from eliot._context import NOWHERE, scope
from eliot.twisted._answer import Answer, Asked
from eliot.twisted._in_action import InAction, within

_P = ParamSpec("_P")
_T = TypeVar("_T")

_get_scope = scope.get
_set_scope = scope.set
_reset_scope = scope.reset

#: What makes requests: called as Twisted's own class is.
RequestFactory = Callable[..., Request]


class LoggedRequest(Request):
    """
    A request that is an action, made by :func:`logged_class` and :class:`LoggedRequests`.
    """

    # Of the classes that are made from this one.
    _eliot_original: ClassVar[type[Request]]
    _eliot_requests: ClassVar[Requests]

    # Twisted makes copies of a request by its attributes, so there is but one.
    _eliot_answer: Answer | None = None

    def process(self) -> None:
        """
        Begin the action, and process the request in it.
        """
        requests = self._eliot_requests
        before = requests.finishing
        if before is not None and before.finished:
            # This one was sent right behind it, and is processed while that is cleaned up.
            before._eliot_end()
        answer = self._eliot_answer = requests.asked.begin(self)
        try:
            within(answer, self._eliot_original.process, self)
        except BaseException as error:
            answer.cause = error
            raise
        if not self.finished and _is_taken_over(self.channel):
            # Nobody will tell this request of the end of the connection.
            answer.hand_over()

    def render(self, resrc: IResource) -> None:
        """
        Render a resource in the action, whoever asks for it.
        """
        if _get_scope()[0] is self._eliot_answer:
            # As nearly always: so there is less of this in tracebacks.
            self._eliot_original.render(self, resrc)
        else:
            self._eliot_within(self._eliot_original.render, self, resrc)

    def processingFailed(self, reason: Failure) -> Failure:  # noqa: N802 (Twisted's, as below)
        """
        Answer that something has gone wrong, which is why the action will have failed.
        """
        if self._eliot_answer is not None:
            self._eliot_answer.cause = reason
        self._eliot_within(self._eliot_original.processingFailed, self, reason)
        return reason

    def notifyFinish(self) -> Deferred[None]:  # noqa: N802
        """
        Make a Deferred whose callbacks are called in the action.
        """
        finished = self._eliot_original.notifyFinish(self)
        answer = self._eliot_answer
        if answer is None:
            return finished
        told: Deferred[None] = Deferred()
        finished.addCallbacks(
            _pass_on, _pass_on, (answer, told.callback), {}, (answer, told.errback), {}
        )
        return told

    def registerProducer(  # noqa: N802
        self, producer: IPushProducer | IPullProducer, streaming: bool
    ) -> None:
        """
        Have a producer called in the action.
        """
        if self._eliot_answer is not None:
            producer = InAction(producer, self._eliot_answer)
        self._eliot_original.registerProducer(self, producer, streaming)

    def finish(self) -> None:
        """
        Finish the response, and the action with it.
        """
        if self._eliot_answer is None:
            self._eliot_original.finish(self)
            return
        requests = self._eliot_requests
        outer, requests.finishing = requests.finishing, self
        # The connection goes on when the request is over: what is done for it, such as to wait for
        # the next one, does not belong to this one.
        token = _set_scope(NOWHERE)
        try:
            self._eliot_original.finish(self)
        finally:
            _reset_scope(token)
            requests.finishing = outer
            if self.finished:
                self._eliot_end()

    def connectionLost(self, reason: Failure) -> None:
        """
        End the action: nobody waits for the response any more.
        """
        try:
            self._eliot_original.connectionLost(self, reason)
        finally:
            self._eliot_end(reason)

    def getTypeToCopy(self) -> str:  # noqa: N802
        """
        Look to other processes like the class that this was made from, which they know.
        """
        return qual(self._eliot_original)

    def getStateToCopyFor(self, issuer: object) -> dict[str, Any]:  # noqa: N802
        """
        Keep the action in this process.
        """
        state: dict[str, Any] = self._eliot_original.getStateToCopyFor(self, issuer)
        state.pop("_eliot_answer", None)
        return state

    def _eliot_end(self, reason: Failure | None = None) -> None:
        if self._eliot_answer is not None:
            self._eliot_answer.end(self, reason)

    def _eliot_within(
        self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        answer = self._eliot_answer
        if answer is None:
            return function(*args, **kwargs)
        return within(answer, function, *args, **kwargs)


class Requests:
    """
    The requests of one site.

    :param asked: how they are logged.
    :ivar finishing: the one that is being finished just now.
    """

    __slots__ = ("asked", "finishing")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.finishing: LoggedRequest | None = None

    def made_by(self, factory: RequestFactory) -> RequestFactory:
        """
        Have what a factory makes logged.

        :param factory: a class of requests, or what else makes them.
        :returns: the same for a class, a subclass of it.
        """
        cls = _as_class(factory)
        return Factory(factory, self) if cls is None else self.logged_class(cls)

    def logged_class(self, original: type[Request]) -> type[LoggedRequest]:
        """
        Make a class of requests that are actions.

        :param original: what it is a subclass of.
        """
        made = type(
            f"Logged{original.__name__}",
            (LoggedRequest, original),
            {
                "__doc__": original.__doc__,
                "__module__": original.__module__,
                "_eliot_original": original,
                "_eliot_requests": self,
            },
        )
        if _takes_no_queue(original):
            # What a class provides itself, its subclasses do not.
            directlyProvides(made, INonQueuedRequestFactory)
        return made


class Factory:
    """
    What makes requests that are actions.

    :param original: what makes the requests.
    :param requests: those of the site.
    """

    def __init__(self, original: RequestFactory, requests: Requests) -> None:
        self.original = original
        self._requests = requests
        self._classes: dict[type[Request], type[LoggedRequest]] = {}
        if _takes_no_queue(original):
            directlyProvides(self, INonQueuedRequestFactory)

    def __call__(self, *args: object, **kwargs: object) -> Request:
        """
        Make a request.
        """
        request = self.original(*args, **kwargs)
        if not isinstance(cast("object", request), Request):
            # We know nothing of it.
            return request
        cls = type(request)
        made = self._classes.get(cls)
        if made is None:
            made = self._classes[cls] = self._requests.logged_class(cls)
        # Nothing else can be done to one that somebody else has made.
        request.__class__ = made
        return request


def original_of(factory: RequestFactory) -> RequestFactory:
    """
    Find what made requests before they were logged.
    """
    if isinstance(factory, Factory):
        return factory.original
    cls = _as_class(factory)
    if cls is not None and issubclass(cls, LoggedRequest):
        return cls._eliot_original
    return factory


def _as_class(factory: object) -> type[Request] | None:
    return factory if isinstance(factory, type) and issubclass(factory, Request) else None


def _takes_no_queue(factory: object) -> bool:
    return INonQueuedRequestFactory.providedBy(factory)


def _is_taken_over(channel: object) -> bool:
    """
    Tell whether a connection speaks another protocol from now on, such as that of web sockets.

    :param channel: what has read the request; ``None`` if the connection is lost.
    """
    if channel is None:
        return False
    # The first is how Twisted does it, the other how Autobahn does.
    return (
        "connectionLost" in getattr(channel, "__dict__", ())
        or getattr(channel, "transport", channel) is None
    )


def _pass_on(result: object, action: Action, tell: Callable[[Any], None]) -> None:
    within(action, tell, result)
