"""
One run of a writer: a queue, and the thread that empties it.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from time import monotonic

from eliot._fork import RenewedAfterFork
from eliot.twisted._delivery import Delivery
from eliot.twisted._queue import LineQueue
from eliot.twisted._threads import Joinable, StartThread, writing


class Run(RenewedAfterFork):
    """
    A queue, and from :meth:`start` on a thread that writes what is put there,
    until it is told to end and the queue is empty.

    A run may follow another one, to the same destination.  Its thread waits for
    the end of the other's then.

    :param queue: where lines are put.
    :param delivery: writes them, in the thread.
    :param timeout: how many seconds the end of the interpreter waits for what
        is queued, where nobody has ended the run.
    :param before: the run that this one follows.
    """

    def __init__(
        self,
        queue: LineQueue,
        delivery: Delivery,
        timeout: float,
        before: Run | None = None,
    ) -> None:
        super().__init__()
        self.queue = queue
        self.timeout = timeout
        #: The run that this one waits for.
        self.before = before
        self._delivery = delivery
        self._thread: Joinable | None = None
        self._after: Run | None = None
        # Has the thread ended?
        self._over = False
        self._delivered = Event()
        # Is this the thread's process no longer?
        self._orphaned = False
        # Shall the destination be let go at the end?
        self._last = False
        self._holds: list[Callable[[], None]] = []
        self._requests: deque[Callable[[], None]] = deque()
        self._milestones: list[tuple[int, Callable[[], None]]] = []
        self._remedies: deque[Callable[[], None]] = deque()
        delivery.try_to_help = self._try_remedies
        if before is not None:
            before._after = self

    def start(
        self,
        start_thread: StartThread,
        ended: Callable[[], None],
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Start the thread.

        :param start_thread: starts a thread that runs a function.
        :param ended: called in the thread, as the last thing there.
        :param let_go: called once nothing will be written any more, where the
            run was told to :meth:`finish`.
        :raises Exception: if no thread can be started; this run may be started
            later, and has what was queued.
        """
        _running[id(self)] = self
        self.queue.expect_reader(True)
        try:
            self._thread = start_thread(lambda: self._work(ended))
        except BaseException:
            self.queue.expect_reader(False)
            self.forget()
            raise
        self._holds.append(let_go)

    @property
    def started(self) -> bool:
        """
        Whether there has been a thread.
        """
        return self._thread is not None

    @property
    def orphaned(self) -> bool:
        """
        Whether the thread belongs to the process that has forked this one.
        """
        return self._orphaned

    @property
    def unwritten(self) -> int:
        """
        How many lines are queued or being written.
        """
        return self._delivery.in_flight + self.queue.count()

    def call_when_written(self, function: Callable[[], None]) -> None:
        """
        Call ``function`` once what is queued now has been written, or cannot
        be: in the thread, or at once if that has ended.
        """
        self._requests.append(function)
        self.queue.hurry()
        if self._over:
            self._answer_requests()

    def remedy(self, function: Callable[[], None]) -> None:
        """
        Likewise, but sooner if nothing can be written now, since it may help.
        From any thread, and from signal handlers; the function must not raise.
        """

        def apply() -> None:
            with suppress(ValueError):
                # It has not been applied before.
                self._remedies.remove(function)
                self.queue.call_alone(function)

        self._remedies.append(function)
        self.call_when_written(apply)

    def end(self) -> None:
        """
        Have the thread write what is queued, and end.  Does not wait.
        """
        self.queue.close()

    def finish(self) -> None:
        """
        Likewise; after that the destination is let go.
        """
        self._last = True
        self.queue.close()
        # Either the thread sees the one, or we see the other.
        if self._over or self._orphaned:
            self._let_go()

    def give_up(self) -> None:
        """
        Try nothing again, and let nobody wait, here and in the runs before.
        """
        run: Run | None = self
        while run is not None:
            run.queue.give_up()
            run = run.before

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
        if self._thread is not None and not self._orphaned:
            self._thread.join(timeout)
        return not self.is_alive()

    def await_delivery(self) -> None:
        """
        Wait until all that was queued has been delivered, or the thread is gone.
        """
        if self.started and not self._orphaned:
            self._delivered.wait()

    def is_alive(self) -> bool:
        """
        Tell whether the thread is running, in this process.
        """
        return self._thread is not None and not self._orphaned and self._thread.is_alive()

    def _work(self, ended: Callable[[], None]) -> None:
        with writing():
            try:
                if self.before is not None:
                    self.before.await_delivery()
                    self.before = None
                while (batch := self.queue.take()) is not None:
                    self._delivery.deliver(batch.lines)
                    self._set_milestones()
                self._delivery.tell()
            finally:
                self._end_of_work()
                ended()

    def _end_of_work(self) -> None:
        self._delivery.abandon()
        self._delivered.set()
        # Somebody may have logged while the last lines were written.
        self.queue.hand_over(self._write_directly)
        self.forget()
        self._over = True
        self._pass_milestones(None)
        self._answer_requests()
        if self._last:
            self._let_go()

    def _write_directly(self, lines: bytes) -> None:
        if self._after is not None:
            # Who writes to the destination now has to know.
            self._after.queue.put(lines)
        else:
            self._delivery.deliver_once(lines)

    def _let_go(self) -> None:
        with suppress(IndexError):
            # Who takes it out calls it.
            self.queue.call_alone(self._holds.pop())

    def _try_remedies(self) -> bool:
        tried = False
        with suppress(IndexError):
            while True:
                self.queue.call_alone(self._remedies.popleft())
                tried = True
        return tried

    def _set_milestones(self) -> None:
        with suppress(IndexError):
            while True:
                function = self._requests.popleft()
                # In this order: if a line goes meanwhile, the call is late, not early.
                queued = len(self.queue)
                self._milestones.append((self.queue.gone + queued, function))
        self._pass_milestones(self.queue.gone if len(self.queue) else None)

    def _pass_milestones(self, gone: int | None) -> None:
        """
        Call those who wait for so many lines to be gone; ``None`` calls all.
        """
        waiting = self._milestones
        self._milestones = []
        for number, function in waiting:
            if gone is None or number <= gone:
                function()
            else:
                self._milestones.append((number, function))

    def _answer_requests(self) -> None:
        with suppress(IndexError):
            while True:
                self._requests.popleft()()

    def _renew_after_fork(self) -> None:
        self.queue.renew_after_fork()
        if self._thread is not None and not self._over:
            self._orphaned = True
            self._delivery.in_flight = 0
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
