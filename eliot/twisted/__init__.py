"""
Causal logging for Twisted programs.

Write without ever waiting for a disk: :class:`ThreadedWriter` is a service
that belongs into an Application, alone or as a child of the
:class:`LoggingService` that owns all destinations of a program.

Keep the action across callbacks: :class:`DeferredContext`.  Across ``yield``
and ``await`` it is kept by itself.
"""

from eliot._public import publish
from eliot.twisted._deferred import AlreadyFinished, DeferredContext
from eliot.twisted._service import LoggingService
from eliot.twisted._writer import ThreadedWriter

__all__ = [
    # Services
    "LoggingService",
    "ThreadedWriter",
    # Deferreds
    "AlreadyFinished",
    "DeferredContext",
]

publish(__name__, globals())
