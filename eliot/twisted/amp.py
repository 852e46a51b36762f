"""
Actions that go on at the other side of a connection that speaks AMP.

Give a command an argument that is a :class:`TaskId`, call it by :func:`call_remote`, and decorate
its responder with :func:`logged_responder`: then what is done there is a part of what was going
on here.
"""

from eliot._public import publish
from eliot.twisted._amp_argument import TaskId
from eliot.twisted._amp_call import call_remote
from eliot.twisted._amp_responder import logged_responder

__all__ = ["TaskId", "call_remote", "logged_responder"]

publish(__name__, globals())
