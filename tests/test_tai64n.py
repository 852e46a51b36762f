"""
TAI64N labels.
"""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.tai64n import decode, encode

#: Times of which a float does not know the nanosecond any more, up to the year 2514.
TIMES = st.floats(2**24, 2**34)


class EncodeTests(SynchronousTestCase):
    """
    Making labels.
    """

    def test_known(self) -> None:
        """
        Labels are those that other programs make.
        """
        for seconds, label in (
            (0, "@400000000000000a00000000"),
            (1.5, "@400000000000000b1dcd6500"),
            (1387299889.187630034, "@4000000052b0843b0b2f0172"),
            (0.1, "@400000000000000a05f5e100"),
            (-1, "@400000000000000900000000"),
            (2**40, "@400001000000000a00000000"),
        ):
            self.assertEqual(encode(seconds), label)

    def test_before_the_epoch(self) -> None:
        """
        Nanoseconds go forward before the epoch, too.
        """
        self.assertEqual(encode(-0.25), "@40000000000000092cb41780")
        self.assertEqual(encode(-1e-30), "@40000000000000093b9ac9ff")

    def test_impossible(self) -> None:
        """
        Times that have no label are refused.
        """
        for impossible in (float("nan"), float("inf"), 2**62, -(2**63)):
            self.assertRaises(ValueError, encode, impossible)


class DecodeTests(SynchronousTestCase):
    """
    Reading labels.
    """

    def test_known(self) -> None:
        """
        Labels may be text or bytes, in either case.
        """
        for label in (
            "@4000000052b0879a0b2f013c",
            "@4000000052B0879A0B2F013C",
            b"@4000000052b0879a0b2f013c",
        ):
            self.assertEqual(decode(label), 1387300752.187629884)

    def test_malformed(self) -> None:
        """
        What is no label is refused: labels of the wrong length, without the sign, with too many
        nanoseconds, and those that the format reserves.
        """
        for wrong in (
            "",
            "@40",
            "4000000052b0879a0b2f013c",
            "@4000000052b0879a0b2f013c00",
            "@4000000052b0879a0b2f013c\n",
            "@4000000052b0879a3b9aca00",
            "@ffffffffffffffff00000000",
            "@4000000052b0879a0b2f013\u0661",
            b"@\xff",
        ):
            self.assertRaises(ValueError, decode, wrong)


class BothTests(SynchronousTestCase):
    """
    There and back.
    """

    @given(TIMES)
    def test_round_trip(self, seconds: float) -> None:
        """
        A time of these centuries comes back as it was.
        """
        self.assertEqual(decode(encode(seconds)), seconds)

    @given(st.floats(-(2**30), 2**30))
    def test_small(self, seconds: float) -> None:
        """
        Near the epoch, where a float knows more, what is lost is less than a nanosecond and the
        last bit of the float.
        """
        self.assertLess(abs(decode(encode(seconds)) - seconds), 1.01e-9 + math.ulp(seconds))

    @given(TIMES, TIMES)
    def test_order(self, one: float, other: float) -> None:
        """
        Labels sort as times do.
        """
        self.assertEqual(encode(one) < encode(other), one < other)

    @given(st.integers(0, 2**34), st.integers(0, 10**9 - 1))
    def test_label(self, seconds: int, nanoseconds: int) -> None:
        """
        Any label can be read: it tells the time as precisely as a float can.
        """
        label = f"@{2**62 + 10 + seconds:016x}{nanoseconds:08x}"
        self.assertAlmostEqual(decode(label), seconds + nanoseconds / 1e9, delta=1e-5)
