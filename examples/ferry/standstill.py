"""
A harbour master who does one thing at a time, which is noticed:
``python standstill.py | eliot tree``.
"""

import hashlib
import sys
import time
from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from eliot import start_action, to_file
from eliot.twisted import ReactorMonitor


def seal_papers() -> None:
    """
    Seal the papers of a ferry, which nobody has found slow in the tests.
    """
    hashlib.pbkdf2_hmac("sha256", b"papers", b"harbour", 9_000_000)


def call_customs() -> None:
    """
    Wait for somebody to answer the phone.
    """
    time.sleep(1.5)


async def clear(reactor: IReactorTime, ferry: str, work: Callable[[], object]) -> None:
    """
    Clear a ferry, which the others wait for.
    """
    with start_action(action_type="harbour:clear", ferry=ferry):
        await deferLater(reactor, 0.1)
        work()


async def day(reactor: IReactorTime) -> None:
    """
    Clear two ferries.
    """
    monitor = ReactorMonitor(reactor, threshold=0.4)
    monitor.startService()
    await clear(reactor, "Gull", seal_papers)
    await clear(reactor, "Tern", call_customs)
    monitor.stopService()


if __name__ == "__main__":
    to_file(sys.stdout)
    react(lambda reactor: Deferred.fromCoroutine(day(reactor)))
