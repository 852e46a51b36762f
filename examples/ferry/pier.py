"""
A pier, which asks the office: ``python pier.py ADDRESS CARS PLACES``; it logs to ``pier.log``.
"""

import sys

import treq
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import react
from twisted.web.http_headers import Headers

from eliot import add_global_fields, start_action, to_file


class NoAnswer(Exception):
    """
    The office does not know.
    """


async def ask(address: str, cars: str, places: str) -> int:
    """
    Ask how often a ferry has to sail.
    """
    with start_action(action_type="pier:ask", cars=cars, places=places) as asking:
        response = await treq.get(
            address,
            params={"cars": cars, "places": places},
            headers=Headers({b"X-Eliot-Task-Id": [asking.serialize_task_id()]}),
        )
        answer = await response.text()
        if response.code != 200:
            raise NoAnswer(answer)
        asking.add_success_fields(crossings=int(answer))
        return int(answer)


async def main(clock: IReactorTime, address: str, cars: str, places: str) -> None:
    """
    Plan a day at the pier.
    """
    try:
        with start_action(action_type="pier:plan_day"):
            print(f"{await ask(address, cars, places)} crossings")
    except NoAnswer as error:
        print(error)


if __name__ == "__main__":
    add_global_fields(process="pier")
    with open("pier.log", "wb") as log:
        to_file(log)
        react(main, sys.argv[1:])
