"""
Serializers for :class:`eliot.Field`: functions from a value to one that can be
encoded.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import md5

from eliot._field import identity
from eliot._public import publish

__all__ = ["identity", "md5hex", "timestamp"]


def timestamp(dt: date | float) -> str:
    """
    Write a time as ISO 8601 does, to the microsecond, in UTC: such as
    ``"2013-11-22T14:16:51.386745Z"``.

    :param dt: a date and time, which is in UTC if it has no zone; a date, whose
        midnight is meant; or seconds since the epoch.
    :raises TypeError: for anything else.
    :raises ValueError: if there is no such time: for infinities, and years
        outside of 1 to 9999.
    """
    if isinstance(dt, (int, float)):
        try:
            when = datetime.fromtimestamp(dt, UTC)
        except (OverflowError, OSError) as error:
            raise ValueError(f"There is no time {dt!r} seconds after the epoch.") from error
    elif isinstance(dt, datetime):
        when = dt if dt.utcoffset() is None else dt.astimezone(UTC)
    elif isinstance(dt, date):
        when = datetime(dt.year, dt.month, dt.day)  # noqa: DTZ001 (in UTC, as all without a zone)
    else:
        raise TypeError(f"Neither a time nor a number of seconds: {dt!r}")
    return when.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def md5hex(data: bytes | bytearray | memoryview) -> str:
    """
    Give the MD5 digest of some bytes as hexadecimal text: enough to compare
    large data, but no secret.

    :raises TypeError: if it is anything but bytes.
    """
    return md5(data, usedforsecurity=False).hexdigest()


publish(__name__, globals())
