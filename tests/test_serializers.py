"""
Serializers.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.serializers import identity, md5hex, timestamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TimestampTests(SynchronousTestCase):
    """
    Times.
    """

    def test_utc(self) -> None:
        """
        A time without a zone is in UTC; microseconds are always there.
        """
        for zone in (None, UTC):
            self.assertEqual(
                timestamp(datetime(2020, 1, 2, 3, 4, 5, 600, tzinfo=zone)),
                "2020-01-02T03:04:05.000600Z",
            )
            self.assertEqual(
                timestamp(datetime(2020, 1, 2, 3, 4, 5, tzinfo=zone)),
                "2020-01-02T03:04:05.000000Z",
            )

    def test_zone(self) -> None:
        """
        A time in another zone is converted.
        """
        berlin = timezone(timedelta(hours=2))
        self.assertEqual(
            timestamp(datetime(2020, 1, 2, 3, 4, 5, tzinfo=berlin)),
            "2020-01-02T01:04:05.000000Z",
        )

    def test_date(self) -> None:
        """
        Of a date, midnight is meant.
        """
        self.assertEqual(timestamp(date(2020, 1, 2)), "2020-01-02T00:00:00.000000Z")

    def test_seconds(self) -> None:
        """
        Numbers are seconds since the epoch.
        """
        self.assertEqual(timestamp(0), "1970-01-01T00:00:00.000000Z")
        self.assertEqual(timestamp(1577934245.5), "2020-01-02T03:04:05.500000Z")

    def test_wrong(self) -> None:
        """
        What is no time is refused.
        """
        for nonsense in ("2020-01-02", None, [1]):
            self.assertRaises(TypeError, timestamp, nonsense)
        for impossible in (float("nan"), float("inf"), 1e300, 1e15):
            self.assertRaises(ValueError, timestamp, impossible)

    @given(st.datetimes(timezones=st.just(UTC)))
    def test_read(self, when: datetime) -> None:
        """
        Whatever the time: it can be read again, and texts sort as the times do.
        """
        text = timestamp(when)
        self.assertEqual(datetime.fromisoformat(text), when)
        self.assertEqual(text < timestamp(EPOCH), when < EPOCH)


class OthersTests(SynchronousTestCase):
    """
    The other serializers.
    """

    def test_identity(self) -> None:
        """
        The identity is the value itself.
        """
        value = object()
        self.assertIs(identity(value), value)

    def test_md5hex(self) -> None:
        """
        The digest is that of RFC 1321, as text; only bytes have one.
        """
        for data in (b"abc", bytearray(b"abc"), memoryview(b"abc")):
            self.assertEqual(md5hex(data), "900150983cd24fb0d6963f7d28e17f72")
        self.assertRaises(TypeError, md5hex, "abc")
