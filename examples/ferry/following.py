"""
A crossing whose story does not break: ``python following.py | eliot tree``.
"""

import sys

from twisted.internet.interfaces import IReactorThreads, IReactorTime
from twisted.internet.task import react

from eliot import log_message, start_action, to_file
from eliot.twisted import LoopingCall, call_later, defer_to_thread


class Reactor(IReactorThreads, IReactorTime):
    """
    What a ferry needs of a reactor.
    """


class Ferry:
    """
    Crosses in fog.
    """

    def __init__(self, reactor: Reactor, miles: int) -> None:
        self.reactor = reactor
        self.miles = miles
        self.horn = LoopingCall(self.sound, action_type="ferry:horn")

    async def cross(self, cars: int) -> None:
        """
        Weigh the cars, cast off, and sound the horn until the other side is reached.
        """
        with start_action(action_type="ferry:crossing"):
            tons = await defer_to_thread(self.reactor, weigh, cars)
            call_later(self.reactor, 0.01, log_message, "ferry:cast_off", tons=tons)
            await self.horn.start(0.05, now=False)
            log_message("ferry:arrived")

    def sound(self) -> None:
        """
        Sound the horn once.
        """
        log_message("ferry:horn_sounded", miles_left=self.miles)
        self.miles -= 1
        if not self.miles:
            self.horn.stop()


def weigh(cars: int) -> float:
    """
    Weigh cars, which takes a thread.
    """
    log_message("ferry:weighing", cars=cars)
    return cars * 1.5


async def main(reactor: Reactor) -> None:
    """
    Cross once.
    """
    await Ferry(reactor, miles=2).cross(cars=3)


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
