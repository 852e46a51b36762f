"""
Points in time and durations, as people read them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, final


def format_date(timestamp: float, *, local_time: bool) -> str:
    """
    Show the day and the time zone.

    :param timestamp: seconds since the epoch.
    :param local_time: use the local time zone instead of UTC.
    :returns: for example ``2026-11-22 UTC`` or ``2026-11-22 +01:00``; nothing
        if a calendar cannot show it.
    """
    moment = _isoformat(timestamp, local_time)
    return f"{moment[_DATE]} {moment[_ZONE] if local_time else 'UTC'}" if moment else ""


def format_time(timestamp: float, day: str, *, local_time: bool) -> str:
    """
    Show the time of day to the millisecond, and the day if it is another one.

    :param timestamp: seconds since the epoch.
    :param day: what :func:`format_date` gave for the day that goes without saying.
    :param local_time: use the local time zone instead of UTC.
    :returns: for example ``08:06:21.383``; the bare number if a calendar cannot show it.
    """
    moment = _isoformat(timestamp, local_time)
    if not moment:
        return f"{timestamp!r} s"
    time = moment[_TIME]
    if day.startswith(moment[_DATE]) and (not local_time or day.endswith(moment[_ZONE])):
        return time
    return f"{format_date(timestamp, local_time=local_time)} {time}"


@final
class Times:
    """
    Shows times of day, most of them without a look at the calendar: many messages
    are logged in the same second.  Use one from one thread at a time.

    :param local_time: use the local time zone instead of UTC.
    :param style: what stands before and behind a time of day.
    """

    __slots__ = ("_before", "_behind", "_local_time", "_milliseconds", "_seconds")

    def __init__(self, *, local_time: bool, style: tuple[str, str] = ("", "")) -> None:
        self._local_time = local_time
        self._before, self._behind = style
        # By second: the day, and what stands before the milliseconds.
        self._seconds: dict[float, tuple[str, str]] = {}
        # With what stands behind.  To a float, 0.9999999 s and a millisecond are one thousand.
        self._milliseconds = [*(f"{number:03}{self._behind}" for number in range(1000)), ""]

    def day(self, timestamp: float) -> str:
        """
        Show the day, as :func:`format_date` does.

        :param timestamp: seconds since the epoch.
        """
        if 0 <= timestamp < _CENTURIES:
            return self._second(timestamp // 1)[0]
        return format_date(timestamp, local_time=self._local_time)

    def time(self, timestamp: float, day: str) -> str:
        """
        Show the time of day, as :func:`format_time` does.

        :param timestamp: seconds since the epoch, which is finite.
        :param day: the day that goes without saying.
        """
        second = timestamp // 1
        known = self._seconds.get(second)
        if known is not None and known[0] == day:
            # A calendar counts microseconds, of which the part below the millisecond is left out.
            milliseconds = self._milliseconds[int((timestamp - second) * 1000 + 0.0005)]
            if milliseconds:
                return known[1] + milliseconds
        elif known is None and 0 <= timestamp < _CENTURIES:
            self._second(second)
        shown = format_time(timestamp, day, local_time=self._local_time)
        return f"{self._before}{shown}{self._behind}"

    def _second(self, second: float) -> tuple[str, str]:
        known = self._seconds.get(second)
        if known is None:
            if len(self._seconds) >= _REMEMBERED:
                self._seconds.clear()
            day = format_date(second, local_time=self._local_time)
            time = format_time(second, day, local_time=self._local_time).removesuffix("000")
            known = self._seconds[second] = day, f"{self._before}{time}"
        return known


#: Until then, in seconds since the epoch, every calendar knows its way.
_CENTURIES: Final = 1e10

#: How many seconds are remembered.
_REMEMBERED: Final = 1000


def format_duration(seconds: float) -> str:
    """
    Show a duration in the unit that fits it.

    :param seconds: the duration in seconds; it can be negative.
    :returns: for example ``0.04 ms``, ``39 ms``, ``1.204 s``, ``2 min 03 s``, ``5 h 20 min``.
    """
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if seconds < 0.01:
        return f"{seconds * 1000:.2f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.9995:
        return f"{seconds:.3f} s"
    if not seconds < 1e9:  # decades, infinity, or not a number: the clock was wrong
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes:02} min"


#: Where the parts of a time stand in its ISO format, to the millisecond.
_DATE: Final = slice(10)
_TIME: Final = slice(11, 23)
_ZONE: Final = slice(23, None)


def _isoformat(timestamp: float, local_time: bool) -> str:
    """
    :returns: a time in the ISO format, or nothing if a calendar cannot show it.
    """
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
        if local_time:
            moment = moment.astimezone()
    except (OverflowError, ValueError, OSError):
        return ""
    return moment.isoformat(timespec="milliseconds")
