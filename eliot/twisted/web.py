"""
Requests to sites of twisted.web, each of which is an action.

A :class:`LoggedSite`, or any other that was given to :func:`log_requests`, logs each request
with its method, path, status and duration, inside the caller's task if the caller is trusted.
Resources of all kinds are served as they are, and so are applications of Klein::

    LoggedSite(app.resource())
"""

from eliot._public import publish
from eliot.twisted._answer import ErrorStatus
from eliot.twisted._site import (
    LoggedSite,
    access_log_formatter,
    in_request,
    incident_id,
    log_requests,
    request_action,
)

__all__ = [
    "ErrorStatus",
    "LoggedSite",
    "access_log_formatter",
    "in_request",
    "incident_id",
    "log_requests",
    "request_action",
]

publish(__name__, globals())
