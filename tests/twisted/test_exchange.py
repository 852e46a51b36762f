"""
Tests of :mod:`eliot.twisted._exchange`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._exchange import Exchange
from tests.helpers import record, said


class ExchangeTests(SynchronousTestCase):
    """
    The end of a request.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def exchange(self) -> Exchange:
        """
        Start one.
        """
        exchange = Exchange(None, "task", [2], "app:ask")
        exchange._start({"method": "GET"})
        return exchange

    def test_succeeds(self) -> None:
        """
        It says how far it came, and how long that took, beside what was added; the start does not.
        """
        exchange = self.exchange()
        exchange.ending["status"] = 200
        exchange.add_success_fields(more=True)
        exchange.finish()
        start, end = self.messages
        self.assertEqual(said(start), {"method": "GET"})
        self.assertIsInstance(end.pop("eliot:duration"), float)
        self.assertEqual(said(end), {"status": 200, "more": True})

    def test_fails(self) -> None:
        """
        So it does where it has failed.
        """
        exchange = self.exchange()
        exchange.ending["status"] = 200
        exchange.finish(ValueError("cut off"))
        end = self.messages[-1]
        self.assertEqual((end["status"], end["reason"]), (200, "cut off"))
        self.assertIsInstance(end["eliot:duration"], float)
