"""
One run of a writer: a queue, and the thread that empties it.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import TypeAlias
from weakref import WeakSet

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
        self._works = True
        self._taken: float = 0
        self._milestones: list[tuple[float, Callable[[], None]]] = []

    def start(self, start_thread: StartThread, ended: Callable[[], None]) -> None:
        """
        Start the thread.

        :param start_thread: starts a thread that runs a function.
        :param ended: called in the thread, as the last thing there.
        """
        _running.add(self)
        self._thread = start_thread(lambda: self._work(ended))

    def call_when_written(self, function: Callable[[], None]) -> None:
        """
        Call ``function`` in the thread, once what is queued now has been written.
        """
        self._milestones.append((self._taken + len(self.queue), function))
        self.queue.hurry()

    @property
    def started(self) -> bool:
        """
        Whether there has been a thread.
        """
        return self._thread is not None

    def end(self) -> None:
        """
        Have the thread write what is queued, and end.  Does not wait.
        """
        self.queue.close()

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
                if batch.lines:
                    self._write_batch(batch)
                if self.queue.dropped:
                    self._tell_of_dropped()
                self._taken += batch.puts
                self._pass_milestones()
        finally:
            try:
                # Somebody may have logged while the last lines were written.
                self.queue.hand_over(self._write)
            except Exception as error:
                self._complain(error)
            _running.discard(self)
            self._taken = inf
            self._pass_milestones()
            ended()

    def _write_batch(self, batch: Batch) -> None:
        try:
            self.queue.dropped += self._write(batch.lines) or 0
        except Exception as error:
            self.queue.dropped += batch.puts
            self._complain(error)
        else:
            self._works = True
            return
        self._works = False

    def _tell_of_dropped(self) -> None:
        # While nothing can be written, telling of it can neither.
        count = self.queue.dropped
        if self._works:
            try:
                self._write(self._note(count))
            except Exception as error:
                self._works = False
                self._complain(error)
            else:
                self.queue.dropped -= count

    def _pass_milestones(self) -> None:
        while self._milestones and self._milestones[0][0] <= self._taken:
            self._milestones.pop(0)[1]()

    def _renew_after_fork(self) -> None:
        if self._thread is not None:
            self.queue.orphan()
            _running.discard(self)


_running: WeakSet[Run] = WeakSet()


@atexit.register
def _end_all() -> None:
    """
    Let every run that nobody has ended write what it holds, each within its
    own timeout; all of them at the same time.
    """
    now = monotonic()
    runs = [(now + run.timeout, run) for run in list(_running)]
    for _, run in runs:
        run.end()
    for deadline, run in runs:
        run.join(max(0.0, deadline - monotonic()))
