"""
HTTP without a network.
"""

from __future__ import annotations

from treq.client import HTTPClient
from treq.testing import RequestTraversalAgent
from twisted.web.resource import Resource


def client_of(root: Resource) -> HTTPClient:
    """
    Make a client that gets all its answers from one site, in memory.

    :param root: the root of the site.
    """
    return HTTPClient(RequestTraversalAgent(root))  # type: ignore[no-untyped-call]
