"""
Tests of :mod:`eliot.twisted._cooperating`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from weakref import ref

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, CooperativeTask, TaskStopped
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action
from eliot._crossed import innermost
from eliot.twisted import Cooperator, cooperate
from tests.helpers import level_of, of_type, record


class CooperatorTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action, and a cooperator that takes one step at a time.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:ask")
        self.clock = Clock()
        self.cooperator = Cooperator(
            terminationPredicateFactory=lambda: lambda: True,
            scheduler=lambda step: self.clock.callLater(1, step),
        )
        self.seen: list[Action | None] = []

    def steps(self, count: int) -> Iterator[None]:
        """
        Note the current action at each step.
        """
        for _ in range(count):
            self.seen.append(current_action())
            yield

    def added(self, iterator: Iterator[object]) -> CooperativeTask[Iterator[object]]:
        """
        Add an iterator in the action.
        """
        with self.action.context():
            return self.cooperator.cooperate(iterator)

    def run_all(self, times: int = 20) -> None:
        """
        Have all steps taken, inside another action.
        """
        with start_action(action_type="app:tick") as other:
            for _ in range(times):
                self.clock.advance(1)
                self.assertIs(current_action(), other)


class CooperatorTests(CooperatorTestCase):
    """
    Iterators step in the action in which they were added.
    """

    def test_steps(self) -> None:
        """
        Each steps in its own.
        """
        self.added(self.steps(2))
        self.cooperator.cooperate(self.steps(2))
        self.run_all()
        self.assertCountEqual(self.seen, [self.action, self.action, None, None])

    def test_inner_actions(self) -> None:
        """
        A generator that has started an action is in that again at its next step; others are not.
        """

        def work(name: str) -> Iterator[None]:
            with start_action(action_type=f"app:{name}"):
                for _ in range(2):
                    log_message(f"app:{name}")
                    yield

        self.added(work("one"))
        self.added(work("two"))
        self.run_all()
        for number, name in enumerate(["one", "two"], 2):
            levels = [level_of(each) for each in of_type(self.messages, f"app:{name}")]
            self.assertEqual(levels, [[number, place] for place in (1, 2, 3, 4)])

    def test_deferred(self) -> None:
        """
        A Deferred that is yielded is waited for.
        """
        waiting: Deferred[None] = Deferred()

        def work() -> Iterator[object]:
            yield waiting
            self.seen.append(current_action())

        self.added(work())
        self.run_all()
        self.assertEqual(self.seen, [])
        waiting.callback(None)
        self.run_all()
        self.assertEqual(self.seen, [self.action])

    def test_done(self) -> None:
        """
        Who waits for the end gets the iterator itself, in the own action, whether the end has
        been already or not.
        """
        iterator = self.steps(1)
        added = self.added(iterator)

        def note(result: Iterator[object]) -> None:
            self.seen.append(current_action())
            self.assertIs(result, iterator)

        with start_action(action_type="app:wait") as other:
            done = added.whenDone().addCallback(note)
        self.run_all()
        self.successResultOf(done)
        self.assertEqual(self.seen, [self.action, other])
        self.assertIs(self.successResultOf(added.whenDone()), iterator)

    def test_failure(self) -> None:
        """
        What an iterator raises is known to have crossed the action, and fails who waits.
        """

        def work() -> Iterator[None]:
            yield
            raise ValueError("no")

        done = self.added(work()).whenDone()
        self.run_all()
        error = self.failureResultOf(done, ValueError).value
        self.assertIs(innermost(error), self.action)

    def test_task(self) -> None:
        """
        It is paused, resumed and stopped as those of Twisted.
        """
        added = self.added(self.steps(5))
        self.assertIsInstance(added, CooperativeTask)
        self.clock.advance(1)
        added.pause()
        self.run_all()
        self.assertEqual(len(self.seen), 1)
        added.resume()
        self.clock.advance(1)
        self.assertEqual(len(self.seen), 2)
        done = added.whenDone()
        added.stop()
        self.failureResultOf(done, TaskStopped)

    def test_coiterate(self) -> None:
        """
        ``coiterate`` does the same, with a Deferred that is its own or given.
        """
        first, second = self.steps(1), self.steps(1)
        given: Deferred[Iterator[None]] = Deferred()
        with self.action.context():
            done = self.cooperator.coiterate(first)
            self.assertIs(self.cooperator.coiterate(second, given), given)
        self.run_all()
        self.assertIs(self.successResultOf(done), first)
        self.assertIs(self.successResultOf(given), second)
        self.assertEqual(self.seen, [self.action] * 2)

    def test_surface(self) -> None:
        """
        It is one of Twisted's.
        """
        self.assertIsInstance(self.cooperator, task.Cooperator)


class CooperateTests(CooperatorTestCase):
    """
    Each reactor has a cooperator, which all share.
    """

    def test_shared(self) -> None:
        """
        What is added takes its steps with the reactor, all of it in one turn.
        """
        with self.action.context():
            done = cooperate(self.clock, self.steps(2)).whenDone()
        cooperate(self.clock, self.steps(1))
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(1)
        self.successResultOf(done)
        self.assertCountEqual(self.seen, [self.action, self.action, None])
        self.clock.advance(1)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_forgotten(self) -> None:
        """
        A reactor is not kept alive by it.
        """
        clock = Clock()
        cooperate(clock, iter(()))
        clock.advance(1)
        reference: Callable[[], object] = ref(clock)
        del clock
        gc.collect()
        self.assertIsNone(reference())
