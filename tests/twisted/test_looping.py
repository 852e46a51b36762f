"""
Tests of :mod:`eliot.twisted._looping`.
"""

from __future__ import annotations

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action
from eliot.twisted import LoopingCall
from tests.helpers import Fields, level_of, of_type, record


class LoopingCallTests(SynchronousTestCase):
    """
    Each call is an action.
    """

    def setUp(self) -> None:
        """
        Start an action, and a clock.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:begin")
        self.clock = Clock()

    def started(self, loop: LoopingCall, now: bool = True) -> Deferred[task.LoopingCall]:
        """
        Have a loop started in the action, with the clock.
        """
        loop.clock = self.clock
        with self.action.context():
            return loop.start(1, now)

    def story(self, name: str = "app:poll") -> list[tuple[list[int], object]]:
        """
        List what has been logged of the calls.
        """
        return [
            (level_of(each), each.get("action_status")) for each in of_type(self.messages, name)
        ]

    def test_actions(self) -> None:
        """
        Each call is an action of the type that was given, inside the one in which the loop was
        started; the arguments are handed on.
        """
        calls: list[object] = []

        def poll(*args: object, **kwargs: object) -> None:
            log_message("app:polled")
            calls.append((args, kwargs))

        loop = LoopingCall(poll, 1, action_type="app:poll", b=2)
        self.started(loop)
        with start_action(action_type="app:tick") as other:
            self.clock.advance(1)
            self.assertIs(current_action(), other)
        loop.stop()
        self.assertEqual(calls, [((1,), {"b": 2})] * 2)
        self.assertEqual(
            self.story(),
            [
                ([2, 1], "started"),
                ([2, 3], "succeeded"),
                ([3, 1], "started"),
                ([3, 3], "succeeded"),
            ],
        )
        levels = [level_of(each) for each in of_type(self.messages, "app:polled")]
        self.assertEqual(levels, [[2, 2], [3, 2]])

    def test_default_type(self) -> None:
        """
        Without a type, they have one of the framework.
        """
        self.started(LoopingCall(lambda: None))
        self.assertEqual(len(self.story("eliot:looping_call")), 2)

    def test_tasks(self) -> None:
        """
        Each call can be a task of its own.
        """
        self.started(LoopingCall(lambda: None, action_type="app:poll", as_tasks=True))
        self.clock.advance(1)
        starts = self.story()[::2]
        self.assertEqual(starts, [([1], "started")] * 2)
        tasks = {each["task_uuid"] for each in of_type(self.messages, "app:poll")}
        self.assertEqual(len(tasks - {self.action.task_uuid}), 2)

    def test_deferred(self) -> None:
        """
        A call lasts until the Deferred that the function returns has fired, whoever fires it.
        """
        waiting: list[Deferred[None]] = []

        def poll() -> Deferred[None]:
            waiting.append(Deferred())
            return waiting[-1]

        self.started(LoopingCall(poll, action_type="app:poll"))
        self.clock.advance(5)
        self.assertEqual(self.story(), [([2, 1], "started")])
        waiting[0].callback(None)
        self.assertEqual(self.story()[1:], [([2, 2], "succeeded")])
        self.clock.advance(1)
        self.assertEqual(len(waiting), 2)

    def test_coroutine(self) -> None:
        """
        So it does with a coroutine, which is in the action all the time.
        """
        waiting: Deferred[None] = Deferred()
        seen: list[Action | None] = []

        async def poll() -> None:
            seen.append(current_action())
            await waiting
            seen.append(current_action())

        self.started(LoopingCall(poll, action_type="app:poll"))
        self.assertEqual(len(self.story()), 1)
        waiting.callback(None)
        self.assertEqual(len(self.story()), 2)
        self.assertEqual(seen[0], seen[1])
        self.assertIsNotNone(seen[0])

    def test_failure(self) -> None:
        """
        What the function raises fails its action and ends the loop, whose Deferred fails, in the
        action in which it was started.
        """
        loop = LoopingCall(lambda: 1 // 0, action_type="app:poll")
        seen: list[object] = []

        def note(result: object) -> object:
            seen.append(current_action())
            return result

        ended = self.started(loop, now=False)
        noted = ended.addBoth(note)
        self.clock.advance(1)
        self.assertEqual([status for _, status in self.story()], ["started", "failed"])
        self.failureResultOf(noted, ZeroDivisionError)
        self.assertEqual(seen, [self.action])
        self.assertFalse(loop.running)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_stopped(self) -> None:
        """
        The Deferred fires with the loop when that is stopped, in the action.
        """
        loop = LoopingCall(lambda: None)
        ended = self.started(loop).addCallback(lambda it: (it, current_action()))
        loop.stop()
        self.assertEqual(self.successResultOf(ended), (loop, self.action))

    def test_started_twice(self) -> None:
        """
        To start it a second time is refused, and changes nothing; to start it again is not.
        """
        loop = LoopingCall(lambda: None, action_type="app:poll")
        self.started(loop)
        self.assertRaises(AssertionError, loop.start, 1)
        self.clock.advance(1)
        self.assertEqual([level for level, _ in self.story()][::2], [[2, 1], [3, 1]])
        loop.stop()
        del self.messages[:]
        loop.start(1)
        self.assertEqual(self.story()[0], ([1], "started"))

    def test_count(self) -> None:
        """
        One that counts tells the function how many calls it stands for.
        """
        counts: list[int] = []
        loop = LoopingCall.withCount(counts.append, action_type="app:poll", as_tasks=True)
        self.assertIsInstance(loop, LoopingCall)
        self.started(loop)
        self.clock.advance(3)
        self.assertEqual(counts, [1, 3])
        self.assertEqual(self.story()[::2], [([1], "started")] * 2)

    def test_surface(self) -> None:
        """
        It is one of Twisted's, and shows the name of the function.
        """

        def poll() -> Fields:
            return {}

        loop = LoopingCall(poll)
        self.assertIsInstance(loop, task.LoopingCall)
        self.assertIn("poll", repr(loop))
