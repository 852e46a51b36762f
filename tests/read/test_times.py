"""
Tests of :mod:`eliot.read._times`.
"""

from __future__ import annotations

import os
import time

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read._times import format_date, format_duration, format_time

_MOMENT = 1_795_334_781.383_056  # 2026-11-22 08:06:21.383056 UTC


class TimeTests(SynchronousTestCase):
    """
    Times are shown in UTC or in the local zone.
    """

    def use_zone(self, zone: str) -> None:
        """
        Be in a time zone for the rest of the test.
        """
        before = os.environ.get("TZ")

        def restore() -> None:
            if before is None:
                del os.environ["TZ"]
            else:
                os.environ["TZ"] = before
            time.tzset()

        os.environ["TZ"] = zone
        self.addCleanup(restore)
        time.tzset()

    def test_utc(self) -> None:
        """
        In UTC, the zone is named once, with the day.
        """
        day = format_date(_MOMENT, local_time=False)
        self.assertEqual(day, "2026-11-22 UTC")
        self.assertEqual(format_time(_MOMENT, day, local_time=False), "08:06:21.383")

    def test_local(self) -> None:
        """
        Local time names its distance from UTC.
        """
        self.use_zone("XXX-5:30")
        day = format_date(_MOMENT, local_time=True)
        self.assertEqual(day, "2026-11-22 +05:30")
        self.assertEqual(format_time(_MOMENT, day, local_time=True), "13:36:21.383")

    def test_another_day(self) -> None:
        """
        A time on another day than the one that goes without saying names its day.
        """
        day = format_date(_MOMENT, local_time=False)
        self.assertEqual(
            format_time(_MOMENT + 86_400, day, local_time=False), "2026-11-23 UTC 08:06:21.383"
        )

    def test_another_zone(self) -> None:
        """
        So does a time after the clocks were changed on that day.
        """
        self.use_zone("CET-1CEST,M3.5.0,M10.5.0/3")
        before = 1_792_886_400.0  # 2026-10-25 00:00 UTC, an hour before
        day = format_date(before, local_time=True)
        self.assertEqual(day, "2026-10-25 +02:00")
        self.assertEqual(
            format_time(before + 7_200, day, local_time=True), "2026-10-25 +01:00 03:00:00.000"
        )

    def test_no_calendar(self) -> None:
        """
        What no calendar can show is shown as the number that it is.
        """
        for moment in [1e18, -1e18, 1e300]:
            self.assertEqual(format_date(moment, local_time=False), "")
            self.assertEqual(format_date(moment, local_time=True), "")
            self.assertEqual(format_time(moment, "", local_time=False), f"{moment!r} s")

    @given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
    def test_any(self, moment: float, local_time: bool) -> None:
        """
        Any finite number can be shown.
        """
        day = format_date(moment, local_time=local_time)
        self.assertTrue(format_time(moment, day, local_time=local_time).isprintable())


class DurationTests(SynchronousTestCase):
    """
    Durations have the unit that fits them.
    """

    def test_units(self) -> None:
        """
        From fractions of milliseconds to hours, without ever showing 60 of a unit.
        """
        expected = {
            0.0: "0.00 ms",
            0.000_04: "0.04 ms",
            0.039: "39 ms",
            0.9994: "999 ms",
            0.9996: "1.000 s",
            1.2041: "1.204 s",
            59.999: "59.999 s",
            59.9996: "1 min 00 s",
            123.4: "2 min 03 s",
            3_599.6: "1 h 00 min",
            19_230.0: "5 h 20 min",
            -0.5: "-500 ms",
            -75.0: "-1 min 15 s",
            1e12: "1e+12 s",
            float("inf"): "inf s",
            float("nan"): "nan s",
        }
        for seconds, text in expected.items():
            self.assertEqual(format_duration(seconds), text)
