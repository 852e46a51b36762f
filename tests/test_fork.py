"""
What a forked child makes anew.
"""

from __future__ import annotations

import gc
import weakref
from threading import RLock

from twisted.trial.unittest import SynchronousTestCase

from eliot._fork import RenewedAfterFork
from tests.helpers import in_forked_child, in_threads, run_child


class Counted(RenewedAfterFork):
    """
    An object that counts how often it has been made anew.
    """

    __slots__ = ("count", "lock")

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.lock = RLock()

    def _renew_after_fork(self) -> None:
        self.count += 1
        self.lock = RLock()


class RenewedAfterForkTests(SynchronousTestCase):
    """
    Objects that cannot be used in a child as they are.
    """

    def test_renewed(self) -> None:
        """
        An object is made anew in the child, once, and not in the parent; in the child's child it
        is made anew again.
        """
        counted = Counted()
        child = in_forked_child(
            lambda: f"{counted.count} {in_forked_child(lambda: str(counted.count))}"
        )
        self.assertEqual(child, "1 2")
        self.assertEqual(counted.count, 0)

    def test_lock(self) -> None:
        """
        A lock that another thread of the parent holds is free in the child.
        """
        counted = Counted()
        answers: list[str] = []

        def child() -> str:
            with counted.lock:
                return "free"

        def fork(number: int) -> None:
            answers.append(in_forked_child(child))

        with counted.lock:
            in_threads(1, fork)
        self.assertEqual(answers, ["free"])

    def test_half_made(self) -> None:
        """
        One whose constructor has not come to its end keeps none of the others from being renewed.
        """
        counted = [Counted() for _ in range(3)]
        half_made = Counted.__new__(Counted)
        RenewedAfterFork.__init__(half_made)
        counted += [Counted() for _ in range(3)]
        child = in_forked_child(lambda: str([each.count for each in counted]))
        self.assertEqual(child, "[1, 1, 1, 1, 1, 1]")

    def test_weak(self) -> None:
        """
        Objects are not kept alive for it.
        """
        counted = Counted()
        reference = weakref.ref(counted)
        del counted
        gc.collect()
        self.assertIsNone(reference())


class CallInForkedChildTests(SynchronousTestCase):
    """
    Functions that are called in each child.
    """

    def test_called(self) -> None:
        """
        A function is called in every child, and not in the parent.
        """
        child = run_child(
            "import os\n"
            "from eliot._fork import call_in_forked_child\n"
            "called = []\n"
            "call_in_forked_child(lambda: called.append(1))\n"
            "for _ in range(2):\n"
            "    pid = os.fork()\n"
            "    if pid == 0: os._exit(len(called))\n"
            "    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), len(called))\n"
        )
        self.assertEqual((child.stdout, child.stderr), ("1 0\n1 0\n", ""))
