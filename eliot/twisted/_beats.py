"""
Watching a reactor from another thread: does it answer, and what does it do where
it does not.

The thread looks at the reactor's again and again.  If the reactor waits for
something to do, that is all; and as long as it does nothing else, the thread looks
more rarely, since to wake up costs much more than to look.  If the reactor does not
wait, it is asked to call a function: that call is a *beat*, and the reactor answers
it when it gets round to it.  No beat is asked for before the one before has been
answered.

All that the reactor's thread does for it is in :meth:`Watch._answer`.  No lock is
shared with it: what it has to tell goes through attributes, and who tells the end
of a time in which the reactor was blocked is whoever takes it away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from threading import Lock, get_ident, main_thread
from typing import Final

from eliot._fork import RenewedAfterFork
from eliot._message import log_message
from eliot.twisted._blocked import Blocked, placed, tell_standstill
from eliot.twisted._contexts import present_context, scope_within
from eliot.twisted._prompt import Prompt
from eliot.twisted._reactor import ILoggingReactor
from eliot.twisted._turns import Turns, frame_of_thread, snapshot

#: Tells how many seconds have passed since some time.
Clock = Callable[[], float]

# How many times a threshold the thread looks; and how much longer it waits each time
# where nothing happens, until it looks once in a threshold.
_LOOKS: Final = 4
_LONGER: Final = 1.25

# When a reactor that does not go on is told of, in thresholds, and how many times
# as late it is the next time.
_STILL: Final = 10
_RARER: Final = 3

# After this part of the threshold, and then by this part later each time, it is noted
# where the reactor is.
_FIRST_SEEN: Final = 0.5
_SEEN_AGAIN: Final = 0.1


class _Beat:
    """
    A call that the reactor was asked to make.
    """

    __slots__ = ("answered", "asked", "blocked", "cpu_answered", "cpu_asked", "see_at", "tell_at")

    def __init__(self, asked: float, cpu_asked: float, threshold: float) -> None:
        self.asked = asked
        self.cpu_asked = cpu_asked
        self.answered: float | None = None
        self.cpu_answered = cpu_asked
        self.see_at = threshold * _FIRST_SEEN
        self.tell_at = threshold * _STILL
        self.blocked = Blocked()

    @property
    def is_answered(self) -> bool:
        """
        Whether the reactor has made the call.
        """
        return self.answered is not None

    def settle(self, now: float, cpu_time: float) -> None:
        """
        Tell that the reactor goes on, if it was noticed that it did not.
        """
        duration = max(0.0, now - self.asked)
        self.blocked.tell_end(duration, min(duration, max(0.0, cpu_time - self.cpu_asked)))

    def settle_if_answered(self) -> None:
        """
        Tell it where the reactor has answered before it was noticed.
        """
        if self.answered is not None:
            self.settle(self.answered, self.cpu_answered)


class Watch(RenewedAfterFork):
    """
    Watches a reactor.

    :param reactor: the reactor.
    :param threshold: after how many seconds it counts as blocked.
    :param prompt: how the main thread is asked what it does, if it is.
    :param turns: knows the reactor's own functions.
    :param clock: the time.
    :param cpu_clock: how long the reactor's thread has computed; that of the thread
        itself for ``None``.
    """

    def __init__(
        self,
        reactor: ILoggingReactor,
        threshold: float,
        prompt: Prompt | None,
        turns: Turns,
        clock: Clock,
        cpu_clock: Clock | None = None,
    ) -> None:
        super().__init__()
        self._reactor = reactor
        self._threshold = threshold
        self._interval = self._pause = threshold / _LOOKS
        self._prompt = prompt
        self._turns = turns
        self._clock = clock
        self._cpu_clock = cpu_clock or time.process_time
        self._finds_cpu_clock = cpu_clock is None
        # Of the reactor, once it has answered.
        self._thread: int | None = None
        self._context: Context | None = None
        self._looked = clock()
        self._cpu_looked = 0.0
        self._stopped = False
        self._stop = Lock()
        self._stop.acquire()
        self._beat = _Beat(self._looked, 0.0, threshold)

    def begin(self) -> None:
        """
        Ask for the first beat; until the reactor has answered, it is not blamed
        for anything: it may not run yet.
        """
        self._reactor.callFromThread(self._answer, self._beat)

    def stop(self) -> None:
        """
        Have the thread end.  If the reactor was blocked until now, that is told.
        """
        if self._stopped:
            return
        self._stopped = True
        self._stop.release()
        beat = self._beat
        if self._thread == get_ident():
            # Whoever runs this is run by the reactor.
            beat.settle(self._clock(), self._cpu_clock())

    def run(self) -> None:
        """
        Look until it is stopped: what the thread does.
        """
        self._looked = self._clock()
        while not self._stop.acquire(timeout=self._pause):
            # Nothing of this should raise; but if it does, it will hardly do so the next time.
            with suppress(Exception):
                self.look()

    def look(self) -> None:
        """
        Look at the reactor once.
        """
        now, cpu = self._clock(), self._cpu_clock()
        due = self._looked + self._pause
        late = max(0.0, now - due)
        computed = cpu - self._cpu_looked
        self._looked, self._cpu_looked = now, cpu
        thread, beat = self._thread, self._beat
        idle = not computed and beat.is_answered
        self._pause = min(self._threshold, self._pause * _LONGER) if idle else self._interval
        if thread is None:
            return
        if not self._reactor.running:
            # It has ended, and may be run again.
            beat.asked = now
            return
        if late > self._interval and computed < late / 2:
            self._stood_still(beat, late)
            late = 0.0
        if beat.is_answered:
            frame = frame_of_thread(thread)
            if frame is None or self._turns.waits(frame):
                return
            # This thread was kept from running by somebody who computed all the time.
            asked = due if late > self._interval else now
            beat = self._beat = _Beat(asked, cpu - min(computed, now - asked), self._threshold)
            self._pause = self._interval
            del frame
            self._reactor.callFromThread(self._answer, beat)
        age = now - beat.asked
        if age >= min(beat.see_at, self._threshold):
            self._see(thread, beat, age)

    def _stood_still(self, beat: _Beat, late: float) -> None:
        """
        Do not blame the reactor for the time in which nothing has run.
        """
        beat.asked += late
        if late >= self._threshold and not self._stopped:
            tell_standstill(late)

    def _see(self, thread: int, beat: _Beat, age: float) -> None:
        """
        Note where the reactor is, and tell of it where that is due.
        """
        frame = frame_of_thread(thread)
        frames = list(self._turns.frames(frame))
        scope = scope_within(frames, self._context)
        taken = snapshot(frames)
        if self._stopped or beat.is_answered or frame is None:
            # It went on meanwhile, so this may be anything.
            return
        noticed = age >= self._threshold
        asks = noticed and not beat.blocked.has_place and scope[0] is None
        if asks and self._prompt is not None:
            # What is seen is exact, and known at once; when the answer comes, the
            # action may have ended.  So it is only asked where nothing is seen.
            scope = self._prompt.ask(frame, self._interval)
        # At once, since the action may end while the text of the stack is made.
        place = placed(scope) if noticed and not beat.blocked.has_place else None
        # Nobody's variables are kept longer than they would be.
        del frame, frames
        beat.blocked.see(taken, age)
        beat.see_at = max(beat.see_at, age * (1 + _SEEN_AGAIN))
        if place is not None:
            beat.blocked.keep(place)
            beat.settle_if_answered()
        elif age >= beat.tell_at:
            beat.tell_at = age * _RARER
            beat.blocked.tell_so_far(scope, age, self._cpu_clock() - beat.cpu_asked)

    def _renew_after_fork(self) -> None:
        # The parent tells of what happens there, and there is no thread here.
        self._beat.blocked.forget()

    def _answer(self, beat: _Beat) -> None:
        """
        Be called by the reactor.
        """
        if self._thread != get_ident():
            self._arrive()
        beat.cpu_answered = self._cpu_clock()
        beat.answered = now = self._clock()
        beat.settle(now, beat.cpu_answered)

    def _arrive(self) -> None:
        """
        Find out which thread the reactor runs in.
        """
        self._context = present_context()
        if self._finds_cpu_clock:
            with suppress(Exception):
                clock = time.pthread_getcpuclockid(get_ident())
                self._cpu_clock = lambda: time.clock_gettime(clock)
        if self._prompt is not None and main_thread().ident != get_ident():
            self._prompt = None
            log_message(
                "eliot:signals_not_handled",
                reason="The reactor does not run in the main thread, which is the only one that"
                " handles signals; it is watched without.",
            )
        self._cpu_looked = self._cpu_clock()
        self._thread = get_ident()
