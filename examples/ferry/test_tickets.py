"""
Tests of the ticket office, which look at what it logs: ``trial examples.ferry.test_tickets``.
"""

from unittest import TestCase

from eliot import MemoryLogger
from eliot.testing import (
    LoggedMessage,
    assertContainsFields,
    assertHasAction,
    assertHasMessage,
    capture_logging,
)
from examples.ferry.tickets import BOARD, TICKET_SOLD, Ferry, TicketOffice, board

GULL = Ferry("Gull", hull=2, seats=2)


class TicketOfficeTests(TestCase):
    """
    What the office does, and what it says about it.
    """

    def assert_sale(self, logger: MemoryLogger) -> None:
        """
        One message says who has bought which ticket.
        """
        (message,) = logger.messages
        assertContainsFields(self, message, {"ferry": GULL, "price": 450, "passenger": "Ada"})

    @capture_logging(assert_sale)
    def test_sell(self, logger: MemoryLogger) -> None:
        """
        A ticket that is sold is on the list.
        """
        office = TicketOffice()
        office.sell(GULL, 450, "Ada")
        self.assertEqual(office.sold, [(GULL, "Ada")])

    @capture_logging(assertHasMessage, TICKET_SOLD, {"price": 900, "passenger": None})
    def test_nameless(self, logger: MemoryLogger) -> None:
        """
        A ticket may be sold to somebody who gives no name.
        """
        office = TicketOffice()
        office.sell(GULL, 900)
        self.assertEqual(office.sold, [(GULL, None)])

    @capture_logging(None)
    def test_two(self, logger: MemoryLogger) -> None:
        """
        There is one message for each ticket, in order.
        """
        office = TicketOffice()
        office.sell(GULL, 450, "Ada")
        office.sell(GULL, 450, "Ben")
        sold = LoggedMessage.of_type(logger.messages, TICKET_SOLD)
        self.assertEqual([each.message["passenger"] for each in sold], ["Ada", "Ben"])

    @capture_logging(None)
    def test_no_list(self, logger: MemoryLogger) -> None:
        """
        A list that cannot be written is a traceback in the log, and nothing worse.
        """
        self.assertFalse(TicketOffice().print_list("/no/such/folder/list"))
        (traceback,) = logger.flush_tracebacks(OSError)
        self.assertIn("/no/such/folder/list", str(traceback["reason"]))


class BoardTests(TestCase):
    """
    Boarding.
    """

    @capture_logging(assertHasAction, BOARD, True, {"ferry": GULL, "expected": 2}, {"aboard": 2})
    def test_board(self, logger: MemoryLogger) -> None:
        """
        As many go aboard as are expected.
        """
        board(GULL, ["Ada", "Ben"])

    @capture_logging(assertHasAction, BOARD, False, endFields={"reason": "too many passengers"})
    def test_full(self, logger: MemoryLogger) -> None:
        """
        Where there are more of them than seats, nobody does.
        """
        self.assertRaises(ValueError, board, GULL, ["Ada", "Ben", "Cleo"])
