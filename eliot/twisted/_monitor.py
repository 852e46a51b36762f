"""
The service that notices when the reactor is blocked.
"""

from __future__ import annotations

from contextvars import Context
from functools import partial
from math import isfinite
from time import monotonic
from typing import cast

from twisted.application.service import Service

from eliot.twisted._beats import Clock, Watch
from eliot.twisted._prompt import Prompt
from eliot.twisted._reactor import ILoggingReactor, Reactor
from eliot.twisted._threads import StartThread, start_daemon_thread
from eliot.twisted._turns import Turns

_start_thread = partial(start_daemon_thread, name="eliot reactor monitor")


class ReactorMonitor(Service):
    """
    Notices when the reactor has been blocked: when code that it has called has not
    returned for longer than a threshold, so that nothing else could happen.

    When the reactor goes on, a message of the type ``eliot:reactor_blocked`` says for
    how long it was blocked (``duration``, in seconds), for how many of them its thread
    computed instead of waiting (``cpu_time``), and where (``stack``, the frames,
    innermost last).  Where it was seen in several places, ``samples`` has them all, each
    with its ``share`` of the time, but for those that hardly count.  The message is inside
    the action that the reactor was in when it was noticed, and has that time.  While the
    reactor does not go on, a message with ``ended: false`` says so, first after ten times
    the threshold, then ever more rarely.

    A process that was stopped as a whole, or that did not get the processor, is not
    blamed on the reactor: a message of the type ``eliot:process_stood_still`` says for
    how long.

    It watches from a thread of its own, which does not keep the process from ending.
    A forked child is not watched.

    :param reactor: the reactor of the program.
    :param threshold: after how many seconds the reactor counts as blocked.  It may
        take a quarter more until that is noticed, and in a program that has done
        nothing for a while, once more as long.
    :param signal: a signal for us alone, such as ``signal.SIGUSR1``, by which the
        main thread is asked which action it is in, where that cannot be seen
        from outside, see the documentation.  While this service runs, the
        signal is ours; whoever had it is not called.
    :param start_thread: starts a thread that runs a function.
    :param clock: the monotonic clock.
    :raises ValueError: if the threshold is not a time, or the signal cannot be used.
    :ivar threshold: the threshold, in seconds.
    """

    def __init__(
        self,
        reactor: Reactor,
        threshold: float = 0.1,
        *,
        signal: int | None = None,
        start_thread: StartThread = _start_thread,
        clock: Clock = monotonic,
    ) -> None:
        if not (isfinite(threshold) and threshold > 0):
            raise ValueError(f"The threshold has to be a positive number, not {threshold!r}.")
        self._reactor = cast("ILoggingReactor", reactor)
        self.threshold = float(threshold)
        self._start_thread = start_thread
        self._clock = clock
        self._turns = Turns(reactor)
        self._prompt = None if signal is None else Prompt(signal)
        self._watch: Watch | None = None

    def startService(self) -> None:
        """
        Begin to watch, from the moment on at which the reactor runs.

        :raises RuntimeError: if there is a signal, and this is not the main thread.
        """
        if self._watch is not None:
            return
        if self._prompt is not None:
            self._prompt.install()
        watch = Watch(self._reactor, self.threshold, self._prompt, self._turns, self._clock)
        try:
            # In no action, whoever starts it: the reactor of asyncio goes on with
            # the context of whoever asks it for something.
            Context().run(self._start_thread, watch.run)
        except BaseException:
            if self._prompt is not None:
                self._prompt.put_back()
            raise
        self._watch = watch
        watch.begin()
        Service.startService(self)

    def stopService(self) -> None:
        """
        Watch no longer; nothing is waited for.
        """
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
        if self._prompt is not None:
            self._prompt.put_back()
        Service.stopService(self)
