"""
Tests of what is logged within what: ``trial examples.ferry.test_berths``.
"""

from unittest import TestCase

from eliot import MemoryLogger
from eliot.testing import (
    LoggedAction,
    LoggedMessage,
    assertContainsFields,
    assertHasAction,
    capture_logging,
)
from examples.ferry.berths import BERTH_CHECKED, FIND_BERTH, find_berth

BERTHS = {"B 1": False, "B 2": True, "B 3": True}


class FindBerthTests(TestCase):
    """
    Looking for a berth.
    """

    @capture_logging(None)
    def test_by_hand(self, logger: MemoryLogger) -> None:
        """
        The berths are looked at as a part of the search, up to the first that is free.
        """
        self.assertEqual(find_berth("Gull", BERTHS), "B 2")
        (action,) = LoggedAction.of_type(logger.messages, FIND_BERTH)
        checked = LoggedMessage.of_type(logger.messages, BERTH_CHECKED)
        assertContainsFields(self, action.start_message, {"ferry": "Gull"})
        assertContainsFields(self, action.end_message, {"berth": "B 2"})
        self.assertEqual(action.children, checked)
        self.assertEqual([each.message["berth"] for each in checked], ["B 1", "B 2"])

    @capture_logging(None)
    def test_in_short(self, logger: MemoryLogger) -> None:
        """
        The same with fewer words.
        """
        find_berth("Gull", BERTHS)
        action = assertHasAction(self, logger, FIND_BERTH, True, {"ferry": "Gull"})
        self.assertEqual(
            action.type_tree(),
            {"harbour:find_berth": ["harbour:berth_checked", "harbour:berth_checked"]},
        )

    @capture_logging(assertHasAction, FIND_BERTH, False)
    def test_none(self, logger: MemoryLogger) -> None:
        """
        Without a free berth, the search fails.
        """
        self.assertRaises(LookupError, find_berth, "Tern", {"B 1": False})
