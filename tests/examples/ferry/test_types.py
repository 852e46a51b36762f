"""
Types of messages and actions.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import MemoryLogger, ValidationError
from examples.ferry.tickets import BOARD, OFFICE_OPENED, PRICE, TICKET_SOLD, Ferry
from tests.examples.running import read_log, run
from tests.examples.stories import Done, Said, fields_of, stories_of
from tests.helpers import fresh_context, scratch

GULL = Ferry("Gull", hull=2, seats=60)


class TicketsTests(SynchronousTestCase):
    """
    What the ticket office logs by its types.
    """

    def test_day(self) -> None:
        """
        Values are written as their fields say: a ferry by her name, wherever she turns up.
        """
        self.assertEqual(
            stories_of("ferry/tickets.py"),
            [
                Done(
                    "office:day",
                    "succeeded",
                    {},
                    {},
                    [
                        Said("office:opened", {"desk": 1, "clerk": "Ida"}),
                        Said(
                            "office:ticket_sold",
                            {"ferry": "Gull", "price": 450, "passenger": "Ada"},
                        ),
                        Done(
                            "ferry:board",
                            "succeeded",
                            {"ferry": "Gull", "expected": 1},
                            {"aboard": 1},
                        ),
                    ],
                )
            ],
        )

    def test_task(self) -> None:
        """
        A type of actions starts tasks, too.
        """
        fresh_context(self)
        logger = MemoryLogger()
        with BOARD(logger, ferry=GULL, expected=0), BOARD.as_task(logger, ferry=GULL, expected=0):
            pass
        self.assertEqual(len({message["task_uuid"] for message in logger.messages}), 2)

    def test_price(self) -> None:
        """
        The validator of a field refuses what it does not like, and so does its type.
        """
        PRICE.validate(0)
        for wrong in (-1, "free"):
            self.assertRaises(ValidationError, PRICE.validate, wrong)

    def test_validated(self) -> None:
        """
        A message that is not what its type says is an error in tests.
        """
        for message in (
            TICKET_SOLD(ferry=GULL, price=-1, passenger=None),
            TICKET_SOLD(ferry=GULL, price=450),
            OFFICE_OPENED(desk=1, clerk="Ida", hat="blue"),
        ):
            logger = MemoryLogger()
            message.write(logger)
            self.assertRaises(ValidationError, logger.validate)


class MisprintTests(SynchronousTestCase):
    """
    A field that cannot be serialized.
    """

    def test_misprint(self) -> None:
        """
        The message is written, with a text in place of that field; two more tell of it.
        """
        folder = scratch(self)
        program = run(folder, "-m", "examples.ferry.misprint")
        self.assertEqual((program.returncode, program.stderr), (0, ""))
        (folder / "log").write_text(program.stdout, encoding="utf-8")
        sold, traceback, failure = read_log(folder / "log")
        self.assertEqual(sold.type, "office:ticket_sold")
        self.assertEqual(fields_of(sold), {"ferry": "'Gull'", "price": 450, "passenger": "Ada"})
        self.assertEqual(traceback.type, "eliot:traceback")
        self.assertEqual(traceback.fields["exception"], "builtins.AttributeError")
        self.assertIn("ferry_name", str(traceback.fields["traceback"]))
        self.assertEqual(failure.type, "eliot:serialization_failure")
        self.assertIn("'ferry': 'Gull'", str(failure.fields["message"]))
