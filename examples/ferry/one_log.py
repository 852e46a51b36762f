"""
Messages in the log that Twisted writes: ``python one_log.py``.
"""

import sys
from contextlib import suppress

from twisted.logger import Logger, globalLogBeginner, textFileLogObserver

from eliot import add_destinations, log_message, start_action
from eliot.twisted import TwistedDestination

#: As in the rest of the program.
log = Logger("ferry.harbour")


def moor(ferry: str, berth: str | None) -> None:
    """
    Make a ferry fast.
    """
    log.info("{ferry} comes in", ferry=ferry)
    with start_action(action_type="ferry:moor", ferry=ferry):
        if berth is None:
            log_message("ferry:no_berth", log_level="warn")
            raise RuntimeError("all full")


if __name__ == "__main__":
    observer = textFileLogObserver(sys.stdout, timeFormat="%H:%M:%S")
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
    add_destinations(TwistedDestination())
    moor("Gull", berth="B 3")
    with suppress(RuntimeError):
        moor("Tern", berth=None)
