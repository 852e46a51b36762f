"""
How long things took, summed up.

Percentiles are exact, and are durations that occurred: the p-th is that of the *nearest rank*, the
smallest duration that at least p percent of all durations do not exceed.

A duration takes eight bytes for as long as it is counted.  Sorting all of them at once would take
four times that much again, in a log that may hold millions.  So they are sorted in runs, and what
has a rank is found by asking every run how many of its durations are not longer than a guess.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from math import ceil, copysign, fsum
from sys import float_info
from typing import Final, TypedDict, final

_RUN: Final = 65_536


class DurationFigures(TypedDict):
    """
    What there is to say about durations, in seconds: ``None`` if there were none.

    ``mean``, ``p50``, ``p95``, ``p99``, ``min``, ``max`` and ``total``; ``known`` says how many
    durations there were, and ``negative`` how many of them were below zero, as differences of wall
    clock times can be.
    """

    known: int
    negative: int
    total: float | None
    mean: float | None
    min: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None


@final
class Durations:
    """
    Durations, in seconds, none of them infinite.

    :ivar add: takes another one.
    """

    __slots__ = ("_sorted", "_values", "add")

    def __init__(self) -> None:
        self._values = array("d")
        self._sorted = 0  # how many of them, counted when they were last put in order
        self.add = self._values.append

    def __len__(self) -> int:
        return len(self._values)

    def figures(self) -> DurationFigures:
        """
        Sum up what was added so far.  More can be added afterwards.
        """
        values = self._values
        count = len(values)
        if not count:
            return DurationFigures(
                known=0,
                negative=0,
                total=None,
                mean=None,
                min=None,
                p50=None,
                p95=None,
                p99=None,
                max=None,
            )
        self._sort_runs()
        total = _sum(values)
        return DurationFigures(
            known=count,
            negative=sum(bisect_left(values, 0.0, *run) - run[0] for run in self._runs()),
            total=total,
            mean=total / count,
            min=min(values),
            p50=self._percentile(50),
            p95=self._percentile(95),
            p99=self._percentile(99),
            max=max(values),
        )

    def _runs(self) -> list[tuple[int, int]]:
        """
        :returns: where each run begins, and where it ends.
        """
        count = len(self._values)
        return [(start, min(start + _RUN, count)) for start in range(0, count, _RUN)]

    def _sort_runs(self) -> None:
        if self._sorted == len(self._values):
            return
        for start, end in self._runs():
            self._values[start:end] = array("d", sorted(self._values[start:end]))
        self._sorted = len(self._values)

    def _percentile(self, percent: int) -> float:
        values = self._values
        runs = self._runs()
        rank = ceil(len(values) * percent / 100)
        if len(runs) == 1:
            return values[rank - 1]
        # Fewer durations than the rank are at most as long as "below", enough as "enough";
        # once no number lies in between, "enough" is the duration itself.
        below, enough = min(values), max(values)
        if sum(bisect_right(values, below, *run) - run[0] for run in runs) >= rank:
            return below
        while below < (guess := below / 2 + enough / 2) < enough:
            if sum(bisect_right(values, guess, *run) - run[0] for run in runs) >= rank:
                enough = guess
            else:
                below = guess
        return enough


def _sum(values: array[float]) -> float:
    try:
        return fsum(values)
    except OverflowError:
        # Each of them is finite, but the clock was beyond all reason.
        return copysign(float_info.max, sum(values))
