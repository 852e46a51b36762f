"""
Tests of :mod:`eliot.twisted._address`.
"""

from __future__ import annotations

from typing import cast

from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._address import describe_address


class BadText:
    """
    One that cannot be shown.
    """

    def __str__(self) -> str:
        raise ZeroDivisionError


class DescribeAddressTests(SynchronousTestCase):
    """
    Addresses are text.
    """

    def test_known(self) -> None:
        """
        They look as people write them.
        """
        for address, text in [
            (IPv4Address("TCP", "192.0.2.1", 80), "192.0.2.1:80"),
            (IPv6Address("TCP", "2001:db8::1", 80), "[2001:db8::1]:80"),
            (HostnameAddress(b"office.example", 80), "office.example:80"),
            (UNIXAddress("/run/office"), "unix:/run/office"),
            (UNIXAddress(None), "unix:"),
        ]:
            self.assertEqual(describe_address(address), text)

    def test_odd(self) -> None:
        """
        Others are shown as they show themselves, and none raises.
        """
        self.assertEqual(describe_address(None), "None")
        self.assertIn("HostnameAddress", describe_address(HostnameAddress(cast("bytes", None), 80)))
        self.assertIn("ZeroDivisionError", describe_address(BadText()))
        self.assertEqual(describe_address(UNIXAddress(b"/\xff")), r"unix:/\xff")
