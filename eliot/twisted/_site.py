"""
Sites of twisted.web whose requests are actions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from functools import wraps
from inspect import iscoroutine, iscoroutinefunction
from typing import Any, ParamSpec, TypeVar, cast

from twisted.python import log
from twisted.python.failure import Failure
from twisted.web.http import HTTPFactory, combinedLogFormatter
from twisted.web.iweb import IAccessLogFormatter
from twisted.web.resource import IResource
from twisted.web.server import Request, Site
from zope.interface import provider

from eliot._action import Action
from eliot.twisted._answer import ANSWER, Answer, Asked
from eliot.twisted._in_action import within
from eliot.twisted._logged_request import LoggedRequest, Requests, original_of
from eliot.twisted._trust import Trust

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Site = TypeVar("_Site", bound=Site)


def log_requests(
    site: _Site,
    *,
    trusted: Trust[Request] = False,
    action_type: str = ANSWER,
    query: bool = False,
    headers: Collection[str] = (),
    incident_id: bool = True,
) -> _Site:
    """
    Have each request to a site be an action, from the time when all of it has come to the end of
    the response.

    The start message has the fields ``method``, ``path`` and ``peer``; the end message ``status``,
    if anything was sent, ``bytes``, those of the body that were sent, and ``eliot:duration``.
    The action fails with what a resource has raised, with the reason if the connection is lost
    before, and with :exc:`ErrorStatus` if the status is 500 or above without either.

    The action is the current one in resources, in the callbacks of ``notifyFinish()``, and in
    producers.  It is a task of its own, unless the caller is trusted.  What the site would write to
    Twisted's own log for each request, it does not, since the action says it; a log file of its own
    it keeps.

    :param site: the site.  Connections that are made from now on are logged.  It may be called
        again for the same one, which replaces what was said before.
    :param trusted: whether the header ``X-Eliot-Task-Id`` is believed, in which case the action is
        at that place in the caller's task; or a function that is given the request, and says
        so.  Otherwise the action is a new task, and what came is in its fields ``remote_task_id``,
        or ``trace_id`` and ``parent_id`` if there was the header ``traceparent`` only.
    :param action_type: what kind of action a request is.
    :param query: whether the query of the URL is logged, as ``query``.
    :param headers: the names of the headers of the request that are logged, as ``headers``.
    :param incident_id: whether the header ``X-Eliot-Task-Id`` of the response says where
        the action is found, see :func:`incident_id`.  A caller that is trusted is always told.
    :returns: the site.
    """
    asked = Asked(trusted, action_type, query, tuple(headers), incident_id)
    requests = Requests(asked)
    factory = requests.made_by(original_of(site.requestFactory))
    site.requestFactory = cast("type[Request]", factory)
    if type(site).log is HTTPFactory.log:
        # Instead of the method, which a site that is given to us cannot have redefined.
        vars(site)["log"] = _log_in_file(site)
    return site


def _log_in_file(site: Site) -> Callable[[Request], None]:
    def write_line(request: Request) -> None:
        if getattr(site, "logFile", None) is log.logfile:
            # The action says the same.
            return
        answer = _answer_of(request)
        if answer is None:
            HTTPFactory.log(site, request)
        else:
            within(answer, HTTPFactory.log, site, request)

    return write_line


class LoggedSite(Site):
    """
    A site of which each request is an action, see :func:`log_requests`, whose parameters it takes
    beside those of :class:`twisted.web.server.Site`.

    ::

        endpoint.listen(LoggedSite(root))

    :param resource: the root of the site.
    :param requestFactory: what makes requests; Twisted's own class for ``None``.
    """

    def __init__(
        self,
        resource: IResource,
        requestFactory: Callable[..., Request] | None = None,  # noqa: N803 (Twisted's name)
        *args: object,
        trusted: Trust[Request] = False,
        action_type: str = ANSWER,
        query: bool = False,
        headers: Collection[str] = (),
        incident_id: bool = True,
        **kwargs: object,
    ) -> None:
        Site.__init__(self, resource, requestFactory, *args, **kwargs)
        log_requests(
            self,
            trusted=trusted,
            action_type=action_type,
            query=query,
            headers=headers,
            incident_id=incident_id,
        )


def request_action(request: object) -> Action | None:
    """
    Find the action of a request.

    :param request: what a resource or a handler was given.
    :returns: the action, which may have ended; ``None`` if the request is not logged.
    """
    return _answer_of(request)


def incident_id(request: object) -> str | None:
    """
    Name the place of a request's action, for somebody to be told who will ask what went wrong:
    ``<task_uuid>@/<level>``.  ``eliot tree --task-uuid`` takes what comes before ``@``.

    :param request: what a resource or a handler was given.
    :returns: ASCII; ``None`` if the request is not logged.
    """
    answer = _answer_of(request)
    return None if answer is None else answer.incident_id


def _answer_of(request: object) -> Answer | None:
    return request._eliot_answer if isinstance(request, LoggedRequest) else None


def in_request(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """
    Have a function that is given a request run in the action of that.

    Resources, and the handlers of routes, do so anyhow.  What is called later, by whoever fires a
    Deferred, does not: such as what handles errors in Klein::

        @app.handle_errors(NoSuchFerry)
        @in_request
        def no_such_ferry(request, failure):
            ...

    If that is given a failure, too, and answers with a status of 500 or above, the action fails
    with it; with any other status it has succeeded.

    :param function: a function, method, or coroutine function.  The request is the
        first of its arguments that is one.
    :returns: the same, to be called in the same way.
    """
    if iscoroutinefunction(function):

        @wraps(function)
        async def run(*args: _P.args, **kwargs: _P.kwargs) -> object:
            return await _enter(_answer_among(args, kwargs), function(*args, **kwargs))

        return run  # type: ignore[return-value]  # a coroutine function as well

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        answer = _answer_among(args, kwargs)
        if answer is None:
            return function(*args, **kwargs)
        result = within(answer, function, *args, **kwargs)
        if iscoroutine(result):
            return _enter(answer, result)  # type: ignore[return-value]  # a coroutine as well
        return result

    return call


def _answer_among(args: tuple[object, ...], kwargs: dict[str, object]) -> Answer | None:
    answer = failure = None
    for each in (*args, *kwargs.values()):
        if answer is None:
            answer = _answer_of(each)
        if isinstance(each, Failure):
            failure = each
    if answer is not None and failure is not None:
        answer.suspect = failure
    return answer


async def _enter(action: Action | None, work: Coroutine[Any, Any, _R]) -> _R:
    if action is None:
        return await work
    with action.context():
        return await work


@provider(IAccessLogFormatter)
def access_log_formatter(timestamp: str, request: Request) -> str:
    """
    Write the line of a request for an access log in text.

    It is in the "combined" format, which is Twisted's default, with the incident id behind it::

        LoggedSite(root, logPath="access.log", logFormatter=access_log_formatter)

    :param timestamp: when that was.
    :param request: the request.
    :returns: the line, without its end.
    """
    line: str = combinedLogFormatter(timestamp, request)
    return f'{line} "{incident_id(request) or "-"}"'
