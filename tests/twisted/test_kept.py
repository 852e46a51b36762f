"""
Tests of :mod:`eliot.twisted._kept`.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, start_action
from eliot.twisted._kept import keep
from tests.helpers import record


class KeepTests(SynchronousTestCase):
    """
    A Deferred whose callbacks run where it was asked for.
    """

    def setUp(self) -> None:
        """
        Start an action.
        """
        record(self)
        self.action = start_action(action_type="app:ask")

    def kept(self, deferred: Deferred[object]) -> Deferred[object]:
        """
        Keep a Deferred in the action, and have it note the current action and its result.
        """
        self.seen: list[object] = []
        with self.action.context():
            kept = keep(deferred)

        def note(result: object) -> object:
            self.seen.append(current_action())
            return result

        return kept.addBoth(note).addBoth(note)

    def test_fired(self) -> None:
        """
        Whoever fires it, the callbacks run in the action; the context is put back.
        """
        deferred: Deferred[object] = Deferred()
        kept = self.kept(deferred)
        with start_action(action_type="app:fire") as other:
            deferred.callback(1)
            self.assertIs(current_action(), other)
        self.assertEqual(self.seen, [self.action, self.action])
        self.assertEqual(self.successResultOf(kept), 1)

    def test_failed(self) -> None:
        """
        So do errbacks; and a failure that nobody handles is told of once, by that Deferred.
        """
        deferred: Deferred[object] = Deferred()
        kept = self.kept(deferred)
        failure = Failure(ValueError("no"))
        deferred.errback(failure)
        self.assertEqual(self.seen, [self.action, self.action])
        self.assertIs(self.failureResultOf(kept), failure)
        self.assertIsNone(self.successResultOf(deferred))

    def test_cancelled(self) -> None:
        """
        Cancelling it cancels the other one.
        """
        asked: list[object] = []
        deferred: Deferred[object] = Deferred(asked.append)
        kept = self.kept(deferred)
        kept.cancel()
        self.assertEqual(asked, [deferred])
        self.assertEqual(self.seen, [self.action, self.action])
        self.failureResultOf(kept, CancelledError)

    def test_cancelled_with_result(self) -> None:
        """
        What a canceller says is the result.
        """
        deferred: Deferred[object] = Deferred(lambda it: it.callback("enough"))
        kept = self.kept(deferred)
        kept.cancel()
        self.assertEqual(self.successResultOf(kept), "enough")

    def test_cannot_be_cancelled(self) -> None:
        """
        What comes after it was cancelled comes to nobody.
        """

        class Stubborn(Deferred[object]):
            def cancel(self) -> None:
                """
                Go on.
                """

        deferred = Stubborn()
        kept = self.kept(deferred)
        kept.cancel()
        self.failureResultOf(kept, CancelledError)
        deferred.callback("late")
        self.assertIsNone(self.successResultOf(deferred))

    def test_has_result(self) -> None:
        """
        One that has its result is the same Deferred.
        """
        for deferred in (succeed(1), fail(ValueError("no"))):
            self.assertIs(keep(deferred), deferred)
            deferred.addErrback(lambda _: None)

    def test_waits(self) -> None:
        """
        One that has been fired and waits for another has no result yet.
        """
        inner: Deferred[object] = Deferred()
        kept = self.kept(succeed(None).addCallback(lambda _: inner))
        self.assertNoResult(kept)
        inner.callback(2)
        self.assertEqual(self.successResultOf(kept), 2)
        self.assertEqual(self.seen, [self.action, self.action])

    def test_outside(self) -> None:
        """
        What was asked for outside of all actions goes on outside.
        """
        deferred: Deferred[object] = Deferred()
        kept = keep(deferred).addCallback(lambda _: current_action())
        with self.action.context():
            deferred.callback(None)
        self.assertIsNone(self.successResultOf(kept))
