"""
What the tests of the Twisted side share.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from inspect import getsource
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import Final

from twisted.application import app
from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from eliot import IEncodedDestination
from eliot._encode import Encoder, encode
from eliot._interfaces import IOpenedDestination
from eliot.twisted import _twisted_log
from eliot.twisted._observer import log_observer
from eliot.twisted._reactor import ILoggingReactor
from eliot.twisted._threads import start_daemon_thread
from tests.helpers import PATIENCE, Fields

#: The exit status of ``twistd`` where its options are wrong: older releases have that of success.
WRONG_OPTIONS: Final = 1 if "exit(" in getsource(app.run) else 0


def messages_in(lines: bytes) -> list[Fields]:
    """
    Decode lines of which each must be whole.
    """
    assert lines == b"" or lines.endswith(b"\n"), lines[-100:]
    return [json.loads(line) for line in lines.splitlines()]


def numbers(messages: Iterable[Fields]) -> list[object]:
    """
    List the field ``n`` of the messages that have one.
    """
    return [each["n"] for each in messages if "n" in each]


def fresh_observer(test: SynchronousTestCase) -> None:
    """
    Have one test begin with Twisted's log observed by nobody for us, and end so, whatever service
    is not stopped.

    :param test: the test.
    """
    test.addCleanup(globalLogPublisher.removeObserver, log_observer())
    test.patch(log_observer(), "_selections", ())
    test.patch(_twisted_log._attached, "here", False)


def await_event(event: Event) -> None:
    """
    Wait for something that another thread does.
    """
    if not event.wait(PATIENCE):
        raise TimeoutError("another thread has not done what it should")


@implementer(IEncodedDestination)
class Disk:
    """
    A destination that keeps what is written, unless it is told to fail or to hang.
    """

    def __init__(self) -> None:
        #: Turns a message into a line.
        self.encoder: Encoder = encode
        #: What each call of :meth:`write` has written.
        self.writes: list[bytes] = []
        #: What the next calls raise.
        self.error: Exception | None = None
        #: Is set when a call has come.
        self.entered = Event()
        self._permits: Semaphore | None = None

    def hang(self) -> None:
        """
        Let no call return until it gets a permit.
        """
        self._permits = Semaphore(0)

    def permit(self) -> None:
        """
        Let one call return that hangs, or would.
        """
        assert self._permits is not None
        self._permits.release()

    def recover(self) -> None:
        """
        Let all calls return from now on, as well as those that hang.
        """
        permits, self._permits = self._permits, None
        assert permits is not None
        # More than one thread may hang.
        permits.release(1000)

    def __call__(self, message: Fields) -> None:
        """
        Write one message.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Write lines.
        """
        permits = self._permits
        self.entered.set()
        if permits is not None and not permits.acquire(timeout=PATIENCE):
            raise TimeoutError("nobody has let this call return")
        if self.error is not None:
            raise self.error
        self.writes.append(lines)

    @property
    def lines(self) -> bytes:
        """
        All that has been written.
        """
        return b"".join(self.writes)

    @property
    def messages(self) -> list[Fields]:
        """
        All messages that have been written.
        """
        return messages_in(self.lines)


@implementer(IOpenedDestination)
class OpenedDisk(Disk):
    """
    One that is open while it is in use, and notes what is done with it.
    """

    def __init__(self) -> None:
        super().__init__()
        #: What was called, in order; "write" stands for any number of writes.
        self.calls: list[str] = []
        #: What :meth:`open` and :meth:`close` raise.
        self.open_error: Exception | None = None
        self.reopen_error: Exception | None = None
        self.close_error: Exception | None = None
        #: What :meth:`settle` logs.
        self.settles: Callable[[], object] = lambda: None

    @property
    def is_open(self) -> bool:
        """
        Whether it is open now.
        """
        return [each for each in self.calls if each in {"open", "close"}][-1:] == ["open"]

    def open(self) -> None:
        """
        Open it.
        """
        if self.open_error is not None:
            raise self.open_error
        self.calls.append("open")

    def settle(self) -> None:
        """
        Look around.
        """
        self.calls.append("settle")
        self.settles()

    def reopen(self) -> None:
        """
        Open it anew.
        """
        self.calls.append("reopen")
        if self.reopen_error is not None:
            raise self.reopen_error

    def close(self) -> None:
        """
        Close it.
        """
        self.calls.append("close")
        if self.close_error is not None:
            raise self.close_error

    def write(self, lines: bytes) -> None:
        """
        Write lines, if it is open.
        """
        if not self.is_open:
            raise ValueError("not open")
        if self.calls[-1] != "write":
            self.calls.append("write")
        super().write(lines)


@implementer(ILoggingReactor)
class FakeReactor(MemoryReactorClock):
    """
    A reactor whose clock, calls from threads and shutdown are the test's.
    """

    def __init__(self, running: bool = True) -> None:
        MemoryReactorClock.__init__(self)
        self.running = running
        #: What shall be done in its shutdown: the phase of each, and what to call.
        self.shutdown_triggers: list[tuple[str, Callable[[], object]]] = []
        self._calls: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def callFromThread(  # noqa: N802 - as Twisted spells it
        self, callable: Callable[..., object], *args: object, **kwargs: object
    ) -> None:
        """
        Remember a call.
        """
        self._calls.put(lambda: callable(*args, **kwargs))

    def turn(self) -> None:
        """
        Wait for a call from a thread, and make it.
        """
        self._calls.get(timeout=PATIENCE)()

    def turn_until(self, deferred: Deferred[None]) -> None:
        """
        Make calls from threads until ``deferred`` has fired.
        """
        # One that waits for another has been called, and is paused.
        while not deferred.called or deferred.paused:
            self.turn()

    @property
    def idle(self) -> bool:
        """
        Whether no call from a thread is waiting.
        """
        return self._calls.empty()

    def addSystemEventTrigger(  # type: ignore[override]  # noqa: N802 - its fake gives nothing back
        self,
        phase: str,
        eventType: str,  # noqa: N803 - likewise
        callable: Callable[..., object],
        *args: object,
        **kwargs: object,
    ) -> tuple[str, Callable[[], object]]:
        """
        Remember a trigger of the shutdown.

        :returns: what :meth:`removeSystemEventTrigger` takes.
        """
        if eventType != "shutdown":
            raise NotImplementedError(f"triggers {eventType}")
        trigger = (phase, lambda: callable(*args, **kwargs))
        self.shutdown_triggers.append(trigger)
        return trigger

    def removeSystemEventTrigger(  # noqa: N802 - as Twisted spells it
        self,
        triggerID: tuple[str, Callable[[], object]],  # noqa: N803 - likewise
    ) -> None:
        """
        Forget a trigger, which must be there.
        """
        self.shutdown_triggers.remove(triggerID)

    def begin_shutdown(self) -> None:
        """
        Call the triggers of the phase "before", in order.  The reactor runs on: it would until
        what they return has fired.
        """
        self._fire("before")

    def end_shutdown(self) -> None:
        """
        End the loop, and call the triggers of the other phases.
        """
        self.running = False
        self._fire("during")
        self._fire("after")

    def _fire(self, phase: str) -> None:
        while due := [each for each in self.shutdown_triggers if each[0] == phase]:
            self.shutdown_triggers.remove(due[0])
            due[0][1]()


class HeldThread:
    """
    A thread that does nothing until the test runs it.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function
        #: For how long somebody has waited for it, each time.
        self.joins: list[float | None] = []

    def run(self) -> None:
        """
        Run the function of the thread to its end, here.
        """
        function, self._function = self._function, None
        assert function is not None
        function()

    def join(self, timeout: float | None = None) -> None:
        """
        Remember that somebody waits.
        """
        self.joins.append(timeout)

    def is_alive(self) -> bool:
        """
        It is until it has been run.
        """
        return self._function is not None


class HeldThreads:
    """
    Starts threads that the test runs.
    """

    def __init__(self) -> None:
        #: All that were started.
        self.started: list[HeldThread] = []

    def __call__(self, function: Callable[[], None]) -> HeldThread:
        """
        Start a thread.
        """
        thread = HeldThread(function)
        self.started.append(thread)
        return thread


class JoinedThreads:
    """
    Starts real threads, and lets a test wait until all have ended.
    """

    def __init__(self) -> None:
        #: All that were started.
        self.started: list[Thread] = []

    def __call__(self, function: Callable[[], None]) -> Thread:
        """
        Start a thread.
        """
        thread = start_daemon_thread(function)
        self.started.append(thread)
        return thread

    def join(self) -> None:
        """
        Wait for the end of each.

        :raises TimeoutError: if one goes on.
        """
        for thread in self.started:
            thread.join(PATIENCE)
            if thread.is_alive():
                raise TimeoutError(f"{thread.name} has not ended")
