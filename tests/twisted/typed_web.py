"""
Uses of logged sites as type checkers see them.

This is never run: mypy reads it, and complains of each ``ignore`` that is not needed, so those are
tests of what must not pass.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, assert_type

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import Request, Site

from eliot import Action
from eliot.twisted.web import (
    LoggedSite,
    in_request,
    incident_id,
    log_requests,
    request_action,
)


class OwnSite(Site):
    """A site."""


def is_friend(request: Request) -> bool:
    """Believe."""
    return request.getHeader("Authorization") is not None


assert_type(log_requests(OwnSite(Resource())), OwnSite)
LoggedSite(Resource(), Request, "access.log", trusted=is_friend, headers=["Host"], timeout=5)
LoggedSite(Resource(), trusted="yes")  # type: ignore[arg-type]
log_requests(Resource())  # type: ignore[type-var]


@in_request
def handle(request: Request, failure: Failure) -> str:
    """Handle."""
    assert_type(request_action(request), Action | None)
    assert_type(incident_id(request), str | None)
    return ""


@in_request
async def work(request: Request) -> bytes:
    """Work."""
    return b""


def uses(request: Request, failure: Failure) -> None:
    """Call them."""
    assert_type(handle(request, failure), str)
    working: Coroutine[Any, Any, bytes] = work(request)
    assert_type(Deferred.fromCoroutine(working), Deferred[bytes])
    handle(request)  # type: ignore[call-arg]
