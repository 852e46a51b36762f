"""
Taking the current action along into threads.
"""

from __future__ import annotations

from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, log_message, start_action
from eliot._threads import TooManyCalls, preserve_context
from tests.helpers import in_threads, level_of, of_type, record


class PreserveContextTests(SynchronousTestCase):
    """
    Functions that run inside the action in which they were preserved.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_in_a_thread(self) -> None:
        """
        The function gets its arguments, and runs inside an action that continues the task at the
        place which was taken when it was preserved.
        """
        got: list[object] = []

        def work(x: int, *, y: int) -> None:
            log_message("in thread")
            got.extend([x, y])

        with start_action(action_type="main"):
            preserved = preserve_context(work)
            log_message("in between")
            thread = Thread(target=preserved, args=(3,), kwargs={"y": 4})
            thread.start()
            thread.join()
        self.assertEqual(got, [3, 4])
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1)
        remote = of_type(self.messages, "eliot:remote_task")
        self.assertEqual([each["task_level"] for each in remote], [[2, 1], [2, 3]])
        self.assertEqual(level_of(of_type(self.messages, "in thread")[0]), [2, 2])
        self.assertEqual(level_of(of_type(self.messages, "in between")[0]), [3])

    def test_result(self) -> None:
        """
        The result is given back, and the context of the caller is as it was.
        """
        with start_action(action_type="main"):
            preserved = preserve_context(divmod)
        with start_action(action_type="elsewhere") as elsewhere:
            self.assertEqual(preserved(7, 2), (3, 1))
            self.assertIs(current_action(), elsewhere)

    def test_raises(self) -> None:
        """
        What the function raises is raised, and the action has failed.
        """
        with start_action(action_type="main"):
            preserved = preserve_context(divmod)
        self.assertRaises(ZeroDivisionError, preserved, 1, 0)
        end = of_type(self.messages, "eliot:remote_task")[1]
        self.assertEqual(end["exception"], "builtins.ZeroDivisionError")

    def test_no_action(self) -> None:
        """
        Outside of all actions the function itself is given back.
        """
        self.assertIs(preserve_context(divmod), divmod)

    def test_second_call(self) -> None:
        """
        A second call raises, says what to do, and logs nothing.
        """
        with start_action(action_type="main"):
            preserved = preserve_context(divmod)
        self.assertRaises(ZeroDivisionError, preserved, 1, 0)
        del self.messages[:]
        error = self.assertRaises(TooManyCalls, preserved, 1, 2)
        self.assertIn("divmod", str(error))
        self.assertIn("call preserve_context() anew for each", str(error))
        self.assertEqual(self.messages, [])
        self.assertIsNone(error.__context__)

    def test_at_once(self) -> None:
        """
        Of several calls at the same time one succeeds.
        """
        called: list[int] = []
        refused: list[TooManyCalls] = []
        for _ in range(20):
            with start_action(action_type="main"):
                preserved = preserve_context(called.append)

            def run(number: int) -> None:
                try:
                    preserved(number)  # noqa: B023 (called before it is bound anew)
                except TooManyCalls as error:
                    refused.append(error)

            in_threads(4, run)
        self.assertEqual((len(called), len(refused)), (20, 60))

    def test_looks_the_same(self) -> None:
        """
        It shows the name and the documentation of the function.
        """
        with start_action(action_type="main"):
            preserved = preserve_context(in_threads)
        self.assertEqual(preserved.__name__, "in_threads")
        self.assertEqual(preserved.__doc__, in_threads.__doc__)

    def test_cannot_be_asked(self) -> None:
        """
        What raises when it is asked for its name is preserved all the same.
        """

        class Proxy:
            """
            Something that is not there yet.
            """

            def __getattr__(self, name: str) -> object:
                raise ZeroDivisionError

            def __call__(self) -> int:
                return 3

        with start_action(action_type="main"):
            preserved = preserve_context(Proxy())
        self.assertEqual(preserved(), 3)
