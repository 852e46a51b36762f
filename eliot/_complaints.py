"""
Complaints about destinations that raise.
"""

from __future__ import annotations

from time import monotonic

from eliot._context import current_action
from eliot._errors import describe
from eliot._stamp import stamp
from eliot._text import safe_repr

#: After the first complaint, the next one waits this many seconds; each
#: further one twice as long as the one before, up to the maximum.
FIRST_INTERVAL = 1.0
MAXIMUM_INTERVAL = 300.0


class Complaints:
    """
    How often one destination has raised, and when to say so again.

    :ivar count: how many times it has raised in all.
    """

    __slots__ = ("_interval", "_next", "_untold", "count")

    def __init__(self) -> None:
        self.count = 0
        self._untold = 0
        self._interval = FIRST_INTERVAL
        self._next = 0.0

    def file(self, error: Exception, message: dict[str, object] | None) -> dict[str, object] | None:
        """
        Note that the destination raised.

        :param error: what it raised.
        :param message: what it was given, where that is known.
        :returns: a message for the other destinations, at once the first
            time, then ever more rarely; otherwise ``None``.
        """
        self.count += 1
        self._untold += 1
        now = monotonic()
        if self.count > 1:
            if now < self._next:
                return None
            self._interval = min(self._interval * 2, MAXIMUM_INTERVAL)
        self._next = now + self._interval
        complaint = describe(error)
        complaint["count"] = self._untold
        if message is not None:
            complaint["message"] = safe_repr(message)
        self._untold = 0
        complaint["message_type"] = "eliot:destination_failure"
        stamp(complaint, current_action(), "eliot:destination_failure")
        return complaint
