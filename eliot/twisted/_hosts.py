"""
Logging in programs that are no Applications.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable, Mapping
from typing import cast

from twisted.application.service import IService
from twisted.internet.threads import blockingCallFromThread
from twisted.python import threadable

from eliot._interfaces import Destination
from eliot.twisted._output import CapturedOutput
from eliot.twisted._reactor import ILoggingReactor, Reactor, reactor_of_program
from eliot.twisted._service import LoggingService
from eliot.twisted._twisted_log import TwistedLogService


def start_logging(
    *destinations: str | Destination | IService,
    reactor: Reactor | None = None,
    fields: Mapping[str, object] | None = None,
    root_action: str | None = None,
    twisted_log: bool | TwistedLogService = True,
    capture_output: bool | CapturedOutput = False,
    reopen_on: Iterable[int] = (),
) -> LoggingService:
    """
    Make a :class:`LoggingService`, start it, and have it stopped with the
    reactor, or at the end of the interpreter where no reactor runs.

    It is for :func:`twisted.internet.task.react`, scripts, and programs that
    Scrapy or crochet host::

        from twisted.internet.task import react
        from eliot.twisted import start_logging

        def main(reactor, *arguments):
            start_logging("file:app.json", "stdout:format=console", reactor=reactor)
            ...

        react(main)

    It may be called before the reactor runs, while it does, and where it never
    will.  Where the reactor runs in another thread, as crochet has it, the
    service is made and started in that thread, which this one waits for.

    :param destinations: what :meth:`LoggingService.add_destination` takes.
    :param reactor: the reactor of the program.  Unless it is given, Twisted's
        is imported, which installs the default one if there is none.
    :param fields: as :class:`LoggingService` has it.
    :param root_action: likewise.
    :param twisted_log: likewise, but here it is so unless you say otherwise.
    :param capture_output: likewise, and not unless you say so.
    :param reopen_on: likewise; only where the reactor runs in the main thread.
    :returns: the service, which is running.
    :raises Exception: what :class:`LoggingService` raises, or :class:`OSError`
        if a destination cannot be opened.
    """
    if reactor is None:
        reactor = reactor_of_program()
    whole = cast("ILoggingReactor", reactor)

    def start() -> LoggingService:
        service = LoggingService(
            reactor,
            destinations,
            fields=fields,
            root_action=root_action,
            twisted_log=twisted_log,
            capture_output=capture_output,
            reopen_on=reopen_on,
        )
        try:
            service.privilegedStartService()
            service.startService()
        except BaseException:
            service.stopService()
            raise
        # After its own triggers, by which it knows that it is the reactor that stops.
        whole.addSystemEventTrigger("before", "shutdown", service.stopService)
        # Ahead of the writers, which would be drained then.
        atexit.register(_stop_at_exit, service, whole)
        return service

    # Once a real reactor runs, it is known in which thread.
    thread: int | None = getattr(threadable, "ioThread", None)
    if whole.running and thread is not None and not threadable.isInIOThread():
        return blockingCallFromThread(whole, start)
    return start()


def _stop_at_exit(service: LoggingService, reactor: ILoggingReactor) -> None:
    # Where a reactor still runs, it does so in another thread, and is about to stop.
    if service.running and not reactor.running:
        service.stopService()
