"""
Tests of :mod:`eliot.read._durations`.
"""

from __future__ import annotations

from math import ceil, fsum, isfinite
from sys import float_info

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import _durations
from eliot.read._durations import Durations

finite = st.floats(allow_nan=False, allow_infinity=False)


def durations(values: list[float]) -> Durations:
    """
    Add durations.
    """
    made = Durations()
    for each in values:
        made.add(each)
    return made


class DurationsTests(SynchronousTestCase):
    """
    Durations are summed up.
    """

    def test_none(self) -> None:
        """
        Of no durations nothing is known.
        """
        figures = durations([]).figures()
        self.assertEqual((figures["known"], figures["negative"]), (0, 0))
        names = ("total", "mean", "min", "p50", "p95", "p99", "max")
        self.assertEqual([each for name, each in figures.items() if name in names], [None] * 7)

    def test_nearest_rank(self) -> None:
        """
        A percentile is a duration that occurred: the smallest that so many percent of all do not
        exceed.
        """
        figures = durations([15.0, 20.0, 35.0, 40.0, 50.0]).figures()
        self.assertEqual(
            (figures["p50"], figures["p95"], figures["p99"], figures["max"]), (35, 50, 50, 50)
        )
        figures = durations([float(each) for each in range(100, 0, -1)]).figures()
        self.assertEqual((figures["p50"], figures["p95"], figures["p99"]), (50, 95, 99))
        self.assertEqual((figures["min"], figures["mean"], figures["total"]), (1, 50.5, 5050))

    def test_negative(self) -> None:
        """
        Durations below zero are counted, and kept.
        """
        figures = durations([1.0, -2.0, 0.0, -0.5]).figures()
        self.assertEqual((figures["known"], figures["negative"], figures["min"]), (4, 2, -2.0))

    def test_overflow(self) -> None:
        """
        A total beyond all numbers is the largest of them.
        """
        figures = durations([1e308, 1e308]).figures()
        self.assertEqual(figures["total"], float_info.max)

    def test_more(self) -> None:
        """
        More durations can be added after they were summed up.
        """
        some = durations([3.0, 1.0])
        self.assertEqual(some.figures()["p50"], 1.0)
        some.add(2.0)
        some.add(0.5)
        some.add(0.25)
        self.assertEqual(some.figures()["p50"], 1.0)
        self.assertEqual(len(some), 5)

    @given(st.lists(finite, min_size=1), st.integers(min_value=1, max_value=7))
    def test_runs(self, values: list[float], run: int) -> None:
        """
        Into however many runs the durations are cut for sorting, the figures are exact.
        """
        self.patch(_durations, "_RUN", run)
        figures = durations(values).figures()
        ordered = sorted(values)
        for percent in (50, 95, 99):
            name = {50: "p50", 95: "p95", 99: "p99"}[percent]
            rank = ceil(len(values) * percent / 100)
            self.assertEqual(figures[name], ordered[rank - 1])  # type: ignore[literal-required]  # one of three
        self.assertEqual((figures["min"], figures["max"]), (ordered[0], ordered[-1]))
        self.assertEqual(figures["negative"], sum(each < 0 for each in values))
        assert figures["total"] is not None
        self.assertTrue(isfinite(figures["total"]))
        if all(abs(each) < 1e100 for each in values):
            self.assertEqual(figures["total"], fsum(values))
