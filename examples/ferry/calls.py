"""
Calls that are actions: ``python calls.py | eliot tree``.
"""

import sys

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from eliot import log_call, to_file


@log_call
def fare(passengers: int, car: bool = False) -> int:
    """
    Work out what a crossing costs.
    """
    return passengers * 4 + (20 if car else 0)


@log_call(action_type="office:check_card", include_args=["card"], include_result=False)
def check_card(card: str, pin: str) -> bool:
    """
    Find out whether a card is good; nobody else needs to know the number that goes with it.
    """
    return pin == "1234"


@log_call(action_type="pier:measure_wind", include_args=[])
async def measure_wind(clock: IReactorTime) -> int:
    """
    Look at the vane for a while.
    """
    await deferLater(clock, 0.01)
    return 12


async def main(clock: IReactorTime) -> None:
    """
    Call all of them.
    """
    fare(3, car=True)
    check_card("7001 2", pin="1234")
    await measure_wind(clock)


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
