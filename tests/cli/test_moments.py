"""
Tests of :mod:`eliot.cli._moments`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._moments import read_duration, read_time

#: 2026-11-24 15:00 UTC
NOW = 1795532400.0


class DurationTests(SynchronousTestCase):
    """
    Durations are read.
    """

    def test_units(self) -> None:
        """
        A duration is a number with a unit, or several of them, or bare seconds.
        """
        for text, seconds in [
            ("250ms", 0.25),
            ("1.5s", 1.5),
            ("1.5 s", 1.5),
            (".5sec", 0.5),
            ("2min", 120.0),
            ("2m", 120.0),
            ("1h", 3600.0),
            ("1d", 86400.0),
            ("2w", 1209600.0),
            ("1h30min", 5400.0),
            ("2 min 03 s", 123.0),
            ("7us", 7e-6),
            ("7µs", 7e-6),
            ("90", 90.0),
            (" 0.5 ", 0.5),
        ]:
            self.assertAlmostEqual(read_duration(text), seconds, msg=text)

    def test_refused(self) -> None:
        """
        What is none is refused, with what would be one.
        """
        for text in [
            "",
            "fast",
            "1x",
            "-1s",
            "nan",
            "1s x",
            "1e3",
            "s",
            "\N{ARABIC-INDIC DIGIT ONE}s",
            "1,5s",
        ]:
            error = self.assertRaises(ValueError, read_duration, text)
            self.assertEqual(
                str(error), f"{text!r} is no duration: say 250ms, 1.5s, 2min, 1h, 1d or seconds"
            )


class TimeTests(SynchronousTestCase):
    """
    Points in time are read.
    """

    def zone(self, name: str) -> None:
        """
        Have another local zone.
        """
        before = os.environ.get("TZ")

        def restore() -> None:
            if before is None:
                os.environ.pop("TZ", None)
            else:
                os.environ["TZ"] = before
            time.tzset()

        self.addCleanup(restore)
        os.environ["TZ"] = name
        time.tzset()

    def check(self, text: str, expected: str, *, local_time: bool = False) -> None:
        """
        Read a time.
        """
        moment = datetime.fromtimestamp(read_time(text, NOW, local_time=local_time), UTC)
        self.assertEqual(moment.isoformat(timespec="minutes"), f"{expected}+00:00", text)

    def test_utc(self) -> None:
        """
        What has no zone is in UTC.
        """
        self.zone("XXX-2")
        self.check("2026-11-24", "2026-11-24T00:00")
        self.check("2026-11-24T08:30", "2026-11-24T08:30")
        self.check("2026-11-24 08:30:00.5", "2026-11-24T08:30")
        self.check("20261124T0830", "2026-11-24T08:30")
        self.check("08:30", "2026-11-24T08:30")

    def test_local(self) -> None:
        """
        If asked for, it is in the local one.
        """
        self.zone("XXX-2")
        self.check("2026-11-24", "2026-11-23T22:00", local_time=True)
        self.check("08:30", "2026-11-24T06:30", local_time=True)
        self.zone("XXX-20")
        self.check("08:30", "2026-11-24T12:30", local_time=True)

    def test_zone(self) -> None:
        """
        What has a zone is in that.
        """
        for local_time in [False, True]:
            self.check("2026-11-24T08:30+01:00", "2026-11-24T07:30", local_time=local_time)
            self.check("2026-11-24T08:30Z", "2026-11-24T08:30", local_time=local_time)
            self.check("08:30-05:00", "2026-11-24T13:30", local_time=local_time)

    def test_epoch(self) -> None:
        """
        Seconds since the epoch stand behind a sign of their own.
        """
        self.assertEqual(read_time("@1795532400.25", 0.0, local_time=False), NOW + 0.25)
        self.assertEqual(read_time("@-5", 0.0, local_time=False), -5.0)

    def test_ago(self) -> None:
        """
        A duration is so long ago.
        """
        self.assertEqual(read_time("10min", NOW, local_time=False), NOW - 600)
        self.assertEqual(read_time("1d", NOW, local_time=True), NOW - 86400)

    def test_refused(self) -> None:
        """
        What is none is refused, with what would be one; a bare number might be anything.
        """
        for text in ["", "soon", "600", "@", "@nan", "25:00", "2026-13-01", "@1e5", "12:"]:
            for local_time in [False, True]:
                error = self.assertRaises(ValueError, read_time, text, NOW, local_time=local_time)
                self.assertIn(f"{text!r} is no time: say 2026-11-24, ", str(error))

    def test_no_calendar(self) -> None:
        """
        What is beyond all calendars somewhere is refused there.
        """
        self.zone("XXX-2")
        self.assertRaises(ValueError, read_time, "0001-01-01", NOW, local_time=True)

    @given(st.text(alphabet="0123456789-:TZ+.@ smhd") | st.text() | st.datetimes().map(str))
    def test_anything(self, text: str) -> None:
        """
        Whatever is typed is a time or is refused.
        """
        for local_time in [False, True]:
            try:
                moment = read_time(text, NOW, local_time=local_time)
            except ValueError:
                continue
            self.assertIsInstance(moment, float)
