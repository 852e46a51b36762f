"""
A small web site, which logs each request as a part of the task that the client works on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from typing import Final, TypeAlias

from twisted.application.service import Service
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IListeningPort, IReactorTCP, IReactorTime
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from eliot import Action, start_action, start_task
from eliot.twisted import DeferredContext
from examples.demo import TASK_ID_HEADER

_REQUEST: Final = "site:request"
_SLOWNESS: Final = 30.0  # seconds; clients have less patience

#: Makes the text of a page; what it raises is answered with status 500.
Content: TypeAlias = Callable[[Request], Coroutine[Deferred[object], object, bytes]]


class Page(Resource):
    """
    A page that logs each request for it.

    :param content: makes its text.
    """

    def __init__(self, content: Content) -> None:
        Resource.__init__(self)
        self._content = content

    def getChild(self, path: bytes, request: Request) -> Resource:
        """
        Below a page there is nothing but the pages that it was given.
        """
        return Page(missing)

    def render_GET(self, request: Request) -> int:
        """
        Answer a request, in an action that ends when the answer is complete.
        """
        with request_action(request).context() as action:
            content = Deferred.fromCoroutine(self._content(request))
            request.notifyFinish().addErrback(_abandon, content, action)
            answer = DeferredContext(content)
            answer.addCallbacks(
                _send, _apologize, callbackArgs=(request, action), errbackArgs=(request,)
            )
            # A failure has been answered and logged by then: nothing is left to do about it.
            answer.addActionFinish().addErrback(lambda failure: None)
        return NOT_DONE_YET


def request_action(request: Request) -> Action:
    """
    Start the action of a request: where the client says, or else a task of its own.

    A header is the word of a stranger: a malformed one costs the client its place in the tree,
    but never an answer.

    :param request: what was asked for.
    """
    path = request.path
    task_id = request.getHeader(TASK_ID_HEADER)
    if task_id is None:
        return start_task(action_type=_REQUEST, path=path)
    try:
        return Action.continue_task(task_id=task_id, action_type=_REQUEST, path=path)
    except ValueError as error:
        return start_task(action_type=_REQUEST, path=path, ignored_task_id=str(error))


def _send(body: bytes, request: Request, action: Action) -> None:
    action.add_success_fields(status=request.code)
    request.setHeader(b"Content-Type", b"text/plain; charset=utf-8")
    request.write(body)
    request.finish()


def _apologize(failure: Failure, request: Request) -> Failure:
    # Whoever has hung up gets no answer.
    if request.channel is not None:
        request.setResponseCode(500)
        request.finish()
    return failure


def _abandon(reason: Failure, content: Deferred[bytes], action: Action) -> None:
    action.log("site:client_left", reason=reason.getErrorMessage())
    content.cancel()


# -- The pages


async def home(request: Request) -> bytes:
    """
    A page that is there.
    """
    return b"Welcome!\n"


async def about(request: Request) -> bytes:
    """
    Another page that is there.
    """
    return b"This site is here to be checked.\n"


async def moved(request: Request) -> bytes:
    """
    A page that is elsewhere now.
    """
    request.redirect(b"/about")
    return b""


async def missing(request: Request) -> bytes:
    """
    A page that is not there.
    """
    request.setResponseCode(404)
    return b"There is no such page.\n"


async def offers(request: Request) -> bytes:
    """
    A page with a bug: somebody forgot that there may be no offers.
    """
    return b"Our prices are %.2f on average.\n" % average([])


def average(prices: list[float]) -> float:
    """
    Work out an average.

    :param prices: at least one number.
    """
    with start_action(action_type="site:average", prices=prices) as action:
        result = sum(prices) / len(prices)
        action.add_success_fields(result=result)
        return result


def all_pages(clock: IReactorTime) -> Resource:
    """
    Put the pages of the site together.

    :param clock: what the slowest of them waits for.
    :returns: the root of the site.
    """

    async def archive(request: Request) -> bytes:
        await deferLater(clock, _SLOWNESS)
        return b"Thank you for waiting.\n"

    root = Page(missing)
    root.putChild(b"", Page(home))
    root.putChild(b"about", Page(about))
    root.putChild(b"info", Page(moved))
    root.putChild(b"offers", Page(offers))
    root.putChild(b"archive", Page(archive))
    return root


class Website(Service):
    """
    A site as a service, on a port that the operating system chooses.

    :param root: the root of the site.
    :param reactor: what listens.
    """

    def __init__(self, root: Resource, reactor: IReactorTCP) -> None:
        self._site = Site(root)
        self._reactor = reactor
        self._port: IListeningPort | None = None

    def startService(self) -> None:
        """
        Listen, and tell whoever has started this process where.
        """
        Service.startService(self)
        self._port = self._reactor.listenTCP(0, self._site, interface="127.0.0.1")  # type: ignore[arg-type]  # of any protocol
        address = self._port.getHost()
        assert isinstance(address, IPv4Address)
        # The standard output that the process was given: twistd has put its log in its place.
        print(f"http://{address.host}:{address.port}", file=sys.__stdout__, flush=True)

    def stopService(self) -> Deferred[None] | None:
        """
        Listen no longer.
        """
        Service.stopService(self)
        port, self._port = self._port, None
        return None if port is None else port.stopListening()
