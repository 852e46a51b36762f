"""
What a writer has done so far, in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from eliot._errors import describe
from eliot._fork import RenewedAfterFork


@dataclass(frozen=True)
class WriterCounts:
    """
    What has become of the lines that a writer was given, over all of its runs:
    each is queued, written or dropped.  What the writer itself has to tell is
    not counted.

    :ivar queued: how many lines are queued or being written.
    :ivar queued_bytes: how many bytes of the queue's bound they take.
    :ivar written: how many have been handed to the destination.
    :ivar dropped: how many were lost, for want of room or because the
        destination failed.
    :ivar failures: how many attempts to write have failed.
    """

    queued: int
    queued_bytes: int
    written: int
    dropped: int
    failures: int


class Trouble:
    """
    A time during which nothing can be written.

    :param error: what has begun it.
    """

    __slots__ = ("_error", "_since", "count")

    def __init__(self, error: Exception) -> None:
        self._error = error
        self._since = monotonic()
        #: How many attempts have failed.
        self.count = 0

    def describe(self) -> dict[str, object]:
        """
        Make the fields that tell of it, once it is over.
        """
        fields = describe(self._error)
        fields["count"] = self.count
        fields["duration"] = monotonic() - self._since
        return fields


class Ledger(RenewedAfterFork):
    """
    The numbers of one writer, which all of its runs share.

    They are kept by plain additions, which CPython does not interrupt, so any
    thread may add, and a signal handler, too.  Only one run at a time writes,
    and tells.
    """

    __slots__ = ("dropped", "failures", "told", "trouble", "written")

    def __init__(self) -> None:
        super().__init__()
        #: How many lines have been handed to the destination.
        self.written = 0
        #: How many lines were lost.
        self.dropped = 0
        #: How many of those the destination has been told of.
        self.told = 0
        #: How many attempts to write have failed.
        self.failures = 0
        #: What is the matter, until something can be written again.
        self.trouble: Trouble | None = None

    def fail(self, error: Exception) -> None:
        """
        Note that an attempt to write has failed.
        """
        self.failures += 1
        if self.trouble is None:
            self.trouble = Trouble(error)
        self.trouble.count += 1

    def _renew_after_fork(self) -> None:
        # The parent tells of those.
        self.told = self.dropped
        self.trouble = None
