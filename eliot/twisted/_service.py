"""
The service that owns a program's destinations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar, cast

from twisted.application.service import IService, MultiService, Service
from twisted.internet.defer import Deferred, DeferredList, succeed

from eliot._destinations import add_global_fields, all_destinations
from eliot._fields import reserved_among
from eliot._interfaces import Destination
from eliot.twisted._attachment import Attachment
from eliot.twisted._describe import Described, check_places, describe
from eliot.twisted._last_words import last_words_will_come
from eliot.twisted._lifetime import RootLifetime
from eliot.twisted._observer import is_attached, log_observer
from eliot.twisted._output import CapturedOutput
from eliot.twisted._parser import Surroundings
from eliot.twisted._reactor import ILoggingReactor, Reactor
from eliot.twisted._signals import SignalHandlers
from eliot.twisted._twisted_log import TwistedLogService
from eliot.twisted._writer import ThreadedWriter

_Service = TypeVar("_Service", bound=Service)


class LoggingService(MultiService):
    """
    The root of a program's destinations: they are its children, and come and
    go with it.

    Give it to the application before the other services, so that it starts
    before them.  When the reactor shuts down, the other services may still
    log, and so may Twisted itself; so the destinations stay where they are
    then, and stopping only waits until what has been logged is written.  What
    comes after the reactor is written by whoever logs it, at once.

    ::

        LoggingService(
            reactor,
            ["file:/var/log/app.json:rotate=100MB:keep=10"],
            fields={"program": "app"},
            root_action="app:run",
            twisted_log=True,
            reopen_on=[signal.SIGHUP],
        ).setServiceParent(application)

    :param reactor: the reactor of the program.
    :param destinations: what :meth:`add_destination` takes.
    :param fields: fields that each message gets from now on, see
        :func:`eliot.add_global_fields`.
    :param root_action: the type of a root action (see
        :func:`eliot.start_root_action`) that is started now, and lasts until the
        service is stopped, or until Twisted's last words where the reactor is: also
        if the process becomes a daemon meanwhile.
    :param twisted_log: whether what Twisted logs, while this service runs, becomes
        messages, see :func:`log_observer`; or the :class:`TwistedLogService` that says what
        of it, which is started and stopped with this one.
    :param capture_output: whether what is printed becomes messages, likewise; or the
        :class:`CapturedOutput` that says which stream.  It goes on while the reactor
        shuts down, and after that.
    :param reopen_on: signals at which all files are opened anew, such as
        ``signal.SIGHUP`` for ``logrotate``.  The handlers are installed when the service
        starts, and call those that were there before.
    :raises DescriptionError: if a description is wrong.
    :raises TypeError: if something else is given as a destination.
    :raises ValueError: if a field is the framework's own, or a signal cannot be used.
    :raises RuntimeError: if there is a root action already.
    """

    def __init__(
        self,
        reactor: Reactor,
        destinations: Iterable[str | Destination | IService] = (),
        *,
        fields: Mapping[str, object] | None = None,
        root_action: str | None = None,
        twisted_log: bool | TwistedLogService = False,
        capture_output: bool | CapturedOutput = False,
        reopen_on: Iterable[int] = (),
    ) -> None:
        MultiService.__init__(self)
        self._reactor = cast("ILoggingReactor", reactor)
        self._shutting_down = False
        self._triggers: list[object] = []
        self._described: list[Described] = []
        self._signals = SignalHandlers(reopen_on, self.reopen)
        self._twisted_log = _given(twisted_log, TwistedLogService)
        self._output = _given(capture_output, CapturedOutput)
        self._awaits_last_words = False
        # All that may be refused comes before what cannot be undone.
        own = reserved_among(fields or ())
        if own:
            raise ValueError(f"These fields are the framework's own: {', '.join(own)}.")
        for each in destinations:
            self.add_destination(each)
        self._root = None if root_action is None else RootLifetime(root_action, fields or {})
        if fields:
            add_global_fields(**fields)

    def add_destination(self, destination: str | Destination | IService) -> None:
        """
        Add a destination, at once if this service is running.

        :raises DescriptionError: if it is a wrong description, or two descriptions
            have been given for one file.
        :raises TypeError: if it is none of these.
        :param destination: a description, see :func:`destination_from_string`; a
            :class:`ThreadedWriter`, or another service that adds and removes itself; or any
            destination that does not block, which is added and removed here.
        """
        if isinstance(destination, str):
            described = describe(Surroundings(self._reactor), destination)
            check_places([*self._described, described])
            self._described.append(described)
            destination = described.service
        if not IService.providedBy(destination):
            if not callable(destination):
                raise TypeError(f"Neither a destination nor a service: {destination!r}.")
            destination = Attachment(destination)
        destination.setServiceParent(self)  # type: ignore[no-untyped-call]  # Twisted's

    @property
    def reactor_is_running(self) -> bool:
        """
        Whether the reactor's loop is alive, so that there is something to wait for.
        """
        running: bool = self._reactor.running
        return running

    def reopen(self) -> None:
        """
        Have all files opened anew, which others may have moved away.  May be
        called in any thread, and by a signal's handler.
        """
        for each in _members(self):
            if isinstance(each, ThreadedWriter):
                each.reopen()
            elif isinstance(each, Attachment):
                # Not in the midst of whatever the signal has interrupted.
                self._reactor.callFromThread(_reopen, each)

    def privilegedStartService(self) -> None:
        """
        Have all destinations open what they need the rights of now for.

        :raises OSError: if one cannot; the message begins with what it is about.
        """
        self._begin()
        MultiService.privilegedStartService(self)

    def startService(self) -> None:
        """
        Start all destinations.

        :raises Exception: if one cannot be started; then none is.
        """
        self._begin()
        self._shutting_down = False
        # Triggers run in the order in which they were added, so the first one
        # runs before those that whoever starts services adds to stop them.
        self._triggers = [
            self._reactor.addSystemEventTrigger("before", "shutdown", self._notice_shutdown),
            self._reactor.addSystemEventTrigger("after", "shutdown", self._after_shutdown),
        ]
        try:
            if self._output is not None:
                # Before there are destinations, which may print.
                self._output.startService()
            # All of them get what was logged before.
            with all_destinations.adding_together():
                MultiService.startService(self)
        except BaseException:
            self.stopService()
            raise
        self._signals.install()
        if self._root is not None:
            # Ahead of the writers, who have registered their ends by now.
            self._root.end_at_exit()

    def stopService(self) -> Deferred[None]:
        """
        Stop all destinations; while the reactor shuts down, only wait for
        what has been logged so far.

        :returns: a Deferred that fires with ``None`` when all that is queued
            has been written, or the writers' timeouts have passed.
        """
        if self._shutting_down:
            Service.stopService(self)
            return self._flush()
        triggers, self._triggers = self._triggers, []
        for trigger in triggers:
            self._reactor.removeSystemEventTrigger(trigger)
        self._signals.put_back()
        if self._output is not None:
            self._output.stopService()
        if self._twisted_log is not None:
            self._twisted_log.stopService()
        self._end_root()
        stopped: Deferred[None] = MultiService.stopService(self)
        return stopped.addCallback(lambda _: None)

    def _begin(self) -> None:
        """
        Do what comes before the destinations, if it has not been done.
        """
        if self._root is not None:
            self._root.ensure()
            if not self._awaits_last_words:
                self._awaits_last_words = True
                log_observer().call_after_last_words(self._end_root)
        if self._twisted_log is not None:
            self._twisted_log.startService()

    def _end_root(self) -> None:
        if self._root is not None:
            self._root.end()

    def _notice_shutdown(self) -> None:
        self._shutting_down = True

    def _after_shutdown(self) -> None:
        if self._output is not None:
            self._output.end_lines()
        if not (is_attached() and last_words_will_come()):
            self._end_root()
        self._write_directly()

    def _flush(self) -> Deferred[None]:
        if self._reactor.running:
            flushed = DeferredList([writer.flush() for writer in self._writers()])
            return flushed.addCallback(lambda _: None)
        self._write_directly()
        return succeed(None)

    def _write_directly(self) -> None:
        # Twisted ends some processes by a signal, so this is the last moment
        # at which something can be waited for.
        for writer in self._writers():
            writer.write_directly()

    def _writers(self) -> Iterator[ThreadedWriter]:
        return (each for each in _members(self) if isinstance(each, ThreadedWriter))


def _given(given: bool | _Service, kind: Callable[[], _Service]) -> _Service | None:
    """
    Find the service that was given, or asked for.
    """
    if isinstance(given, Service):
        return given
    return kind() if given else None


def _members(services: MultiService) -> Iterator[object]:
    for each in services:
        if isinstance(each, MultiService):
            yield from _members(each)
        else:
            yield each


def _reopen(attachment: Attachment) -> None:
    try:
        attachment.reopen()
    except Exception as error:
        all_destinations.complain(attachment.destination, error)
