"""
A script that runs the reactor by itself: ``python bare.py``.
"""

from twisted.internet import reactor

from eliot import log_message
from eliot.twisted import start_logging


def ring() -> None:
    """
    Ring the bell, and go.
    """
    log_message("bare:bell")
    reactor.stop()


if __name__ == "__main__":
    start_logging("file:bare.json", root_action="bare:script")
    reactor.callLater(0.05, ring)
    reactor.run()
