"""
The shop: takes orders, has the warehouse reserve what is ordered, is paid, and sends it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final

from eliot import Action, log_call, log_message, start_action, to_file, write_traceback
from examples.shop.errors import OutOfStock, PaymentDeclined


@dataclass(frozen=True)
class Order:
    """
    What somebody wants.

    :ivar number: the number of the order.
    :ivar customer: who ordered.
    :ivar items: how many of each thing.
    :ivar card: what happens to the card: how long the bank takes for it, in seconds, or ``None``
        if it is declined.
    :ivar gift: what to write on the card that comes with it.
    """

    number: int
    customer: str
    items: dict[str, int]
    card: float | None = 0.004
    gift: str | None = None


ORDERS: Final = [
    Order(1001, "Ada", {"teapot": 1, "cup": 2}),
    Order(1002, "Zoë", {"cup": 1}, gift="Happy birthday!\nYours, Ada"),
    Order(1003, "Grace", {"kettle": 1}, card=None),
    Order(1004, "Alan", {"teapot": 1}, card=0.12),
    Order(1005, "Edsger", {"cup": 12}),
    Order(1006, "Barbara", {"saucer": 4, "cup": 4}),
    Order(1007, "Niklaus", {"kettle": 2}),
]

#: What a thing costs, in cents.
PRICES: Final = {"teapot": 2450, "cup": 480, "saucer": 250, "kettle": 3990}


@dataclass(frozen=True)
class Warehouse:
    """
    The other process: one line each way for whatever it is asked.
    """

    questions: IO[str]
    answers: IO[str]

    def reserve(self, item: str, count: int) -> str:
        """
        Have things reserved.

        :returns: the shelf on which they are.
        :raises OutOfStock: if there are not as many.
        """
        with start_action(action_type="shop:reserve", item=item, count=count) as action:
            task_id = action.serialize_task_id().decode("ascii")
            question = {"task_id": task_id, "item": item, "count": count}
            print(json.dumps(question), file=self.questions, flush=True)
            answer = json.loads(self.answers.readline())
            if answer["shelf"] is None:
                raise OutOfStock(f"{answer['left']} of {count} left: {item}")
            action.add_success_fields(shelf=answer["shelf"])
            return str(answer["shelf"])


@log_call(action_type="shop:pay", include_args=["cents"])
def pay(order: Order, cents: int) -> str:
    """
    Have the bank pay.

    :returns: the number of the receipt.
    :raises PaymentDeclined: if it does not.
    """
    if order.card is None:
        raise PaymentDeclined("the card has expired")
    time.sleep(order.card)
    if order.card > 0.1:
        log_message("shop:bank_slow", seconds=order.card, log_level="WARNING")
    return f"R-{order.number}"


def send(order: Order, shelves: list[str]) -> Action:
    """
    Send what was ordered; who ordered is told, if the post allows.

    :returns: its action, which has ended.
    """
    with start_action(action_type="shop:send", express=order.gift is not None) as sending:
        log_message("shop:packed", shelves=shelves, gift=order.gift)
        try:
            tell(order)
        except ConnectionError:
            write_traceback()
        sending.add_success_fields(kilograms=sum(order.items.values()) * 0.25)
    return sending


def tell(order: Order) -> None:
    """
    Write a mail.
    """
    if order.customer == "Barbara":
        raise ConnectionResetError("the mail server has hung up")
    log_message("shop:mail_sent", to=f"{order.number}@example.com", log_level="INFO")


def take(warehouse: Warehouse, order: Order) -> None:
    """
    Take an order.
    """
    with start_action(
        action_type="shop:order",
        order=order.number,
        customer=order.customer,
        items=order.items,
        due=date(2026, 11, 24),
    ):
        shelves = [warehouse.reserve(item, count) for item, count in order.items.items()]
        pay(order, sum(PRICES[item] * count for item, count in order.items.items()))
        sent = send(order, shelves)
        if order.gift is not None:
            # Too late: it should have been in the parcel.
            with sent.context():
                log_message("shop:gift_card_printed")


def sell(warehouse: Warehouse) -> None:
    """
    Take all orders. The last one comes when the shop is about to close, and is not seen to its end.
    """
    log_message("shop:opened", orders=len(ORDERS), log_level="INFO")
    *in_time, last = ORDERS
    for order in in_time:
        with suppress(OutOfStock, PaymentDeclined):
            take(warehouse, order)
    with start_action(
        action_type="shop:order", order=last.number, customer=last.customer
    ).context():
        log_message("shop:closed", reason="it is six o'clock", log_level="WARNING")


def main(folder: Path) -> None:
    """
    Open the shop, with the warehouse beside it.
    """
    command = [sys.executable, "-m", "examples.shop.warehouse", str(folder)]
    with ExitStack() as stack:
        for name in ("orders.log", "client.log"):
            to_file(stack.enter_context((folder / name).open("ab")))
        process = stack.enter_context(
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
            )
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        sell(Warehouse(process.stdin, process.stdout))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
