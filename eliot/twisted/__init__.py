"""
Causal logging for Twisted programs.

Write without ever waiting for a disk: :class:`ThreadedWriter` is a service
that belongs into an Application, alone or as a child of the
:class:`LoggingService` that owns all destinations of a program.

Keep the action across callbacks: :class:`DeferredContext`.  Across ``yield``
and ``await`` it is kept by itself; :func:`inline_callbacks` takes functions of
all kinds.

Have messages in the log that Twisted writes: :class:`TwistedDestination`, and
:func:`redirectLogsForTrial` in tests.
"""

from eliot._public import publish
from eliot.twisted._counts import WriterCounts
from eliot.twisted._deferred import AlreadyFinished, DeferredContext
from eliot.twisted._destination import TwistedDestination
from eliot.twisted._inline import inline_callbacks
from eliot.twisted._service import LoggingService
from eliot.twisted._trial import redirectLogsForTrial
from eliot.twisted._writer import ThreadedWriter

__all__ = [
    # Services
    "LoggingService",
    "ThreadedWriter",
    "WriterCounts",
    # Deferreds
    "AlreadyFinished",
    "DeferredContext",
    "inline_callbacks",
    # Twisted's log
    "TwistedDestination",
    "redirectLogsForTrial",
]

publish(__name__, globals())
