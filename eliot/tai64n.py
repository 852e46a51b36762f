"""
TAI64N labels: times as text that sorts by time, to the nanosecond.

The format is D. J. Bernstein's: https://cr.yp.to/libtai/tai64.html.  A label is
``@``, then the seconds since 1970 by International Atomic Time, counted from
2**62, as sixteen hexadecimal digits, then the nanoseconds, as eight.  As it is
usual where leap seconds are not known, that time is taken to be ten seconds
ahead of the time of POSIX, as it was in 1970.
"""

from __future__ import annotations

import re
from math import floor
from typing import Final

from eliot._public import publish

__all__ = ["decode", "encode"]

_BASE: Final = 2**62
_AHEAD: Final = 10
_NANO: Final = 10**9
_LABEL: Final = re.compile("@([0-9a-fA-F]{16})([0-9a-fA-F]{8})")


def encode(timestamp: float) -> str:
    """
    Make the label of a time.

    :param timestamp: seconds since the epoch, as :func:`time.time` gives them;
        what is smaller than a nanosecond is cut off.
    :raises ValueError: if it is not a number, or the format does not reach that far.
    """
    try:
        seconds = floor(timestamp)
    except OverflowError as error:
        raise ValueError(f"There is no label of {timestamp!r}.") from error
    label = _BASE + _AHEAD + seconds
    # Labels from 2**63 on are reserved.
    if not 0 <= label < 2**63:
        raise ValueError(f"There is no label of {timestamp!r}.")
    nanoseconds = int((timestamp - seconds) * _NANO)
    # A time just before zero is so near to a second that a float takes it for one.
    return f"@{label:016x}{min(nanoseconds, _NANO - 1):08x}"


def decode(tai64n: str | bytes) -> float:
    """
    Read a label.

    :param tai64n: what :func:`encode` gave, as text or as bytes.
    :returns: seconds since the epoch.
    :raises ValueError: if it is not a label.
    """
    text = tai64n.decode("latin-1") if isinstance(tai64n, bytes) else tai64n
    match = _LABEL.fullmatch(text)
    if match is None:
        raise ValueError(f"Not a TAI64N label: {tai64n!r}")
    label, nanoseconds = int(match[1], 16), int(match[2], 16)
    if label >= 2**63 or nanoseconds >= _NANO:
        raise ValueError(f"Not a TAI64N label: {tai64n!r}")
    # Exact up to the one division.
    return ((label - _BASE - _AHEAD) * _NANO + nanoseconds) / _NANO


publish(__name__, globals())
