"""
A script that has no reactor of its own, since crochet runs it in a thread: ``python hosted.py``.
"""

from __future__ import annotations

import crochet
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from eliot import start_action
from eliot.twisted import DeferredContext, start_logging


@crochet.wait_for(timeout=5.0)
def wait() -> Deferred[None]:
    """
    Wait for a moment, in the reactor's thread.
    """
    with start_action(action_type="hosted:wait").context():
        return DeferredContext(deferLater(reactor, 0.05)).addActionFinish()


if __name__ == "__main__":
    crochet.setup()
    start_logging("file:hosted.json")
    wait()
