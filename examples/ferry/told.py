"""
Two ferries are loaded at the same time, and actions tell why: ``python told.py | eliot tree``.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress

from twisted.internet.defer import Deferred, DeferredLock, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from eliot import log_message, start_action, start_task, to_file


async def cross(ferry: str, cars: Sequence[int], ramp: DeferredLock, clock: IReactorTime) -> None:
    """
    Load a ferry, and sail.
    """
    with suppress(ValueError), start_task(action_type="ferry:cross", ferry=ferry):
        for tonnes in cars:
            async with ramp:
                await drive_aboard(tonnes, clock)
        await cast_off(sum(cars), clock)


async def drive_aboard(tonnes: int, clock: IReactorTime) -> None:
    """
    Drive a car over the ramp, which bears one at a time.
    """
    log_message("ferry:car_on_ramp", tonnes=tonnes)
    await deferLater(clock, 0.01)


async def cast_off(load: int, clock: IReactorTime) -> None:
    """
    Let go of the pier, and see whether the ferry floats.
    """
    with start_action(action_type="ferry:cast_off", tonnes=load):
        await deferLater(clock, 0.05)
        if load > 16:
            raise ValueError("too heavy")


async def main(clock: IReactorTime) -> None:
    """
    Have both ferries loaded over the one ramp.
    """
    ramp = DeferredLock()
    ferries = {"Gull": [2, 12, 3], "Tern": [3, 2, 3]}
    loading = [
        Deferred.fromCoroutine(cross(ferry, cars, ramp, clock)) for ferry, cars in ferries.items()
    ]
    await gatherResults(loading)


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
