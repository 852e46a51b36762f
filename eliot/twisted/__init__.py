"""
Causal logging for Twisted programs.

Say where a program's messages go: :class:`LoggingService` owns all
destinations, which it makes from descriptions such as
``file:/var/log/app.json:rotate=100MB``.  It belongs into an Application;
:class:`LoggingOptions` gives plug-ins of ``twistd`` and ``twist`` options for it, and
:func:`start_logging` starts one anywhere else.  Others add kinds of destinations
by :class:`IDestinationParser`.

Write without ever waiting for a disk: :class:`ThreadedWriter`.

Notice when the reactor is blocked: :class:`ReactorMonitor`.

Keep the action across callbacks: :class:`DeferredContext`.  Across ``yield``
and ``await`` it is kept by itself; :func:`inline_callbacks` takes functions of
all kinds.  Across timers, loops, threads and locks: :func:`call_later`,
:class:`LoopingCall`, :func:`defer_to_thread`, :class:`DeferredLock` and others, which do
what Twisted's of the same names do; across anything else: :func:`bind`.

Have each connection be an action: :func:`logged_factory`, :class:`ClientService`; and
the start and stop of services: :class:`LoggedService`, :func:`log_service`.

Use Twisted's reactor for asyncio without actions that leak:
:func:`install_asyncio_reactor`.

Make requests as actions, and answer them, also across a network: by HTTP with
:mod:`eliot.twisted.client` and :mod:`eliot.twisted.web`, by AMP with :mod:`eliot.twisted.amp`.

Start child processes whose logs become a part of this one's: :func:`spawn_logged`.

Have messages in the log that Twisted writes: :class:`TwistedDestination`, and
:func:`redirectLogsForTrial` in tests.  Have what Twisted logs, and what is printed, among
the messages: :class:`TwistedLogService`, :class:`CapturedOutput`.
"""

from eliot._public import publish
from eliot.twisted._bind import bind
from eliot.twisted._child import LoggedProcess, spawn_logged
from eliot.twisted._client_service import ClientService
from eliot.twisted._connection import connection_action
from eliot.twisted._cooperating import Cooperator, cooperate
from eliot.twisted._counts import WriterCounts
from eliot.twisted._deferred import AlreadyFinished, DeferredContext
from eliot.twisted._describe import destination_from_string
from eliot.twisted._destination import TwistedDestination
from eliot.twisted._event_loop import install_asyncio_reactor
from eliot.twisted._factory import LoggedFactory, logged_factory
from eliot.twisted._grammar import DescriptionError, quote_argument
from eliot.twisted._hosts import start_logging
from eliot.twisted._in_threads import (
    blocking_call_from_thread,
    call_from_thread,
    call_in_thread,
    defer_to_thread,
    defer_to_thread_pool,
)
from eliot.twisted._inline import inline_callbacks
from eliot.twisted._logged_service import LoggedService, log_service
from eliot.twisted._looping import LoopingCall
from eliot.twisted._monitor import ReactorMonitor
from eliot.twisted._observer import log_observer
from eliot.twisted._options import LoggingOptions
from eliot.twisted._output import CapturedOutput
from eliot.twisted._parser import IDestinationParser, Surroundings
from eliot.twisted._patch import patch_unhandled_errors, unhandled_errors_are_patched
from eliot.twisted._service import LoggingService
from eliot.twisted._timers import call_later, defer_later
from eliot.twisted._trial import redirectLogsForTrial
from eliot.twisted._twisted_log import TwistedLogService
from eliot.twisted._waiting import (
    DeferredList,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    gather_results,
)
from eliot.twisted._writer import ThreadedWriter

__all__ = [
    # Services
    "LoggingService",
    "ReactorMonitor",
    "ThreadedWriter",
    "WriterCounts",
    "start_logging",
    # Descriptions of destinations
    "DescriptionError",
    "IDestinationParser",
    "LoggingOptions",
    "Surroundings",
    "destination_from_string",
    "quote_argument",
    # Deferreds
    "AlreadyFinished",
    "DeferredContext",
    "inline_callbacks",
    # The action follows the work
    "Cooperator",
    "DeferredList",
    "DeferredLock",
    "DeferredQueue",
    "DeferredSemaphore",
    "LoopingCall",
    "bind",
    "blocking_call_from_thread",
    "call_from_thread",
    "call_in_thread",
    "call_later",
    "cooperate",
    "defer_later",
    "defer_to_thread",
    "defer_to_thread_pool",
    "gather_results",
    # Connections
    "ClientService",
    "LoggedFactory",
    "connection_action",
    "logged_factory",
    # Services of others
    "LoggedService",
    "log_service",
    # asyncio
    "install_asyncio_reactor",
    # Child processes
    "LoggedProcess",
    "spawn_logged",
    # Twisted's log, and what is printed
    "CapturedOutput",
    "TwistedDestination",
    "TwistedLogService",
    "log_observer",
    "patch_unhandled_errors",
    "redirectLogsForTrial",
    "unhandled_errors_are_patched",
]

publish(__name__, globals())
