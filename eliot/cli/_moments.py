"""
Durations and points in time, as they are typed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Final

_UNITS: Final = {
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "sec": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}

_PART: Final = re.compile(
    r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")\s*",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)


def read_duration(text: str) -> float:
    """
    Read a duration: a number with a unit, such as ``250ms``, ``1.5s``, ``2min`` or ``1h``; several
    of them, such as ``1h30min``; or a bare number of seconds.

    :returns: the duration in seconds.
    :raises ValueError: if it is none.
    """
    if _NUMBER.fullmatch(text.strip()):
        return float(text)
    seconds, end = 0.0, 0
    while part := _PART.match(text, end):
        seconds += float(part[1]) * _UNITS[part[2]]
        end = part.end()
    if not end or end < len(text):
        raise ValueError(f"{text!r} is no duration: say 250ms, 1.5s, 2min, 1h, 1d or seconds")
    return seconds


def read_time(text: str, now: float, *, local_time: bool) -> float:
    """
    Read a point in time: a date or a time in ISO 8601, with a zone or not; a time of today;
    ``@`` and seconds since the epoch; or a duration, which is how long ago it was.

    :param text: what was typed.
    :param now: the time now.
    :param local_time: whether what has no zone is in the local one; otherwise it is in UTC.
    :returns: the time in seconds since the epoch.
    :raises ValueError: if it is none.
    """
    text = text.strip()
    if text.startswith("@") and re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text[1:], re.ASCII):
        return float(text[1:])
    try:
        return _read_iso(text, now, local_time=local_time)
    except ValueError:
        pass
    try:
        if not _NUMBER.fullmatch(text):
            return now - read_duration(text)
    except ValueError:
        pass
    raise ValueError(
        f"{text!r} is no time: say 2026-11-24, 2026-11-24T08:30, 2026-11-24T08:30+01:00, 08:30, "
        "@1795509000, or 10min for ten minutes ago"
    )


def _read_iso(text: str, now: float, *, local_time: bool) -> float:
    zone = None if local_time else UTC
    if re.match(r"\d\d:", text, re.ASCII):
        clock = time.fromisoformat(text)
        today = datetime.fromtimestamp(now, clock.tzinfo or UTC)
        if clock.tzinfo is None and local_time:
            today = today.astimezone()
        moment = datetime.combine(today.date(), clock)
    else:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.timestamp()
