"""
How bad the news of a message is.
"""

from __future__ import annotations

import logging

from twisted.trial.unittest import SynchronousTestCase

from eliot._severity import number_of_level, tells_of_fault, type_of
from tests.hostile import Hostile, LyingInt, LyingStr


class SeverityTests(SynchronousTestCase):
    """
    Types, faults and levels.
    """

    def test_type(self) -> None:
        """
        A message without a type, or with a strange one, has an empty one.
        """
        self.assertEqual(type_of({"message_type": "said"}), "said")
        for strange in ({}, {"message_type": 1}, {"message_type": LyingStr("said")}):
            self.assertEqual(type_of(strange), "")

    def test_fault(self) -> None:
        """
        Failed actions, tracebacks, and what the framework says of failures of its own are faults.
        """
        for fault in (
            {"action_type": "deed", "action_status": "failed"},
            {"message_type": "eliot:traceback"},
            {"message_type": "eliot:destination_failure"},
            {"message_type": "eliot:serialization_failure"},
        ):
            self.assertTrue(tells_of_fault(fault), fault)
        for other in (
            {"message_type": "said", "reason": "failed"},
            {"action_type": "deed", "action_status": "succeeded"},
            {"action_type": "deed", "action_status": Hostile("")},
            {},
        ):
            self.assertFalse(tells_of_fault(other), other)

    def test_level(self) -> None:
        """
        A level is a number, or a name that the standard library knows, in capitals or not.
        """
        for level in ("WARNING", "warning", "Warning", logging.WARNING):
            self.assertEqual(number_of_level(level), logging.WARNING)
        self.assertEqual(number_of_level(7), 7)
        strange: list[object] = ["loud", "", None, 1.5, True, []]
        strange += [LyingInt(10), LyingStr("INFO"), Hostile("")]
        for unknown in strange:
            self.assertIsNone(number_of_level(unknown))
