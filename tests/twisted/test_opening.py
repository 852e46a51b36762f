"""
Tests of :mod:`eliot.twisted._opening`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._opening import Opening
from tests.helpers import in_threads
from tests.twisted.helpers import OpenedDisk


class OpeningTests(SynchronousTestCase):
    """
    A destination is open as long as somebody holds it.
    """

    def setUp(self) -> None:
        """
        Make a disk.
        """
        self.disk = OpenedDisk()
        self.complaints: list[Exception] = []
        self.opening = Opening(self.disk, self.complaints.append)

    def test_first_and_last(self) -> None:
        """
        The first who takes hold opens it, and learns so; the last one closes it.
        """
        self.assertEqual([self.opening.hold() for _ in range(3)], [True, False, False])
        self.opening.let_go()
        self.opening.let_go()
        self.assertEqual(self.disk.calls, ["open"])
        self.opening.let_go()
        self.assertEqual(self.disk.calls, ["open", "close"])
        self.assertTrue(self.opening.hold())

    def test_not_opened(self) -> None:
        """
        What cannot be opened is not held, and can be tried again.
        """
        self.disk.open_error = OSError("no such folder")
        self.assertRaises(OSError, self.opening.hold)
        self.disk.open_error = None
        self.assertTrue(self.opening.hold())

    def test_closing_fails(self) -> None:
        """
        What closing raises is complained of.
        """
        self.disk.close_error = OSError("gone")
        self.opening.hold()
        self.opening.let_go()
        self.assertEqual(self.complaints, [self.disk.close_error])
        self.assertTrue(self.opening.hold())

    def test_many_threads(self) -> None:
        """
        In whatever order threads hold it and let it go, each opening is followed by a closing.
        """

        def hold_and_let_go(_: int) -> None:
            for _ in range(200):
                self.opening.hold()
                self.opening.let_go()

        in_threads(4, hold_and_let_go)
        self.assertEqual(set(self.disk.calls[::2]), {"open"})
        self.assertEqual(set(self.disk.calls[1::2]), {"close"})

    def test_forked(self) -> None:
        """
        A forked child has a lock of its own.
        """
        self.opening._lock.acquire()
        self.opening._renew_after_fork()
        in_threads(1, lambda _: self.opening.hold())
        self.assertEqual(self.disk.calls, ["open"])
