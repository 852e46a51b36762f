"""
Tests of :mod:`eliot.twisted._units`.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._units import choice, count, duration, listed, mode, period, size


class UnitsTests(SynchronousTestCase):
    """
    Values are read as people write them.
    """

    def check(self, read: Callable[[str], object], expected: dict[str, object]) -> None:
        """
        Read values.
        """
        self.assertEqual({text: read(text) for text in expected}, expected)

    def refuse(self, read: Callable[[str], object], *texts: str, says: str) -> None:
        """
        Read what cannot be read: the error shows it, and says what may be.
        """
        for text in texts:
            error = self.assertRaises(ValueError, read, text)
            self.assertIn(repr(text), str(error))
            self.assertIn(says, str(error))

    def test_size(self) -> None:
        """
        Sizes are bytes; units are powers of 1000 or of 1024, in letters of either kind.
        """
        self.check(
            size,
            {
                "4096": 4096,
                "1B": 1,
                "100MB": 10**8,
                "1.5GiB": 3 * 2**29,
                "2kib": 2048,
                "1TB": 10**12,
            },
        )
        self.refuse(
            size, "", "0", "0.5", "-1", "1M", "MB", "1 MB", "1e3", "٣", "9" * 19, says="MiB"
        )

    def test_duration(self) -> None:
        """
        Durations are seconds.
        """
        self.check(duration, {"30s": 30, "15min": 900, "6h": 21600, "2d": 172800, "0.5": 0.5})
        self.refuse(duration, "", "0", "0s", "hour", "-1s", "1m", says="min")

    def test_period(self) -> None:
        """
        Periods are durations, or go by the calendar.
        """
        self.check(period, {"hour": "hour", "day": "day", "week": "week", "6h": 21600.0})
        self.refuse(period, "", "month", "0", says="week")

    def test_count(self) -> None:
        """
        Numbers have no sign.
        """
        self.check(count, {"0": 0, "10": 10})
        self.refuse(count, "", "-1", "1.5", "9" * 10, says="10")

    def test_mode(self) -> None:
        """
        Permissions are octal.
        """
        self.check(mode, {"640": 0o640, "0600": 0o600, "0o644": 0o644})
        self.refuse(mode, "", "8", "888", "rw", "64", says="640")

    def test_choice(self) -> None:
        """
        A word is one of a few.
        """
        self.assertEqual(choice("b", "a", "b"), "b")
        self.refuse(lambda text: choice(text, "a", "b", "c"), "d", "", says="a, b or c")

    def test_listed(self) -> None:
        """
        Lists read well, however long.
        """
        self.assertEqual(
            [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")],
            ["", "a", "a and b", "a, b or c"],
        )

    @given(text=st.text())
    def test_anything(self, text: str) -> None:
        """
        Whatever the text is, nothing else than :class:`ValueError` is raised.
        """
        for read in (size, duration, period, count, mode):
            try:
                read(text)
            except ValueError as error:
                self.assertIn(repr(text), str(error))
