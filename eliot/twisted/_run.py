"""
One run of a writer: a queue, and the thread that empties it.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TypeAlias

from eliot._fork import RenewedAfterFork
from eliot.twisted._queue import Batch, LineQueue
from eliot.twisted._threads import Joinable, StartThread

#: Writes one or more lines.  What it gives, if anything, is how many messages
#: were lost all the same, about which it has complained itself.
Write: TypeAlias = Callable[[bytes], "int | None"]


class Run(RenewedAfterFork):
    """
    A queue, and from :meth:`start` on a thread that writes what is put there,
    until it is told to end and the queue is empty.

    :param queue: where lines are put.
    :param write: writes one or more lines, in the thread.
    :param note: makes the line that tells how many messages were dropped.
    :param complain: is told, in the thread, what ``write`` raised.
    :param timeout: how many seconds the end of the interpreter waits for what
        is queued, where nobody has ended the run.
    """

    def __init__(
        self,
        queue: LineQueue,
        write: Write,
        note: Callable[[int], bytes],
        complain: Callable[[Exception], None],
        timeout: float,
    ) -> None:
        super().__init__()
        self.queue = queue
        self.timeout = timeout
        self._write = write
        self._note = note
        self._complain = complain
        self._thread: Joinable | None = None
        # Could what was written last be written?
        self._works = True
        # How many lines are being written.
        self._in_flight = 0
        # Has the thread ended?
        self._over = False
        self._requests: deque[Callable[[], None]] = deque()
        self._milestones: list[tuple[int, Callable[[], None]]] = []

    def start(self, start_thread: StartThread, ended: Callable[[], None]) -> None:
        """
        Start the thread.

        :param start_thread: starts a thread that runs a function.
        :param ended: called in the thread, as the last thing there.
        """
        _running[id(self)] = self
        try:
            self._thread = start_thread(lambda: self._work(ended))
        except BaseException:
            self.forget()
            raise

    @property
    def started(self) -> bool:
        """
        Whether there has been a thread.
        """
        return self._thread is not None

    @property
    def unwritten(self) -> int:
        """
        How many lines are queued or being written.
        """
        return self._in_flight + self.queue.count()

    def call_when_written(self, function: Callable[[], None]) -> None:
        """
        Call ``function`` once what is queued now has been written, or cannot
        be: in the thread, or at once if that has ended.
        """
        self._requests.append(function)
        self.queue.hurry()
        if self._over:
            self._answer_requests()

    def end(self) -> None:
        """
        Have the thread write what is queued, and end.  Does not wait.
        """
        self.queue.close()

    def forget(self) -> None:
        """
        Do not wait for the thread at the end of the interpreter.
        """
        _running.pop(id(self), None)

    def join(self, timeout: float) -> bool:
        """
        Wait for the thread to end.

        :param timeout: for how many seconds at the most.
        :returns: whether it has ended.
        """
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.is_alive()

    def is_alive(self) -> bool:
        """
        Tell whether the thread is running.
        """
        return self._thread is not None and self._thread.is_alive()

    def _work(self, ended: Callable[[], None]) -> None:
        try:
            while (batch := self.queue.take()) is not None:
                self._write_batch(batch)
                self._pass_milestones(batch.puts)
                self._set_milestones()
            self._tell_of_dropped()
        finally:
            try:
                # Somebody may have logged while the last lines were written.
                self.queue.hand_over(self._write)
            except Exception as error:
                self._complain(error)
            self.forget()
            self._over = True
            self._pass_milestones(None)
            self._answer_requests()
            ended()

    def _write_batch(self, batch: Batch) -> None:
        if batch.lines:
            self._in_flight = batch.lines.count(b"\n")
            lost = self._try_to_write(batch.lines, self._in_flight)
            # Others count what they drop meanwhile, so this is added at once.
            self.queue.dropped += lost
            self._in_flight = 0
        self._tell_of_dropped()

    def _tell_of_dropped(self) -> None:
        # While nothing can be written, that cannot be told either.
        count = self.queue.dropped
        if count and self._works:
            lost = self._try_to_write(self._note(count), 1)
            if not lost:
                self.queue.dropped -= count

    def _try_to_write(self, lines: bytes, count: int) -> int:
        """
        Write lines, and complain if that fails.

        :returns: how many of them were lost.
        """
        try:
            lost = self._write(lines) or 0
        except Exception as error:
            self._works = False
            self._complain(error)
            return count
        self._works = True
        return lost

    def _set_milestones(self) -> None:
        while self._requests:
            self._milestones.append((len(self.queue), self._requests.popleft()))
        self._pass_milestones(0)

    def _pass_milestones(self, puts: int | None) -> None:
        """
        Go on by what was put so many times; ``None`` passes all.
        """
        waiting = self._milestones
        self._milestones = []
        for remaining, function in waiting:
            if puts is None or remaining <= puts:
                function()
            else:
                self._milestones.append((remaining - puts, function))

    def _answer_requests(self) -> None:
        with suppress(IndexError):
            while True:
                self._requests.popleft()()

    def _renew_after_fork(self) -> None:
        if self._thread is not None and not self._over:
            self.queue.orphan()
            self.forget()


# Those whose threads are running.
_running: dict[int, Run] = {}


@atexit.register
def _end_all() -> None:
    """
    Let every run that nobody has ended write what it holds, each within its
    own timeout; all of them at the same time.
    """
    now = monotonic()
    runs = [(now + run.timeout, run) for run in list(_running.values())]
    for _, run in runs:
        run.end()
    for deadline, run in runs:
        run.join(max(0.0, deadline - monotonic()))
