"""
Tests of :mod:`eliot.twisted._own_context`.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, start_action
from eliot.twisted._own_context import in_own_context
from tests.helpers import record


class InOwnContextTests(SynchronousTestCase):
    """
    Callbacks run in the action of those who wait.
    """

    def setUp(self) -> None:
        """
        Log nowhere.
        """
        record(self)
        self.seen: list[Action | None] = []

    def see(self, result: object) -> object:
        """
        Note what is current.
        """
        self.seen.append(current_action())
        return result

    def test_waits(self) -> None:
        """
        Each waits in its own action, and whoever fires sees nothing of that.
        """
        fired: Deferred[int] = Deferred()
        with start_action(action_type="waits") as waits:
            waiting = in_own_context(fired)
        waiting.addCallback(self.see)
        with start_action(action_type="fires") as fires:
            fired.callback(7)
            self.assertIs(current_action(), fires)
        self.assertEqual(self.seen, [waits])
        self.assertEqual(self.successResultOf(waiting), 7)
        self.assertIsNone(self.successResultOf(fired))

    def test_fails(self) -> None:
        """
        A failure is handed on.
        """
        fired: Deferred[int] = Deferred()
        waiting = in_own_context(fired).addErrback(self.see)
        fired.errback(ZeroDivisionError())
        self.failureResultOf(waiting, ZeroDivisionError)
        self.assertEqual(self.seen, [None])

    def test_there(self) -> None:
        """
        A result that is there already is there at once.
        """
        self.assertEqual(self.successResultOf(in_own_context(succeed(7))), 7)

    def test_cancelled(self) -> None:
        """
        Cancelling it cancels what it waits for.
        """
        cancelled: list[object] = []
        waiting = in_own_context(Deferred[int](cancelled.append))
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.assertEqual(len(cancelled), 1)

    def test_cannot_be_cancelled(self) -> None:
        """
        What comes after it was cancelled comes to nobody.
        """

        class Stubborn(Deferred[int]):
            def cancel(self) -> None:
                pass

        fired = Stubborn()
        waiting = in_own_context(fired)
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        fired.callback(7)
        self.assertIsNone(self.successResultOf(fired))
