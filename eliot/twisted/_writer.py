"""
Writing in a thread, so that the reactor never waits for a disk.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, cast

from automat import TypeMachineBuilder, pep614
from orjson import loads
from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import (
    IDelayedCall,
    IReactorCore,
    IReactorFromThreads,
    IReactorTime,
)
from zope.interface import implementer

from eliot._destinations import add_destinations, all_destinations, remove_destination
from eliot._encode import encode
from eliot._interfaces import Destination, IEncodedDestination
from eliot._stamp import stamp
from eliot.twisted._queue import LineQueue
from eliot.twisted._run import Run, Write
from eliot.twisted._threads import StartThread, start_daemon_thread

#: How many bytes of lines a writer holds, unless it is told otherwise.
DEFAULT_QUEUE_BYTES = 16 * 1024 * 1024

#: How many seconds stopping a writer takes at most, unless it is told otherwise.
DEFAULT_STOP_TIMEOUT = 5.0

# How many seconds the thread lets more lines come before it writes.
_LINGER = 0.005


class IWriterReactor(IReactorCore, IReactorTime, IReactorFromThreads):
    """
    What a writer needs of a reactor.
    """


#: What Twisted's own annotations call a reactor, here and there; every real one
#: provides all of :class:`IWriterReactor`.
Reactor: TypeAlias = IReactorCore | IReactorTime | IReactorFromThreads


class Writing(Protocol):
    """
    The inputs of a writer's machine.  They come in the reactor's thread.
    """

    def start(self) -> None:
        """
        The service starts.
        """

    def stop(self) -> Deferred[None]:
        """
        The service stops while the reactor runs, so nothing may block.
        """

    def stop_at_once(self) -> Deferred[None]:
        """
        The service stops where no reactor runs that could tell of the end.
        """

    def ended(self) -> None:
        """
        What was queued has been written, or it has taken too long.
        """


@dataclass
class _Core:
    """
    What a writer's machine acts upon.
    """

    begin: Callable[[], None]
    finish: Callable[[], None]
    join: Callable[[], None]
    waiting: list[Deferred[None]] = field(default_factory=list)

    def wait(self) -> Deferred[None]:
        waiter: Deferred[None] = Deferred()
        self.waiting.append(waiter)
        return waiter

    def release(self) -> None:
        waiting, self.waiting = self.waiting, []
        for waiter in waiting:
            waiter.callback(None)


def _declare() -> Callable[[_Core], Writing]:
    machine = TypeMachineBuilder(Writing, _Core)

    stopped = machine.state("stopped")
    writing = machine.state("writing")
    draining = machine.state("draining")

    @pep614(stopped.upon(Writing.start).to(writing))
    def start(inputs: Writing, core: _Core) -> None:
        core.begin()

    @pep614(draining.upon(Writing.start).to(writing))
    def restart(inputs: Writing, core: _Core) -> None:
        # A new run, with a queue of its own.  The old one goes on to write
        # what it holds, but nobody waits for that any more.
        core.release()
        core.begin()

    @pep614(writing.upon(Writing.stop).to(draining))
    def stop(inputs: Writing, core: _Core) -> Deferred[None]:
        core.finish()
        return core.wait()

    @pep614(draining.upon(Writing.stop).loop())
    def stop_again(inputs: Writing, core: _Core) -> Deferred[None]:
        return core.wait()

    @pep614(writing.upon(Writing.stop_at_once).to(stopped))
    def stop_at_once(inputs: Writing, core: _Core) -> Deferred[None]:
        core.finish()
        core.join()
        return succeed(None)

    @pep614(draining.upon(Writing.stop_at_once).to(stopped))
    def stop_waiting(inputs: Writing, core: _Core) -> Deferred[None]:
        core.join()
        core.release()
        return succeed(None)

    @pep614(stopped.upon(Writing.stop).loop())
    @pep614(stopped.upon(Writing.stop_at_once).loop())
    def stop_stopped(inputs: Writing, core: _Core) -> Deferred[None]:
        return succeed(None)

    @pep614(draining.upon(Writing.ended).to(stopped))
    def ended(inputs: Writing, core: _Core) -> None:
        core.release()

    writing.upon(Writing.start).loop().returns(None)
    # These come late, of a run that was stopped at once or followed by another.
    writing.upon(Writing.ended).loop().returns(None)
    stopped.upon(Writing.ended).loop().returns(None)
    return machine.build()


#: Makes a machine, given what it shall act upon.
writer_machine = _declare()


@implementer(IEncodedDestination)
class ThreadedWriter(Service):
    """
    A service that writes messages to a blocking destination, in a thread of
    its own.

    While it runs it is among the destinations; starting and stopping it is all
    there is to do.  Messages are encoded by whoever logs them, before the
    logging call returns, then queued; the thread writes them in batches.  The
    queue is bounded: beyond the bound the newest messages are dropped, except
    failures and tracebacks as far as a reserve goes, and a message of type
    ``eliot:messages_dropped`` tells how many.

    Stopping it gives a Deferred that fires when everything is written, or the
    timeout has passed.  While the reactor runs, nothing blocks; where it does
    not (in the phases "during" and "after" of its shutdown, or without it),
    stopping waits for the thread.  What is still queued when the interpreter
    ends is written then.

    Messages may come from any thread; start and stop it in the reactor's.

    :param destination: what to write to; called in the thread, and after
        that has ended in the one that logs, but never in two at once.
    :param reactor: the reactor of the program.
    :param queue_bytes: how many bytes of encoded messages are held at most.
    :param stop_timeout: how many seconds stopping takes at most.
    :param start_thread: starts a thread that runs a function.
    :ivar encoder: turns a message into a line: as the destination does.
    """

    def __init__(
        self,
        destination: Destination,
        reactor: Reactor,
        *,
        queue_bytes: int = DEFAULT_QUEUE_BYTES,
        stop_timeout: float = DEFAULT_STOP_TIMEOUT,
        start_thread: StartThread = start_daemon_thread,
    ) -> None:
        if not callable(destination):
            raise TypeError(f"A destination is called with a message; {destination!r} cannot be.")
        self._reactor = cast("IWriterReactor", reactor)
        self._queue_bytes = queue_bytes
        self._stop_timeout = stop_timeout
        self._start_thread = start_thread
        if IEncodedDestination.providedBy(destination):
            provider: IEncodedDestination = destination
            self.encoder = provider.encoder
            self._write_lines: Write = provider.write
        else:
            self.encoder = encode
            self._write_lines = _OneByOne(destination, self._complain)
        # A destination may live by being referred to, as an open file does.
        self._destination = destination
        self._start_failure: Exception | None = None
        self._deadline: IDelayedCall | None = None
        self._machine = writer_machine(_Core(self._begin, self._finish, self._join))
        self._run = self._new_run()

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

    def startService(self) -> None:
        """
        Start the thread, and add this writer to the destinations.

        :raises Exception: if no thread can be started.
        """
        Service.startService(self)
        self._machine.start()
        failure, self._start_failure = self._start_failure, None
        if failure is not None:
            Service.stopService(self)
            self._machine.stop_at_once()
            self._run = self._new_run()
            raise failure

    def stopService(self) -> Deferred[None]:
        """
        Remove this writer from the destinations, and write what is queued.

        :returns: a Deferred that fires with ``None`` once all is written or
            the timeout has passed; one that has fired where no reactor runs.
        """
        Service.stopService(self)
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

    def write_directly(self) -> None:
        """
        End the thread, and wait for that, at most for the timeout; but stay
        among the destinations.  From then on, whoever logs writes by himself.
        For the time after the reactor, when there is nobody to be kept waiting.
        """
        self._run.end()
        self._wait()

    # -- What the machine acts upon

    def _new_run(self) -> Run:
        queue = LineQueue(self._queue_bytes, _LINGER)
        return Run(queue, self._write_lines, self._note, self._complain, self._stop_timeout)

    def _begin(self) -> None:
        self._forget_deadline()
        if self._run.started:
            self._run = self._new_run()
        run = self._run
        try:
            run.start(self._start_thread, lambda: self._reactor.callFromThread(self._ended, run))
        except Exception as error:
            # What a machine calls must not raise; startService() does.
            self._start_failure = error
        else:
            add_destinations(self)

    def _finish(self) -> None:
        with suppress(ValueError):
            # Somebody may have removed it by hand.
            remove_destination(self)
        self._run.end()
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

    def _ended(self, run: Run) -> None:
        if run is self._run:
            self._forget_deadline()
            self._machine.ended()

    def _give_up(self) -> None:
        self._deadline = None
        self._tell_of_unwritten()
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

    def _note(self, count: int) -> bytes:
        note: dict[str, object] = {
            "count": count,
            "reason": "They could not be written as fast as they came, or not at all.",
        }
        stamp(note, None, "eliot:messages_dropped")
        return self.encoder(all_destinations.with_global_fields(note))

    def _complain(self, error: Exception) -> None:
        all_destinations.complain(self, error)


class _OneByOne:
    """
    Gives lines to a destination that takes messages.

    :param destination: called with each message.
    :param complain: is told what it raised.
    """

    __slots__ = ("_complain", "_destination")

    def __init__(self, destination: Destination, complain: Callable[[Exception], None]) -> None:
        self._destination = destination
        self._complain = complain

    def __call__(self, lines: bytes) -> int:
        lost = 0
        for line in lines.splitlines():
            try:
                self._destination(loads(line))
            except Exception as error:
                lost += 1
                self._complain(error)
        return lost
