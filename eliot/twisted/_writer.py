"""
Writing in a thread, so that the reactor never waits for a disk.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import cast

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import (
    IDelayedCall,
)
from zope.interface import implementer

from eliot._destinations import add_destinations, all_destinations, remove_destination
from eliot._encode import encode, failure_marks_of
from eliot._interfaces import Destination, IEncodedDestination, IOpenedDestination
from eliot.twisted._counts import Ledger, WriterCounts
from eliot.twisted._delivery import Delivery, OneByOne, Write
from eliot.twisted._notes import Notes
from eliot.twisted._opening import Opening
from eliot.twisted._queue import OVERFLOWS, LineQueue, Overflow
from eliot.twisted._reactor import ILoggingReactor, Reactor
from eliot.twisted._run import Run
from eliot.twisted._threads import StartThread, start_daemon_thread
from eliot.twisted._writing import Core, writer_machine

#: How many bytes of lines a writer holds, unless it is told otherwise.
DEFAULT_QUEUE_BYTES = 16 * 1024 * 1024

#: How many seconds stopping a writer takes at most, unless it is told otherwise.
DEFAULT_STOP_TIMEOUT = 5.0

# How many seconds the thread lets more lines come before it writes.
_LINGER = 0.005


@implementer(IEncodedDestination)
class ThreadedWriter(Service):
    """
    A service that writes messages to a blocking destination, in a thread of
    its own.

    While it runs it is among the destinations; starting and stopping it is all
    there is to do.  A destination that holds something open, such as a file, is
    opened before and closed after.  Messages are encoded by whoever logs them,
    before the logging call returns, then queued; the thread writes them in
    batches.

    The queue is bounded, and ``overflow`` says what happens beyond the bound:

    ``"drop-newest"``
        the newest messages are dropped; failures and tracebacks may use a
        reserve, another eighth of the bound;
    ``"drop-oldest"``
        the oldest messages make room; failures and tracebacks go last;
    ``"block"``
        whoever logs waits until there is room.  That is for programs that must
        not lose a message and would rather stand still: in the reactor's thread
        everything waits, stopping this service too.  Nobody waits in the thread
        of a writer, nor once this one is stopping or has no thread; what finds
        no room then is dropped as with ``"drop-newest"``.  When the time for
        stopping has passed, the messages of those who wait are dropped.

    A message of type ``eliot:messages_dropped`` tells how many were dropped,
    once there is room again.

    Lines that a destination could not write for the moment, which it says by
    raising :class:`~eliot.NotWritten`, are tried again until they are written,
    or the time for stopping has passed; after any other exception they are
    lost, and counted.  The other destinations are told at once; when it works
    again, a message of type ``eliot:destination_recovered`` comes first.

    Stopping it gives a Deferred that fires when everything is written, or the
    timeout has passed.  While the reactor runs, nothing blocks; where it does
    not (in the phases "during" and "after" of its shutdown, or without it),
    stopping waits for the thread.  What is still queued when the interpreter
    ends is written then.

    Messages may come from any thread; start and stop it in the reactor's.

    :param destination: what to write to; called in the thread, and after
        that has ended in the one that logs, but never in two at once.
    :param reactor: the reactor of the program.
    :param queue_bytes: how many bytes of memory encoded messages may take, each
        with some 56 bytes more than its length.
    :param overflow: what happens to messages for which there is no room.
    :param stop_timeout: how many seconds stopping takes at most.
    :param start_thread: starts a thread that runs a function.
    :raises TypeError: if ``destination`` cannot be called.
    :raises ValueError: if there is no such ``overflow``.
    :ivar encoder: turns a message into a line: as the destination does.
    """

    def __init__(
        self,
        destination: Destination,
        reactor: Reactor,
        *,
        queue_bytes: int = DEFAULT_QUEUE_BYTES,
        overflow: Overflow = "drop-newest",
        stop_timeout: float = DEFAULT_STOP_TIMEOUT,
        start_thread: StartThread = start_daemon_thread,
    ) -> None:
        if not callable(destination):
            raise TypeError(f"A destination is called with a message; {destination!r} cannot be.")
        if overflow not in OVERFLOWS:
            raise ValueError(f"overflow= is one of {', '.join(OVERFLOWS)}; not {overflow!r}.")
        self._reactor = cast("ILoggingReactor", reactor)
        self._queue_bytes = queue_bytes
        self._overflow: Overflow = overflow
        self._stop_timeout = stop_timeout
        self._start_thread = start_thread
        if IEncodedDestination.providedBy(destination):
            provider: IEncodedDestination = destination
            self.encoder = provider.encoder
            self._write_lines: Write = provider.write
        else:
            self.encoder = encode
            self._write_lines = OneByOne(destination, self._complain)
        # A destination may live by being referred to, as an open file does.
        self._destination = destination
        self._opened: IOpenedDestination | None = None
        self._opening: Opening | None = None
        if IOpenedDestination.providedBy(destination):
            self._opened = destination
            self._opening = Opening(self._opened, self._complain)
        # Is it held open for a run that has not started?
        self._held = False
        self._settled = True
        self._start_failure: Exception | None = None
        self._deadline: IDelayedCall | None = None
        self._machine = writer_machine(Core(self._begin, self._finish, self._join))
        self._ledger = Ledger()
        self._run = self._new_run(None)

    def __call__(self, message: dict[str, object]) -> None:
        """
        Encode a message, and queue it.
        """
        self._run.queue.put(self.encoder(message))

    @property
    def write(self) -> Callable[[bytes], None]:
        """
        A function that queues one or more whole lines.
        """
        # Not a method: the fan-out fetches this once, then calls it directly.
        return self._run.queue.put

    @property
    def counts(self) -> WriterCounts:
        """
        What has become of the lines so far, over all runs.  May be asked for in
        any thread.
        """
        queued = size = 0
        run: Run | None = self._run
        while run is not None:
            queued += run.unwritten
            size += run.queue.size
            run = run.before
        ledger = self._ledger
        return WriterCounts(queued, size, ledger.written, ledger.dropped, ledger.failures)

    def privilegedStartService(self) -> None:
        """
        Open the destination, if that can be done, while the process has all of
        its rights.

        :raises Exception: if it cannot be opened.
        """
        Service.privilegedStartService(self)
        self._hold()

    def startService(self) -> None:
        """
        Open the destination, if that has not been done, add this writer to the
        destinations, and start the thread.

        :raises Exception: if it cannot be opened, or no thread can be started;
            then all is as before, and the start may be tried again.
        """
        Service.startService(self)
        self._machine.start()
        failure, self._start_failure = self._start_failure, None
        if failure is not None:
            Service.stopService(self)
            self._machine.stop_at_once()
            raise failure

    def stopService(self) -> Deferred[None]:
        """
        Remove this writer from the destinations, write what is queued, and
        close the destination then, if it was opened.

        :returns: a Deferred that fires with ``None`` once all is written or
            the timeout has passed; one that has fired where no reactor runs.
        """
        Service.stopService(self)
        self._let_go()
        if self._reactor.running and self._run.is_alive():
            return self._machine.stop()
        return self._machine.stop_at_once()

    def flush(self) -> Deferred[None]:
        """
        Wait until what is queued now has been handed to the destination.

        :returns: a Deferred that fires with ``None`` then, or when stopping
            would have given up; it needs a running reactor.
        """
        if not self._run.is_alive():
            return succeed(None)
        flushed: Deferred[None] = Deferred()
        self._run.call_when_written(lambda: self._reactor.callFromThread(flushed.callback, None))
        return flushed.addTimeout(
            self._stop_timeout,
            self._reactor,
            onTimeoutCancel=lambda result, timeout: self._tell_of_unwritten(),
        )

    def reopen(self) -> None:
        """
        Have the destination opened anew, as for ``logrotate``, after what is
        queued now; or at once if that cannot be written.  Does not wait, and
        may be called in any thread and by signal handlers.  The other
        destinations are told if it fails.

        Does nothing where there is nothing to be opened, or this service does
        not run.
        """
        opened = self._opened
        if opened is not None and self.running and not self._run.orphaned:
            self._run.remedy(lambda: self._reopen(opened))

    def write_directly(self) -> None:
        """
        End the thread, and wait for that, at most for the timeout; but stay
        among the destinations.  From then on, whoever logs writes by himself.
        For the time after the reactor, when there is nobody to be kept waiting.
        """
        self._run.end()
        self._wait()

    # -- What holds the destination open

    def _hold(self) -> None:
        if self._opening is not None and not self._held:
            self._settled = not self._opening.hold()
            self._held = True

    def _let_go(self) -> None:
        if self._opening is not None and self._held:
            self._held = False
            self._opening.let_go()

    def _settle(self) -> None:
        if self._opened is not None and not self._settled:
            self._settled = True
            try:
                self._opened.settle()
            except Exception as error:
                self._complain(error)

    def _reopen(self, opened: IOpenedDestination) -> None:
        try:
            opened.reopen()
        except Exception as error:
            self._complain(error)

    # -- What the machine acts upon

    def _new_run(self, before: Run | None) -> Run:
        queue = LineQueue(
            self._queue_bytes,
            _LINGER,
            self._overflow,
            failure_marks_of(self.encoder),
            self._ledger,
        )
        delivery = Delivery(
            self._write_lines, queue, self._ledger, Notes(self.encoder), self._complain
        )
        return Run(queue, delivery, self._stop_timeout, before)

    def _begin(self) -> None:
        self._forget_deadline()
        if self._run.orphaned:
            # It will not let go by itself.
            self._run.finish()
        if self._run.started:
            self._run = self._new_run(self._run)
        try:
            self._start_run(self._run)
        except Exception as error:
            # What a machine calls must not raise; startService() does.
            self._start_failure = error

    def _start_run(self, run: Run) -> None:
        self._hold()
        try:
            # What settling has to say shall be written here, too.
            add_destinations(self)
            self._settle()
            run.start(
                self._start_thread,
                lambda: self._reactor.callFromThread(self._ended, run),
                self._opening.let_go if self._opening is not None else lambda: None,
            )
        except BaseException:
            self._remove()
            self._let_go()
            raise
        # It belongs to the run from now on.
        self._held = False

    def _remove(self) -> None:
        with suppress(ValueError):
            # Somebody may have removed it by hand.
            remove_destination(self)

    def _finish(self) -> None:
        self._remove()
        if self._run.started:
            self._run.finish()
        if self._reactor.running:
            self._deadline = self._reactor.callLater(self._stop_timeout, self._give_up)

    def _join(self) -> None:
        self._forget_deadline()
        self._wait()

    def _wait(self) -> None:
        if not self._run.join(self._stop_timeout):
            # Nobody shall wait for it again.
            self._run.forget()
            self._tell_of_unwritten()
            self._run.give_up()

    def _ended(self, run: Run) -> None:
        if run is self._run:
            self._forget_deadline()
            self._machine.ended()

    def _give_up(self) -> None:
        self._deadline = None
        self._tell_of_unwritten()
        self._run.give_up()
        self._machine.ended()

    def _forget_deadline(self) -> None:
        deadline, self._deadline = self._deadline, None
        if deadline is not None and deadline.active():
            deadline.cancel()

    def _tell_of_unwritten(self) -> None:
        self._complain(
            TimeoutError(
                f"After {self._stop_timeout} seconds, {self._run.unwritten} lines are unwritten."
            )
        )

    def _complain(self, error: Exception) -> None:
        all_destinations.complain(self, error)
