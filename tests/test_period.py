"""
When a new file is due by time.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._period import period


class LocalTests(SynchronousTestCase):
    """
    Hours, days and weeks, in local time.
    """

    def in_zone(self, name: str) -> ZoneInfo:
        """
        Go to a time zone for the rest of the test.
        """
        try:
            zone = ZoneInfo(name)
        except ZoneInfoNotFoundError:
            self.skipTest("There is no data about time zones here.")
        former = os.environ.get("TZ")

        def put_back() -> None:
            if former is None:
                os.environ.pop("TZ", None)
            else:
                os.environ["TZ"] = former
            time.tzset()

        self.addCleanup(put_back)
        os.environ["TZ"] = name
        time.tzset()
        return zone

    def check(self, zone: str, every: str, *moments: str) -> None:
        """
        Check that each moment is the end of the period of the one before, and of one just before
        itself.
        """
        info = self.in_zone(zone)
        end = period(every)
        stamps = [datetime.fromisoformat(each).astimezone(info).timestamp() for each in moments]
        for begin, expected in pairwise(stamps):
            self.assertEqual(end(begin), expected)
            self.assertEqual(end(begin + 0.25), expected)
            self.assertEqual(end(expected - 0.25), expected)

    def test_hours(self) -> None:
        """
        Hours begin with minute 0, also where the zone is half an hour off.
        """
        self.check("Asia/Kolkata", "hour", "2026-01-01T10:00+05:30", "2026-01-01T11:00+05:30")

    def test_hour_twice(self) -> None:
        """
        An hour that comes twice has two files.
        """
        self.check(
            "Europe/Berlin",
            "hour",
            "2026-10-25T02:00+02:00",
            "2026-10-25T02:00+01:00",
            "2026-10-25T03:00+01:00",
        )

    def test_days(self) -> None:
        """
        Days begin at midnight, those of 23 and 25 hours as well.
        """
        self.check(
            "Europe/Berlin",
            "day",
            "2026-03-28T00:00+01:00",
            "2026-03-29T00:00+01:00",
            "2026-03-30T00:00+02:00",
        )
        self.check(
            "Europe/Berlin",
            "day",
            "2026-10-25T00:00+02:00",
            "2026-10-26T00:00+01:00",
            "2026-10-27T00:00+01:00",
        )

    def test_no_midnight(self) -> None:
        """
        A day without a midnight begins when it begins.
        """
        self.check(
            "America/Sao_Paulo",
            "day",
            "2018-11-03T00:00-03:00",
            "2018-11-04T01:00-02:00",
            "2018-11-05T00:00-02:00",
        )

    def test_midnight_twice(self) -> None:
        """
        A day with two midnights begins at the first one.
        """
        self.check(
            "America/Havana",
            "day",
            "2026-10-31T00:00-04:00",
            "2026-11-01T00:00-04:00",
            "2026-11-02T00:00-05:00",
        )

    def test_weeks(self) -> None:
        """
        Weeks begin on Monday, across the end of a year as well.
        """
        self.check(
            "Europe/Berlin",
            "week",
            "2025-12-22T00:00+01:00",
            "2025-12-29T00:00+01:00",
            "2026-01-05T00:00+01:00",
        )
        self.check("Europe/Berlin", "week", "2026-03-23T00:00+01:00", "2026-03-30T00:00+02:00")

    @given(st.integers(1_500_000_000, 1_900_000_000), st.sampled_from(["hour", "day", "week"]))
    def test_later(self, moment: int, every: str) -> None:
        """
        The end is after the moment, and not farther than a period is long, with an hour to spare.
        """
        longest = {"hour": 1, "day": 24, "week": 7 * 24}[every] + 1
        self.assertTrue(moment < period(every)(moment) <= moment + 3600 * longest)


class SecondsTests(SynchronousTestCase):
    """
    Numbers of seconds.
    """

    def test_aligned(self) -> None:
        """
        They are counted from the epoch, whenever it begins.
        """
        end = period(600)
        self.assertEqual([end(1200), end(1200.5), end(1799.9), end(1800)], [1800, 1800, 1800, 2400])

    @given(st.floats(0, 1e11), st.floats(1e-9, 1e9))
    def test_later(self, moment: float, seconds: float) -> None:
        """
        The end is after the moment, however small a period is.
        """
        self.assertGreater(period(seconds)(moment), moment)


class RefusedTests(SynchronousTestCase):
    """
    What is no period.
    """

    def test_refused(self) -> None:
        """
        Other texts and numbers, and what is neither, are refused with what is allowed.
        """
        for every in ("month", "", "Day", 0, -1, float("nan"), float("inf")):
            error = self.assertRaises(ValueError, period, every)
            self.assertTrue(str(error).startswith("every="), str(error))
        for wrong in (True, None, ["day"], b"day"):
            error = self.assertRaises(TypeError, period, wrong)
            self.assertIn("'hour', 'day', 'week'", str(error))
