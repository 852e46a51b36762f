"""
Tests of :mod:`eliot.twisted._beats`.
"""

from __future__ import annotations

import signal
import time
from threading import Lock, Thread, get_ident

from twisted.trial.unittest import SynchronousTestCase

from eliot import start_action
from eliot._context import NOWHERE, Scope
from eliot.twisted import _beats
from eliot.twisted._beats import Watch
from eliot.twisted._blocked import Blocked
from eliot.twisted._prompt import Prompt
from eliot.twisted._turns import Turns, frame_of_thread
from tests.helpers import Fields, in_forked_child, level_of, of_type, record, text_of
from tests.twisted.helpers import FakeReactor

#: After how many seconds the reactor counts as blocked, and how often it is looked at.
THRESHOLD = 8.0
LOOK = THRESHOLD / 4


class WaitingReactor(FakeReactor):
    """
    A reactor that can be seen waiting.

    :ivar gate: what it waits for.
    """

    def __init__(self) -> None:
        FakeReactor.__init__(self)
        self.gate = Lock()
        self.gate.acquire()

    def doIteration(self) -> None:  # noqa: N802 - as Twisted spells it
        """
        Wait.
        """
        self.gate.acquire()


class WatchTests(SynchronousTestCase):
    """
    A reactor is watched: its thread is that of the test, which is blocked while another one looks.
    """

    def setUp(self) -> None:
        """
        Watch a reactor that runs.
        """
        self.messages = record(self)
        self.reactor = WaitingReactor()
        self.now = self.cpu = 100.0
        self.watch = self.make()
        self.watch.begin()
        self.reactor.turn()

    def make(self, prompt: Prompt | None = None) -> Watch:
        """
        Make a watch.
        """
        turns = Turns(self.reactor)
        return Watch(self.reactor, THRESHOLD, prompt, turns, lambda: self.now, lambda: self.cpu)

    def look(self, seconds: float = LOOK, computed: float = 0.0) -> None:
        """
        Let time pass, while nothing is done or something is computed, and the other thread look.
        """
        self.now += seconds
        self.cpu += computed
        thread = Thread(target=self.watch.look)
        thread.start()
        thread.join()

    def look_at_waiting(self, seconds: float = LOOK, computed: float = 0.0) -> None:
        """
        The same, while the reactor waits.
        """
        self.now += seconds
        self.cpu += computed

        ident, turns = get_ident(), Turns(self.reactor)

        def look() -> None:
            while (frame := frame_of_thread(ident)) is None or not turns.waits(frame):
                pass
            del frame
            self.watch.look()
            self.reactor.gate.release()

        thread = Thread(target=look)
        thread.start()
        self.reactor.doIteration()
        thread.join()

    def told(self) -> list[Fields]:
        """
        List what was told of the reactor.
        """
        return of_type(self.messages, "eliot:reactor_blocked")

    def test_waits(self) -> None:
        """
        A reactor that waits is left alone, however long.
        """
        for _ in range(10):
            self.look_at_waiting()
        self.assertTrue(self.reactor.idle)
        self.assertEqual(self.messages, [])

    def test_rarely(self) -> None:
        """
        As long as nothing happens, it is looked at more rarely, but once in a threshold; when
        something happens, as often as before.
        """
        self.assertEqual(self.watch._pause, LOOK)
        for _ in range(20):
            self.look_at_waiting(self.watch._pause)
        self.assertEqual(self.watch._pause, THRESHOLD)
        self.look_at_waiting(self.watch._pause, computed=0.1)
        self.assertEqual(self.watch._pause, LOOK)

    def test_busy(self) -> None:
        """
        One that has something to do is asked for a beat, one at a time, and answers.
        """
        for _ in range(10):
            self.look()
            self.look()
            self.assertFalse(self.reactor.idle)
            self.reactor.turn()
            self.assertTrue(self.reactor.idle)
        self.assertEqual(self.messages, [])

    def test_blocked(self) -> None:
        """
        One that does not answer for longer than the threshold is told of when it goes on, in the
        action that it was in.
        """
        with start_action(action_type="app:work") as action:
            for _ in range(6):
                self.look(computed=0.5)
        self.now += 1.0
        self.reactor.turn()
        (message,) = self.told()
        self.assertEqual(message["task_uuid"], action.task_uuid)
        self.assertEqual(level_of(message), [2])
        self.assertEqual(message["duration"], 5 * LOOK + 1.0)
        self.assertEqual(message["cpu_time"], 2.5)
        self.assertEqual(message["ended"], True)
        self.assertIn("test_blocked", text_of(message, "stack"))
        self.assertEqual(action.late_messages, 0)
        self.assertEqual(len(self.messages), 3)

    def test_not_long(self) -> None:
        """
        Up to the threshold nothing is told, and nothing has been left out.
        """
        with start_action(action_type="app:work"):
            for _ in range(4):
                self.look()
            self.reactor.turn()
        self.assertEqual([level_of(each) for each in self.messages], [[1], [2]])

    def test_never(self) -> None:
        """
        One that does not go on is told of after ten times the threshold, and then ever more rarely,
        each time in the action that it is in then.
        """
        for _ in range(4 * 100):
            with start_action(action_type="app:step"):
                self.look()
        told = self.told()
        self.assertEqual([each["ended"] for each in told], [False] * 3)
        durations = [float(str(each["duration"])) / THRESHOLD for each in told]
        self.assertEqual(durations, [10, 30, 90])
        self.assertEqual(len({each["task_uuid"] for each in told}), 3)
        self.reactor.turn()
        self.assertEqual(self.told()[-1]["ended"], True)

    def test_not_running(self) -> None:
        """
        Nobody is blamed before the reactor has run, after that, or between two times.
        """
        self.watch = self.make()
        self.watch.begin()
        for _ in range(10):
            self.look()
        self.reactor.turn()
        self.look()
        self.reactor.running = False
        for _ in range(10):
            self.look()
        self.reactor.running = True
        self.look()
        self.reactor.turn()
        self.assertEqual(self.messages, [])

    def test_stood_still(self) -> None:
        """
        Where the thread that looks was late as well, and nothing was computed, the process has
        stood still: that is told, and nobody is blamed.
        """
        self.look()
        self.look(LOOK + 3 * THRESHOLD)
        self.reactor.turn()
        self.look_at_waiting(LOOK + THRESHOLD / 2)
        self.assertEqual(self.told(), [])
        (message,) = of_type(self.messages, "eliot:process_stood_still")
        self.assertEqual(message["duration"], 3 * THRESHOLD)

    def test_kept_from_looking(self) -> None:
        """
        Where it was late since the reactor's thread has computed without giving way, that is the
        reactor's fault, from the time at which it should have been looked at.
        """
        with start_action(action_type="app:work"):
            self.look(LOOK + 2 * THRESHOLD, computed=2 * THRESHOLD)
            self.reactor.turn()
        (message,) = self.told()
        self.assertEqual(message["duration"], 2 * THRESHOLD)
        self.assertEqual(message["cpu_time"], 2 * THRESHOLD)
        self.assertEqual(level_of(message), [2])

    def test_kept_by_others(self) -> None:
        """
        If the reactor waits, it was somebody else.
        """
        self.look_at_waiting(LOOK + 2 * THRESHOLD, computed=2 * THRESHOLD)
        self.assertEqual(self.messages, [])

    def test_stopped(self) -> None:
        """
        When it is stopped by what has blocked the reactor, that is told, once; nothing is after
        that.
        """
        for _ in range(6):
            self.look()
        self.watch.stop()
        self.watch.stop()
        self.assertEqual([each["duration"] for each in self.told()], [5 * LOOK])
        for _ in range(100):
            self.look()
        self.look(100 * THRESHOLD)
        self.reactor.turn()
        self.assertEqual(len(self.messages), 1)

    def test_stopped_elsewhere(self) -> None:
        """
        When another thread stops it, the end is told when the reactor goes on.
        """
        for _ in range(6):
            self.look()
        thread = Thread(target=self.watch.stop)
        thread.start()
        thread.join()
        self.assertEqual(self.messages, [])
        self.reactor.turn()
        self.assertEqual(len(self.messages), 1)

    def test_thread(self) -> None:
        """
        The thread looks until it is stopped, whatever happens.
        """
        self.watch = Watch(
            self.reactor, 0.004, None, Turns(self.reactor), lambda: self.now, lambda: self.cpu
        )
        looks: list[int] = []

        def look() -> None:
            looks.append(get_ident())
            if len(looks) == 3:
                self.watch.stop()
            raise ZeroDivisionError

        self.patch(self.watch, "look", look)
        self.watch.run()
        self.assertEqual(looks, [get_ident()] * 3)

    def answer(self) -> None:
        """
        Have the reactor have answered just now.
        """
        self.watch._beat.answered = self.now

    def test_went_on(self) -> None:
        """
        A reactor that goes on while it is looked at is not blamed for what it does next.
        """
        for _ in range(4):
            self.look()

        def see(*_: object) -> Scope:
            self.answer()
            return NOWHERE

        self.patch(_beats, "scope_within", see)
        self.look()
        self.look()
        self.assertEqual(self.messages, [])

    def test_just_noticed(self) -> None:
        """
        One that goes on while it is noticed that it did not is told of at once.
        """
        keep = Blocked.keep

        def go_on(blocked: Blocked, place: Fields) -> None:
            keep(blocked, place)
            self.answer()

        self.patch(Blocked, "keep", go_on)
        for _ in range(5):
            self.look()
        self.assertEqual([each["ended"] for each in self.told()], [True])
        self.reactor.turn()
        self.assertEqual(len(self.messages), 1)

    def test_signal(self) -> None:
        """
        With a signal, the blocked code tells its action itself.
        """
        self.addCleanup(signal.signal, signal.SIGUSR1, signal.getsignal(signal.SIGUSR1))
        prompt = Prompt(signal.SIGUSR1)
        prompt.install()
        self.addCleanup(prompt.put_back)
        self.watch = self.make(prompt)
        self.watch.begin()
        self.reactor.turn()
        # Nothing can be seen from outside.
        self.patch(self.watch, "_context", None)
        with start_action(action_type="app:work") as action:
            for _ in range(6):
                self.look()
        self.reactor.turn()
        self.assertEqual(self.told()[0]["task_uuid"], action.task_uuid)

    def test_signal_elsewhere(self) -> None:
        """
        Where the reactor does not run in the main thread, it is watched without a signal, which is
        told.
        """
        prompt = Prompt(signal.SIGUSR1)
        self.watch = self.make(prompt)
        self.watch.begin()
        thread = Thread(target=self.reactor.turn)
        thread.start()
        thread.join()
        self.assertEqual(len(of_type(self.messages, "eliot:signals_not_handled")), 1)
        self.assertIs(self.watch._prompt, None)

    def test_forked(self) -> None:
        """
        A forked child does not tell what its parent will.
        """
        for _ in range(6):
            self.look()

        def count() -> str:
            self.watch.stop()
            self.reactor.turn()
            return str(len(self.messages))

        self.assertEqual(in_forked_child(count), "0")
        self.reactor.turn()
        self.assertEqual(len(self.messages), 1)

    def test_cpu_clock(self) -> None:
        """
        The clock of the reactor's own thread is used, where there is one.
        """
        for missing in (False, True):
            watch = Watch(self.reactor, THRESHOLD, None, Turns(self.reactor), lambda: self.now)
            if missing:
                self.patch(time, "pthread_getcpuclockid", None)
            watch.begin()
            self.reactor.turn()
            before = watch._cpu_clock()
            thread = Thread(target=sum, args=(range(200_000),))
            thread.start()
            thread.join()
            own = watch._cpu_clock() - before
            self.assertGreaterEqual(own, 0.0)
            self.assertEqual(watch._cpu_clock is time.process_time, missing)
