"""
HTTP requests as actions, which the other side goes on with: :class:`LoggedAgent`
for Twisted's agents, :class:`LoggedHTTPClient` for treq.
"""

from eliot._public import publish
from eliot.twisted._agent import LoggedAgent
from eliot.twisted._http_client import LoggedHTTPClient

__all__ = ["LoggedAgent", "LoggedHTTPClient"]

publish(__name__, globals())
