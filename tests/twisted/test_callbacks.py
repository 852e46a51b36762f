"""
Tests of :mod:`eliot.twisted._callbacks`.
"""

from __future__ import annotations

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, start_action
from eliot._context import NOWHERE, Scope
from eliot._crossed import innermost
from eliot.twisted._callbacks import HandedOn, call_simply, call_with_result, finish_with
from tests.helpers import of_type, record


class CallbacksTestCase(SynchronousTestCase):
    """
    Keeps what is logged.
    """

    def setUp(self) -> None:
        """
        Start an action.
        """
        self.messages = record(self)
        self.action = start_action(action_type="app:work")
        self.scope: Scope = (self.action, NOWHERE)

    def status(self) -> object:
        """
        Tell how the action has ended.
        """
        return of_type(self.messages, "app:work")[-1]["action_status"]


class CallTests(CallbacksTestCase):
    """
    Callbacks are called with an action.
    """

    def test_result(self) -> None:
        """
        They get the result and the other arguments, and the context is put back.
        """

        def callback(*args: object, **kwargs: object) -> object:
            return args, kwargs, current_action()

        self.assertEqual(call_simply(1, self.scope, callback), ((1,), {}, self.action))
        self.assertEqual(
            call_with_result(1, self.scope, callback, (2,), {"c": 3}),
            ((1, 2), {"c": 3}, self.action),
        )
        self.assertIsNone(current_action())

    def test_raises(self) -> None:
        """
        What they raise passes, and has crossed the action; the context is put back.
        """

        def callback(*args: object) -> object:
            raise ValueError(args)

        error = self.assertRaises(ValueError, call_simply, 1, self.scope, callback)
        self.assertIs(innermost(error), self.action)
        error = self.assertRaises(ValueError, call_with_result, 1, self.scope, callback, (2,), {})
        self.assertIs(innermost(error), self.action)
        self.assertIsNone(current_action())


class FinishTests(CallbacksTestCase):
    """
    Actions end with results.
    """

    def test_success(self) -> None:
        """
        With a result it succeeds, and the result passes.
        """
        self.assertEqual(finish_with("result", self.action), "result")
        self.assertEqual(self.status(), "succeeded")

    def test_failure(self) -> None:
        """
        With a Failure it fails, and the Failure passes.
        """
        failure = Failure(ValueError("no"))
        self.assertIs(finish_with(failure, self.action), failure)
        self.assertEqual(self.status(), "failed")

    def test_handed_on(self) -> None:
        """
        A failure that was noted counts where there is none in the end, and is forgotten then.
        """
        handed_on = HandedOn()
        failure = Failure(ValueError("no"))
        self.assertEqual(handed_on.note(1), 1)
        self.assertIs(handed_on.note(failure), failure)
        self.assertIsNone(handed_on.note(None))
        self.assertEqual(handed_on.finish("handled", self.action), "handled")
        self.assertEqual(self.status(), "failed")
        self.assertIsNone(handed_on._failure)
