"""
A link checker, which tells the sites that it visits what it is doing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urljoin

from treq.client import HTTPClient
from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList, TimeoutError
from twisted.internet.interfaces import IReactorCore, IReactorTime
from twisted.web.http_headers import Headers

from eliot import Action, start_action, write_failure
from eliot.twisted import DeferredContext
from examples.demo import TASK_ID_HEADER

_PATIENCE: Final = 1.0  # seconds for an answer
_REDIRECTS: Final = 5  # in a row


class BadStatus(Exception):
    """
    The answer is that there is no page to be had.
    """


class TooManyRedirects(Exception):
    """
    The link leads from one to the next, and perhaps round in a circle.
    """


class LinkChecker:
    """
    Finds out which links are broken.

    :param http: what it downloads them with.
    :param clock: what says how long that takes.
    """

    def __init__(self, http: HTTPClient, clock: IReactorTime) -> None:
        self._http = http
        self._clock = clock

    def check_links(self, links: Sequence[str]) -> Deferred[list[str]]:
        """
        Download all links, at the same time.

        :param links: what to download.
        :returns: a Deferred that fires with the broken ones among them.
        """
        with start_action(action_type="checker:check_links", links=links).context() as action:
            downloads = [Deferred.fromCoroutine(self.download(link)) for link in links]
            checked = DeferredContext(DeferredList(downloads, consumeErrors=True))
            return checked.addCallback(_choose_broken, links, action).addActionFinish()

    async def download(self, url: str, redirects: int = _REDIRECTS) -> None:
        """
        Download a page, and those that it redirects to.

        :param url: where it is.
        :param redirects: how many more of them are followed.
        :raises Exception: if that is not possible, for whatever reason.
        """
        with start_action(action_type="checker:download", url=url) as action:
            answer = Deferred.fromCoroutine(self._get(url, action))
            location = await answer.addTimeout(_PATIENCE, self._clock, _give_up)
            if location is not None:
                if not redirects:
                    raise TooManyRedirects(f"more than {_REDIRECTS}")
                await self.download(urljoin(url, location), redirects - 1)

    async def _get(self, url: str, action: Action) -> str | None:
        headers = Headers({TASK_ID_HEADER: [action.serialize_task_id()]})
        # Redirects are followed here: the id is good for one request, and treq would send it again.
        response = await self._http.get(url, headers=headers, allow_redirects=False)
        await response.content()
        if response.code >= 400:
            raise BadStatus(f"{response.code} {response.phrase.decode('ascii')}")
        locations = response.headers.getRawHeaders("Location")
        return locations[0] if locations and response.code >= 300 else None


def _choose_broken(
    outcomes: list[tuple[bool, None]], links: Sequence[str], action: Action
) -> list[str]:
    broken = [link for link, (good, _) in zip(links, outcomes, strict=True) if not good]
    action.add_success_fields(broken=broken)
    return broken


def _give_up(result: object, seconds: float) -> None:
    raise TimeoutError(f"no answer within {seconds:g} s")


class CheckOnce(Service):
    """
    Checks links when it starts, and then stops the reactor.

    :param checker: what checks them.
    :param links: what to check.
    :param reactor: what is stopped.
    """

    def __init__(self, checker: LinkChecker, links: Sequence[str], reactor: IReactorCore) -> None:
        self._checker = checker
        self._links = links
        self._reactor = reactor

    def startService(self) -> None:
        """
        Check the links as soon as the reactor runs.
        """
        Service.startService(self)
        self._reactor.callWhenRunning(self._check)

    def _check(self) -> None:
        checked = self._checker.check_links(self._links)
        checked.addErrback(write_failure)
        checked.addCallback(lambda _: self._reactor.stop())
