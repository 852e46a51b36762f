"""
The patch of Twisted that has Deferreds note the action in which they fail.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Generator
from typing import NoReturn

from twisted.internet import defer
from twisted.internet.defer import Deferred, fail, inlineCallbacks
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, start_action, start_task
from eliot.twisted import patch_unhandled_errors, unhandled_errors_are_patched
from tests.twisted.test_unhandled import UnhandledTestCase, boom

HOOK = "twisted.internet.defer.DebugInfo"


class PatchTests(SynchronousTestCase):
    """
    Whether the patch is in force.
    """

    def setUp(self) -> None:
        """
        Have whatever is done here put back.
        """
        self.original = defer.DebugInfo
        self.patch(defer, "DebugInfo", self.original)

    def assert_refused(self, enabled: bool = True) -> None:
        """
        Check that it is refused to change anything, by an error that names what it would change.
        """
        before = getattr(defer, "DebugInfo", None)
        error = self.assertRaises(RuntimeError, patch_unhandled_errors, enabled)
        self.assertIn(HOOK, str(error))
        self.assertIs(getattr(defer, "DebugInfo", None), before)

    def test_asked_for(self) -> None:
        """
        It is not, unless it is asked for; and it can be taken back.
        """
        self.assertFalse(unhandled_errors_are_patched())
        patch_unhandled_errors()
        self.assertTrue(unhandled_errors_are_patched())
        patch_unhandled_errors(False)
        self.assertFalse(unhandled_errors_are_patched())
        self.assertIs(defer.DebugInfo, self.original)

    def test_again(self) -> None:
        """
        Asking for what is so already changes nothing.
        """
        patch_unhandled_errors(False)
        self.assertIs(defer.DebugInfo, self.original)
        patch_unhandled_errors()
        patched = defer.DebugInfo
        patch_unhandled_errors()
        self.assertIs(defer.DebugInfo, patched)

    def test_replaced(self) -> None:
        """
        It is refused where somebody else has patched Twisted before.
        """
        self.patch(defer, "DebugInfo", type("Other", (self.original,), {}))
        self.assert_refused()

    def test_replaced_later(self) -> None:
        """
        It is in force while what somebody has put there later derives from it, but cannot be taken
        back.
        """
        patch_unhandled_errors()
        self.patch(defer, "DebugInfo", type("Other", (defer.DebugInfo,), {}))
        self.assertTrue(unhandled_errors_are_patched())
        self.assert_refused(False)

    def test_unknown(self) -> None:
        """
        It is refused in a Twisted that is not as it was known.
        """

        def of_twisted(**attributes: object) -> type:
            return type("DebugInfo", (), {"__module__": defer.__name__, **attributes})

        reports = self.original.__del__
        for hook in (
            None,
            of_twisted(),
            of_twisted(failResult=None),
            of_twisted(failResult=None, __del__=len),
            of_twisted(failResult=1, __del__=reports),
        ):
            self.patch(defer, "DebugInfo", hook)
            self.assertFalse(unhandled_errors_are_patched())
            self.assert_refused()

    def test_other_use(self) -> None:
        """
        So it is where Deferreds do not use it as they did.
        """
        self.patch(Deferred, "_runCallbacks", lambda self: None)
        self.assert_refused()


class PatchedTests(UnhandledTestCase):
    """
    What it is good for.
    """

    def setUp(self) -> None:
        """
        Patch.
        """
        super().setUp()
        self.patch(defer, "DebugInfo", defer.DebugInfo)
        patch_unhandled_errors()

    def collect(self) -> None:
        """
        Have everything forgotten that is not used any more, while another action is current.
        """
        with start_task(action_type="elsewhere"):
            gc.collect()

    def failed_in(self, action: Action, error: Exception) -> Deferred[object]:
        """
        Make a Deferred that has failed in an action, and that is forgotten only if it is collected.
        """
        deferred: Deferred[object] = Deferred()
        vars(deferred)["itself"] = deferred
        action.run(deferred.errback, error)
        return deferred

    def test_current(self) -> None:
        """
        An error that has crossed no action is placed in the one that was current when its Deferred
        failed.
        """
        with start_action(action_type="deed") as action:
            self.failed_in(action, ValueError("no way"))
            self.collect()
            self.assert_placed(action, self.only())

    def test_ended(self) -> None:
        """
        So it is when that has ended.
        """
        with start_action(action_type="deed") as action:
            self.failed_in(action, ValueError("no way"))
        self.collect()
        self.assert_placed(action, self.only())

    def test_crossed(self) -> None:
        """
        One that it has crossed is known better.
        """
        error = self.assertRaises(ValueError, boom)
        with start_action(action_type="deed") as action:
            self.failed_in(action, error)
        self.collect()
        [start, _] = [each for each in self.messages if each.get("action_type") == "boom"]
        self.assertEqual(self.only()["task_uuid"], start["task_uuid"])

    def test_nowhere(self) -> None:
        """
        One that has failed outside of all actions is in none, whatever is current when it is
        forgotten.
        """
        deferred = fail(ValueError("no way"))
        with start_action(action_type="elsewhere"):
            del deferred
        self.assert_placed(None, self.only())

    def coroutine(self, waiting: Deferred[object]) -> Deferred[object]:
        """
        Call a coroutine that waits, and fails then.
        """

        async def wait() -> NoReturn:
            await waiting
            raise ValueError("no way")

        return Deferred.fromCoroutine(wait())

    @inlineCallbacks
    def generator(self, waiting: Deferred[object]) -> Generator[Deferred[object], object, None]:
        """
        Be a generator that does.
        """
        yield waiting
        raise ValueError("no way")

    def test_coroutines(self) -> None:
        """
        A coroutine fails in the action in which it was called, whoever has it go on; so does a
        generator.
        """
        for function in (self.coroutine, self.generator):
            self.messages.clear()
            waiting: Deferred[object] = Deferred()
            with start_action(action_type="deed") as action:
                function(waiting)
            with start_action(action_type="goes on"):
                waiting.callback(None)
            del waiting
            self.collect()
            self.assert_placed(action, self.only())

    def test_coroutine_outside(self) -> None:
        """
        One that was called outside of all actions fails there.
        """
        waiting: Deferred[object] = Deferred()
        self.coroutine(waiting)
        with start_action(action_type="goes on"):
            waiting.callback(None)
        del waiting
        self.collect()
        self.assert_placed(None, self.only())

    def test_handled(self) -> None:
        """
        An error that is handled after all is not reported, and the action is forgotten.
        """
        action = start_action(action_type="deed")
        deferred = self.failed_in(action, ValueError("no way"))
        gone = weakref.ref(action)
        del action
        self.assertIsNotNone(gone())
        deferred.addErrback(lambda _: None)
        self.assertIsNone(gone())
        del deferred
        self.collect()
        self.assertEqual(self.events(), [])

    def test_handled_later(self) -> None:
        """
        What counts is where it has failed at last.
        """
        first, second = start_task(action_type="first"), start_task(action_type="second")
        deferred = self.failed_in(first, ValueError("no way"))
        second.run(deferred.addErrback, lambda failure: failure)
        del deferred
        self.collect()
        self.assert_placed(second, self.only())

    def test_after(self) -> None:
        """
        Deferreds that have failed before it is taken back know their actions afterwards.
        """
        with start_action(action_type="deed") as action:
            self.failed_in(action, ValueError("no way"))
        patch_unhandled_errors(False)
        self.collect()
        self.assert_placed(action, self.only())

    def test_as_before(self) -> None:
        """
        Whoever looks at the failure of the helper object sees what he would without the patch.
        """
        deferred = fail(ValueError("no way"))
        info = deferred._debugInfo
        assert info is not None
        self.assertIsInstance(info.failResult, Failure)
        self.failureResultOf(deferred)
        self.assertIsNone(info.failResult)
        self.assertIsNone(type(info)().failResult)
