"""
Two ferries are loaded at the same time, and a text says what happens: ``python flat.py``.
"""

import sys
from collections.abc import Sequence

from twisted.internet.defer import Deferred, DeferredLock, gatherResults
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react
from twisted.logger import Logger, globalLogBeginner, textFileLogObserver

log = Logger(namespace="ferry")


async def cross(ferry: str, cars: Sequence[int], ramp: DeferredLock, clock: IReactorTime) -> None:
    """
    Load a ferry, and sail.
    """
    log.info("{ferry}: loading begins", ferry=ferry)
    try:
        for tonnes in cars:
            async with ramp:
                await drive_aboard(tonnes, clock)
        await cast_off(sum(cars), clock)
    except ValueError:
        log.error("loading failed")
    else:
        log.info("crossing begun")


async def drive_aboard(tonnes: int, clock: IReactorTime) -> None:
    """
    Drive a car over the ramp, which bears one at a time.
    """
    log.info("car on the ramp, weight {tonnes} t", tonnes=tonnes)
    await deferLater(clock, 0.01)


async def cast_off(load: int, clock: IReactorTime) -> None:
    """
    Let go of the pier, and see whether the ferry floats.
    """
    log.info("casting off, {load} tons aboard", load=load)
    await deferLater(clock, 0.05)
    if load > 16:
        raise ValueError("too heavy")


async def main(clock: IReactorTime) -> None:
    """
    Have both ferries loaded over the one ramp.
    """
    ramp = DeferredLock()
    ferries = {"Gull": [2, 12, 3], "MV Tern": [3, 2, 3]}
    loading = [
        Deferred.fromCoroutine(cross(ferry, cars, ramp, clock)) for ferry, cars in ferries.items()
    ]
    await gatherResults(loading)


if __name__ == "__main__":
    observer = textFileLogObserver(sys.stdout, timeFormat="%H:%M:%S")
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
    react(main)
