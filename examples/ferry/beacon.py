"""
Twisted on asyncio, where nothing is in the action of somebody else:
``python beacon.py | eliot tree``.
"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import react

from eliot import log_message, start_action, to_file
from eliot.twisted import install_asyncio_reactor


def flash(seen: Deferred[None]) -> None:
    """
    Flash once.
    """
    log_message("beacon:flash")
    seen.callback(None)


def main(reactor: IReactorTime) -> Deferred[None]:
    """
    Light it, and wait for a flash.
    """
    seen: Deferred[None] = Deferred()
    with start_action(action_type="beacon:light"):
        reactor.callLater(0.01, flash, seen)
    return seen


if __name__ == "__main__":
    to_file(sys.stdout)
    install_asyncio_reactor()
    react(main)
