"""
Tests of :mod:`eliot.read._known`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read._known import Known
from eliot.read._tasks import REMEMBERED


class KnownTests(SynchronousTestCase):
    """
    Identifiers are remembered.
    """

    def test_new(self) -> None:
        """
        An identifier is new once.
        """
        known = Known()
        self.assertEqual([known.is_new(each) for each in "abab"], [True, True, False, False])

    def test_bounded(self) -> None:
        """
        The oldest are forgotten, if there are very many.
        """
        known = Known()
        for number in range(REMEMBERED + 1):
            known.is_new(str(number))
        self.assertFalse(known.is_new(str(REMEMBERED)))
        self.assertTrue(known.is_new("0"))
