"""
Complaints about destinations that raise: at once, then ever more rarely.
"""

from __future__ import annotations

from itertools import pairwise

from twisted.trial.unittest import SynchronousTestCase

from eliot import _complaints, start_action
from eliot._complaints import FIRST_INTERVAL, MAXIMUM_INTERVAL, Complaints
from tests.helpers import Fields, fresh_context, identity_of


class ComplaintsTests(SynchronousTestCase):
    """
    Filing complaints, with a clock that the test sets.
    """

    def setUp(self) -> None:
        """
        Stop the clock.
        """
        fresh_context(self)
        self.now = 1000.0
        self.patch(_complaints, "monotonic", lambda: self.now)
        self.complaints = Complaints()

    def file(self) -> Fields | None:
        """
        File a complaint.
        """
        return self.complaints.file(ValueError("no"), {"message_type": "said"})

    def test_first(self) -> None:
        """
        The first one is told at once, whatever the clock shows, with what there is to say.
        """
        self.now = 0.0
        complaint = self.file()
        assert complaint is not None
        self.assertEqual(
            set(complaint),
            {
                "message_type",
                "exception",
                "reason",
                "message",
                "count",
                "task_uuid",
                "task_level",
                "timestamp",
            },
        )
        self.assertEqual(complaint["message_type"], "eliot:destination_failure")
        self.assertEqual(
            (complaint["exception"], complaint["reason"]), ("builtins.ValueError", "no")
        )
        self.assertEqual(complaint["message"], "{'message_type': 'said'}")
        self.assertEqual(complaint["count"], 1)

    def test_place(self) -> None:
        """
        It belongs to the current action.
        """
        with start_action(action_type="around") as action:
            complaint = self.file()
        assert complaint is not None
        self.assertEqual(identity_of(complaint), (action.task_uuid, (2,)))

    def test_unknown_message(self) -> None:
        """
        Where the message is not known, none is shown.
        """
        complaint = self.complaints.file(ValueError(), None)
        assert complaint is not None
        self.assertNotIn("message", complaint)

    def test_unshowable_message(self) -> None:
        """
        One that cannot be shown does no harm.
        """
        loop: list[object] = []
        for _ in range(100_000):
            loop = [loop]
        complaint = self.complaints.file(ValueError(), {"a": loop})
        assert complaint is not None
        self.assertIn("RecursionError", str(complaint["message"]))

    def test_quiet(self) -> None:
        """
        Those that follow are not told until the interval is over; then one is, and says how many
        there were.
        """
        self.file()
        for _ in range(9):
            self.assertIsNone(self.file())
        self.now += FIRST_INTERVAL
        complaint = self.file()
        assert complaint is not None
        self.assertEqual(complaint["count"], 10)
        self.assertEqual(self.complaints.count, 11)

    def test_intervals(self) -> None:
        """
        Each interval is twice as long as the one before, up to five minutes; no complaint is
        counted twice, or not at all.
        """
        started, told, counted = self.now, [], 0
        for _ in range(20_000):
            complaint = self.file()
            if complaint is not None:
                told.append(self.now - started)
                count = complaint["count"]
                assert isinstance(count, int)
                counted += count
                filed = self.complaints.count
                self.assertEqual(counted, filed)
            self.now += 0.25
        intervals = [later - earlier for earlier, later in pairwise(told)]
        doubled = [FIRST_INTERVAL * 2**n for n in range(9)]
        self.assertEqual(intervals[:9], doubled)
        self.assertEqual(set(intervals[9:]), {MAXIMUM_INTERVAL})
        self.assertEqual(MAXIMUM_INTERVAL, 300)
