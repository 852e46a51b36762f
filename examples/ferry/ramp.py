"""
A ferry that waits for the ramp: ``python ramp.py | eliot tree``.
"""

import sys

from twisted.internet import defer
from twisted.internet.defer import ensureDeferred

from eliot import log_message, start_action, to_file
from eliot.twisted import DeferredLock


async def load(ramp: defer.DeferredLock) -> None:
    """
    Wait for the ramp, and drive cars on board.
    """
    with start_action(action_type="ferry:loading", ferry="Heron"):
        await ramp.run(drive, 12)


def drive(cars: int) -> None:
    """
    Drive cars on board.
    """
    log_message("ferry:cars_driven", cars=cars)


if __name__ == "__main__":
    to_file(sys.stdout)
    for ramp in (defer.DeferredLock(), DeferredLock()):
        ramp.acquire()
        ensureDeferred(load(ramp))
        with start_action(action_type="ferry:leaving", ferry="Swan"):
            ramp.release()
