"""
Requests by Twisted's agents, as actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse
from zope.interface import implementer

from eliot.twisted._bind import present_scope
from eliot.twisted._kept import fire
from eliot.twisted._request_out import REQUEST, RequestOptions, RequestOut
from eliot.twisted._response import BodyProducer, LoggedResponse


@implementer(IAgent)
class LoggedAgent:
    """
    An agent each of whose requests is an action inside the current one, of the type
    ``eliot:http_request``.

    It starts with the fields ``method`` and ``url``, which is without user, password, query
    and fragment, and ends when the answer's body has been read, with ``status``, the
    number of ``bytes`` that were read, and ``eliot:duration``.  Who reads the body, and who makes
    that of the request, does it inside the action.  It fails if there is no answer, or
    not the whole of it; any status is a success.  If nobody reads the body,
    it ends once the answer is dropped; if that redirects, at once.

    The other side is told where the task goes on, by the headers ``X-Eliot-Task-Id`` and
    ``traceparent``.  If its answer does not say that it went on there, a message of the
    type ``eliot:not_continued`` stands in that place.

    An agent that follows redirects, or tries again, belongs around this one: then each
    of its requests is an action, with an identifier of its own.  What all of them are
    together can be one more action, by another one of these around that.

    What waits for the answer runs in the action that was current where the request was
    made, and what waits for the end of the body in that where somebody began to read it.

    ::

        agent = RedirectAgent(LoggedAgent(Agent(reactor)))

    :param agent: what makes the requests.
    :param action_type: what kind of action they are.
    :param query: whether to log the queries of addresses.
    :param headers: the names of those headers of requests that are to be logged.
    :param propagate: whether to send the two headers; or a function that is asked
        that for each request, with the field ``url``.
    :param shared: whether what is sent is good for any number of those who read it, as
        where something inside sends a request several times.  Each request logs a further
        action then.
    """

    def __init__(
        self,
        agent: IAgent,
        *,
        action_type: str = REQUEST,
        query: bool = False,
        headers: Iterable[str] = (),
        propagate: bool | Callable[[str], bool] = True,
        shared: bool = False,
    ) -> None:
        self._agent = agent
        self._options = RequestOptions(action_type, query, tuple(headers), propagate, shared)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._agent!r}>"

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803 (Twisted's name)
    ) -> Deferred[IResponse]:
        """
        Make a request; see :meth:`twisted.web.iweb.IAgent.request`.

        :param method: its method.
        :param uri: its address.
        :param headers: its headers; the two that tell of the task are replaced in a copy.
        :param bodyProducer: what makes its body.
        :returns: a Deferred that fires with the answer.
        :raises Exception: what the other agent raises; the action has failed then.
        """
        request = RequestOut(method, uri, headers, self._options)
        action = request.action
        if bodyProducer is not None:
            bodyProducer = BodyProducer(bodyProducer, action)  # noqa: N806
        try:
            waiting = action.run(self._agent.request, method, uri, request.headers, bodyProducer)
        except BaseException as error:
            request.fail(error, unsent=True)
            raise
        # What the other agent gives fires in the context of a connection.
        answer: Deferred[IResponse] = Deferred(lambda _: waiting.cancel())
        # What has failed by now has not been sent.
        waiting.addCallbacks(_answered, _failed, (request,), {}, (request, waiting.called))
        waiting.addBoth(fire, present_scope(), answer)
        return answer


def _answered(response: IResponse, request: RequestOut) -> IResponse:
    request.answered(response)
    return LoggedResponse(response, request)


def _failed(reason: Failure, request: RequestOut, at_once: bool) -> Failure:
    request.fail(reason, unsent=at_once)
    return reason
