"""
The programs that read the logs of the shop.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Message
from tests.examples.logs import folder_with_logs
from tests.examples.running import EXAMPLES, read_log, run
from tests.forests import not_json


class ReadingTests(SynchronousTestCase):
    """
    What they say.
    """

    def setUp(self) -> None:
        """
        Make a folder with the logs.
        """
        self.folder = folder_with_logs(self)

    def read(self, program: str, *arguments: str, errors: str = "") -> list[str]:
        """
        Run a program.

        :param errors: what it says to standard error.
        :returns: the lines that it prints.
        """
        done = run(self.folder, str(EXAMPLES / "reading" / program), *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, errors))
        return done.stdout.splitlines()

    def order(self, number: int) -> str:
        """
        Find the task of an order.
        """
        return self.start_of(number).task_uuid

    def start_of(self, number: int) -> Message:
        """
        Find the start of an order.
        """
        messages = read_log(self.folder / "orders.log")
        return next(each for each in messages if each.fields.get("order") == number)

    def test_complaints(self) -> None:
        """
        Orders that have failed are found, with the reasons.
        """
        self.assertEqual(
            self.read("complaints.py", "orders.log"),
            ["Grace: the card has expired", "Edsger: 6 of 12 left: cup"],
        )

    def test_outline(self) -> None:
        """
        Everything is named at its place.
        """
        lines = self.read("outline.py", "orders.log")
        self.assertEqual(lines[0], "/1 shop:opened")
        self.assertEqual(
            lines[1:6],
            [
                "/ shop:order",
                "  /2 shop:reserve",
                "    /2/2 warehouse:pick",
                "      /2/2/2 warehouse:few_left",
                "  /3 shop:reserve",
            ],
        )

    def test_slowest(self) -> None:
        """
        What took long is found in the logs of both processes; what cannot be read is told.
        """
        slow = self.order(1004)
        with (self.folder / "server.log").open("ab") as log:
            log.write(b"Oops\n")
            number = (self.folder / "server.log").read_bytes().count(b"\n") + 1
        why = not_json(b"Oops")
        self.assertEqual(
            self.read(
                "slowest.py",
                "0.1",
                "client.log",
                "server.log",
                errors=f"server.log:{number}: {why}: Oops\n",
            ),
            [f"shop:order: {slow}", f"shop:pay: {slow}"],
        )

    def test_whole(self) -> None:
        """
        Of a log that is whole, what is odd is what the shop has done oddly.
        """
        self.assertEqual(
            self.read("cracks.py", "orders.log"),
            [
                f"{self.order(1002)} has a late shop:gift_card_printed",
                f"{self.order(1007)} is not complete",
            ],
        )

    def test_torn(self) -> None:
        """
        What is missing, and what is there twice, is found.
        """
        path = self.folder / "orders.log"
        task = self.order(1003)
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [
            each for each in lines if task.encode() not in each or b'"task_level":[2' not in each
        ]
        twice = self.start_of(1006)
        kept += [each for each in kept if twice.task_uuid.encode() in each][:1]
        path.write_bytes(b"".join(kept))
        said = self.read("cracks.py", "orders.log")
        self.assertIn(f"{task} is not complete", said)
        self.assertIn(f"{task} lacks 2 to 2", said)
        self.assertIn(f"{twice.task_uuid} comes after its end", said)
