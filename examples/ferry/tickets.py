"""
A ticket office that says what kinds of messages it logs: ``python tickets.py | eliot tree``.
"""

import sys
from collections.abc import Collection
from dataclasses import dataclass

from eliot import (
    ActionType,
    Field,
    MessageType,
    ValidationError,
    fields,
    start_action,
    to_file,
    write_traceback,
)


@dataclass(frozen=True)
class Ferry:
    """
    A ferry, with a name, a number on her hull, and room for so many.
    """

    name: str
    hull: int
    seats: int


def ferry_name(ferry: Ferry) -> str:
    """
    Say how a ferry is called in the log, wherever she turns up there.
    """
    return ferry.name


def check_price(price: object) -> None:
    """
    Refuse prices below nothing.
    """
    if not isinstance(price, int) or price < 0:
        raise ValidationError("A price is not negative:", price)


FERRY = Field("ferry", ferry_name, "The ferry, by her name.")
PRICE = Field.for_types("price", [int], "What was paid, in pence.", check_price)
PASSENGER = Field.for_types("passenger", [str, None], "Whose ticket it is, if that is known.")

TICKET_SOLD = MessageType(
    "office:ticket_sold",
    [FERRY, PRICE, PASSENGER],
    "Somebody has bought a ticket.",
)

OFFICE_OPENED = MessageType(
    "office:opened",
    fields(desk=int, clerk=str),
    "There is somebody at a desk.",
)

BOARD = ActionType(
    "ferry:board",
    fields(FERRY, expected=int),
    fields(aboard=int),
    "Passengers go aboard.",
)


class TicketOffice:
    """
    Sells tickets.
    """

    def __init__(self) -> None:
        self.sold: list[tuple[Ferry, str | None]] = []

    def open(self, desk: int, clerk: str) -> None:
        """
        Open a desk.
        """
        OFFICE_OPENED(desk=desk).bind(clerk=clerk).write()

    def sell(self, ferry: Ferry, price: int, passenger: str | None = None) -> None:
        """
        Sell a ticket.
        """
        self.sold.append((ferry, passenger))
        TICKET_SOLD.log(ferry=ferry, price=price, passenger=passenger)

    def print_list(self, path: str) -> bool:
        """
        Write down who has bought tickets; if that is not possible, the ferry sails all the same.
        """
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(f"{ferry.name}: {passenger}\n" for ferry, passenger in self.sold)
        except OSError:
            write_traceback()
            return False
        return True


def board(ferry: Ferry, passengers: Collection[str]) -> None:
    """
    Let passengers go aboard.
    """
    with BOARD(ferry=ferry, expected=len(passengers)) as boarding:
        if len(passengers) > ferry.seats:
            raise ValueError("too many passengers")
        boarding.add_success_fields(aboard=len(passengers))


if __name__ == "__main__":
    to_file(sys.stdout)
    gull = Ferry("Gull", hull=2, seats=60)
    with start_action(action_type="office:day"):
        office = TicketOffice()
        office.open(desk=1, clerk="Ida")
        office.sell(gull, 450, "Ada")
        board(gull, ["Ada"])
