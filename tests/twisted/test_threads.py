"""
Tests of :mod:`eliot.twisted._threads`.
"""

from __future__ import annotations

from threading import Event, Thread, current_thread

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._threads import is_writing, start_daemon_thread, writing
from tests.helpers import PATIENCE, in_threads
from tests.twisted.helpers import await_event


class StartDaemonThreadTests(SynchronousTestCase):
    """
    The threads that writers write in by default.
    """

    def test_other_thread(self) -> None:
        """
        The function runs at once, in a thread of its own, which ends with it.
        """
        ran_in: list[Thread] = []
        thread = start_daemon_thread(lambda: ran_in.append(current_thread()))
        thread.join(PATIENCE)
        self.assertEqual(ran_in, [thread])
        self.assertIsNot(thread, current_thread())
        self.assertFalse(thread.is_alive())

    def test_daemon(self) -> None:
        """
        The thread does not keep the process from ending, has a name that says whose it is, and is
        alive until its function returns.
        """
        leave = Event()
        thread = start_daemon_thread(lambda: await_event(leave))
        self.assertTrue(thread.daemon)
        self.assertIn("eliot", thread.name)
        self.assertTrue(thread.is_alive())
        leave.set()
        thread.join(PATIENCE)
        self.assertFalse(thread.is_alive())


class WritingTests(SynchronousTestCase):
    """
    A thread can be known as one in which a writer writes.
    """

    def test_for_a_block(self) -> None:
        """
        It is one in the block alone, whatever ends that, and no other thread is.
        """
        seen: list[bool] = []

        def write() -> None:
            with writing():
                seen.append(is_writing())
                in_threads(1, lambda _: seen.append(is_writing()))
                raise ValueError

        self.assertRaises(ValueError, write)
        self.assertEqual([*seen, is_writing()], [True, False, False])
