"""
When a new file is due by time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import date
from typing import Final

#: Tells, for a moment, when the period that it lies in is over: the first moment
#: of the next one.  Moments are seconds since the epoch.
End = Callable[[float], float]

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


def period(every: str | float) -> End:
    """
    Make what tells when a new file is due.

    :param every: ``"hour"``, ``"day"`` or ``"week"``, in local time: a week
        begins on Monday; or a number of seconds, which is counted from the epoch,
        so that a restart does not shift it.
    :raises ValueError: if it is another text, or not a positive number.
    :raises TypeError: if it is neither a text nor a number.
    """
    if isinstance(every, str):
        if every not in _NAMED:
            raise ValueError(
                f"every={every!r}: what is allowed is 'hour', 'day', 'week' or a number of seconds"
            )
        return _NAMED[every]
    if isinstance(every, bool) or not isinstance(every, (int, float)):
        raise TypeError(
            f"every={every!r}: what is allowed is 'hour', 'day', 'week' or a number of seconds"
        )
    if not 0 < every < math.inf:
        raise ValueError(f"every={every!r}: the number of seconds has to be positive")
    seconds = float(every)

    def end(moment: float) -> float:
        # Where the sum cannot be told from the moment, a step is as small as
        # numbers are.
        found = (moment // seconds + 1) * seconds
        return found if found > moment else math.nextafter(moment, math.inf)

    return end


def _end_of_hour(moment: float) -> float:
    # Where clocks are set back, the hour that comes twice has a file for each.
    local = time.localtime(moment)
    return math.floor(moment) - local.tm_min * 60 - local.tm_sec + _HOUR


def _end_of_day(moment: float) -> float:
    return _first_after(moment, lambda ordinal: ordinal, _DAY)


def _end_of_week(moment: float) -> float:
    return _first_after(moment, lambda ordinal: (ordinal - 1) // 7, 7 * _DAY)


def _first_after(moment: float, label: Callable[[int], int], usual: int) -> float:
    """
    Find the first second whose local date has another label.

    There are days of 23 and 25 hours, some have no midnight and others have two:
    so it is searched for, rather than computed.

    :param label: groups the days, which are numbered.
    :param usual: how long a group usually is.
    """
    own = _label_at(moment, label)
    low = math.floor(moment)
    high = low + usual + _DAY
    while high - low > 1:
        middle = (low + high) // 2
        if _label_at(middle, label) > own:
            high = middle
        else:
            low = middle
    return high


def _label_at(moment: float, label: Callable[[int], int]) -> int:
    return label(date(*time.localtime(moment)[:3]).toordinal())


_NAMED: Final[dict[str, End]] = {
    "hour": _end_of_hour,
    "day": _end_of_day,
    "week": _end_of_week,
}
