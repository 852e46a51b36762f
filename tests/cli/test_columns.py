"""
Tests of :mod:`eliot.cli._columns`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._columns import KINDS, Column, DoesNotFitError
from eliot.read import JSON

_SAMPLES: list[JSON] = ["text", 5, 2.5, True, [1], {"a": None}, 2**63, 10**400, "2026-11-22"]


class ColumnTests(SynchronousTestCase):
    """
    A column has a type.
    """

    def fitting(self, kind: str) -> list[JSON]:
        """
        Pick the samples that fit into a column of a type.
        """
        found = []
        for sample in _SAMPLES:
            try:
                Column("x", kind).cell(sample)
            except DoesNotFitError:
                continue
            found.append(sample)
        return found

    def test_fit(self) -> None:
        """
        Each type takes what is of that type: truth is no number, and a number no text.
        """
        self.assertEqual(self.fitting("string"), ["text", "2026-11-22"])
        self.assertEqual(self.fitting("int"), [5])
        self.assertEqual(self.fitting("float"), [5, 2.5, 2**63])
        self.assertEqual(self.fitting("bool"), [True])
        self.assertEqual(self.fitting("json"), _SAMPLES)
        self.assertEqual(self.fitting("time"), [5, 2.5, "2026-11-22"])

    def test_json(self) -> None:
        """
        Anything can be shown as JSON.
        """
        self.assertEqual(KINDS["json"]([1, "ü", None]), '[1,"ü",null]')
        self.assertEqual(KINDS["json"]("\ud800"), '"\\ud800"')

    def test_time(self) -> None:
        """
        A time is a number of seconds since the epoch, or text in the ISO format, in UTC unless it
        says where; it becomes microseconds.
        """
        time = KINDS["time"]
        self.assertEqual(time(1.5), 1_500_000)
        self.assertEqual(time("1970-01-01T00:00:01"), 1_000_000)
        self.assertEqual(time("1970-01-01T01:00:01+01:00"), 1_000_000)
        for value in (float("nan"), float("inf"), 1e300, "yesterday"):
            with self.assertRaises(DoesNotFitError):
                time(value)
