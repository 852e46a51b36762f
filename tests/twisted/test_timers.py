"""
Tests of :mod:`eliot.twisted._timers`.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import current_action, start_action
from eliot.twisted import call_later, defer_later
from tests.helpers import level_of, of_type, record


class TimersTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action, and a clock.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:ask")
        self.clock = Clock()


class CallLaterTests(TimersTestCase):
    """
    Timed calls are made in the action in which they were asked for.
    """

    def test_action(self) -> None:
        """
        The function is called with its arguments, when it is time, in the action; what is current
        where the clock ticks stays so.
        """
        calls: list[object] = []

        def called(*args: object, **kwargs: object) -> None:
            calls.append((args, kwargs, current_action()))

        with self.action.context():
            call_later(self.clock, 2, called, 1, reactor=2, function=3)
        with start_action(action_type="app:tick") as other:
            self.clock.advance(1)
            self.assertEqual(calls, [])
            self.clock.advance(1)
            self.assertIs(current_action(), other)
        self.assertEqual(calls, [((1,), {"reactor": 2, "function": 3}, self.action)])

    def test_delayed_call(self) -> None:
        """
        The call can be cancelled and moved, as those of the reactor.
        """
        calls: list[str] = []
        call = call_later(self.clock, 1, calls.append, "first")
        moved = call_later(self.clock, 1, calls.append, "second")
        verifyObject(IDelayedCall, call)
        call.cancel()
        moved.reset(3)
        self.clock.advance(2)
        self.assertEqual(calls, [])
        self.clock.advance(1)
        self.assertEqual(calls, ["second"])

    def test_outside(self) -> None:
        """
        What is asked for outside of all actions is called outside of them.
        """
        calls: list[object] = []
        call_later(self.clock, 1, lambda: calls.append(current_action()))
        with self.action.context():
            self.clock.advance(1)
        self.assertEqual(calls, [None])

    def test_again(self) -> None:
        """
        A function that asks to be called again keeps the action, and so does the next one.
        """

        def again(left: int) -> None:
            with start_action(action_type="app:again"):
                pass
            if left:
                call_later(self.clock, 1, again, left - 1)

        with self.action.context():
            again(2)
        self.clock.pump([1, 1])
        levels = [level_of(each) for each in of_type(self.messages, "app:again")]
        self.assertEqual(levels, [[2, 1], [2, 2], [3, 1], [3, 2], [4, 1], [4, 2]])

    def test_raises(self) -> None:
        """
        What the function raises goes where it goes without us, and the context is put back.
        """
        with self.action.context():
            call_later(self.clock, 1, lambda: 1 // 0)
        self.assertRaises(ZeroDivisionError, self.clock.advance, 1)
        self.assertIsNone(current_action())


class DeferLaterTests(TimersTestCase):
    """
    The same, with the result as a Deferred.
    """

    def test_result(self) -> None:
        """
        The function is called in the action, and callbacks get its result there.
        """
        with self.action.context():
            later = defer_later(self.clock, 1, lambda *args: (args, current_action()), 2)
        later.addCallback(lambda result: (result, current_action()))
        self.clock.advance(1)
        expected = (((2,), self.action), self.action)
        self.assertEqual(self.successResultOf(later), expected)
        self.assertIsNone(current_action())

    def test_nothing(self) -> None:
        """
        Without a function it just waits.
        """
        with self.action.context():
            later = defer_later(self.clock, 1)
        later.addCallback(lambda result: (result, current_action()))
        self.clock.advance(1)
        self.assertEqual(self.successResultOf(later), (None, self.action))

    def test_deferred(self) -> None:
        """
        A Deferred that the function returns is waited for, whoever fires that.
        """
        inner: Deferred[int] = Deferred()
        with self.action.context():
            later = defer_later(self.clock, 1, lambda: inner)
        seen = later.addCallback(lambda result: (result, current_action()))
        self.clock.advance(1)
        with start_action(action_type="app:other"):
            inner.callback(3)
        self.assertEqual(self.successResultOf(seen), (3, self.action))

    def test_cancelled(self) -> None:
        """
        Cancelling it cancels the call, and fails it in the action.
        """
        seen: list[object] = []

        def note(failure: object) -> object:
            seen.append(current_action())
            return failure

        with self.action.context():
            later = defer_later(self.clock, 1).addBoth(note)
        later.cancel()
        self.failureResultOf(later, CancelledError)
        self.assertEqual(seen, [self.action])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_raises(self) -> None:
        """
        What the function raises is the failure.
        """
        later = defer_later(self.clock, 1, lambda: 1 // 0)
        self.clock.advance(1)
        self.failureResultOf(later, ZeroDivisionError)
