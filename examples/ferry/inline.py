"""
Two ferries at the same time, by coroutines and by generators: ``python inline.py | eliot tree``.
"""

import sys
from collections.abc import Generator

from twisted.internet.defer import Deferred, gatherResults, inlineCallbacks
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from eliot import log_message, start_action, to_file


async def cross(ferry: str, clock: IReactorTime) -> None:
    """
    Sail, and take a look at the water half way.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        await deferLater(clock, 0.01)
        log_message("ferry:half_way")
        await moor(ferry, clock)


@inlineCallbacks
def moor(ferry: str, clock: IReactorTime) -> Generator[Deferred[None], None, None]:
    """
    Make a ferry fast.
    """
    with start_action(action_type="ferry:moor"):
        yield deferLater(clock, 0.01)
        log_message("ferry:moored", ferry=ferry)


async def main(clock: IReactorTime) -> None:
    """
    Let both ferries sail.
    """
    with start_action(action_type="harbour:noon"):
        await gatherResults(
            Deferred.fromCoroutine(cross(ferry, clock)) for ferry in ("Gull", "Tern")
        )


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
