"""
What others log to Twisted, among the messages: ``python overheard.py | eliot tree``.
"""

import sys

from twisted.logger import Logger, LogLevel, LogLevelFilterPredicate

from eliot import start_action, to_file
from eliot.twisted import TwistedLogService

#: As in a library that knows nothing of this.
log = Logger("ferry.harbour")


def find_berth(ferry: str) -> None:
    """
    Find a place for a ferry.
    """
    log.debug("looking at the plan")
    log.info("{ferry} gets berth {berth}", ferry=ferry, berth=3)
    try:
        raise ValueError("no such pilot")
    except ValueError:
        log.failure("No pilot for {ferry}", level=LogLevel.error, ferry=ferry)


if __name__ == "__main__":
    to_file(sys.stdout)
    twisted_log = TwistedLogService([LogLevelFilterPredicate(LogLevel.info)], extra_fields=True)
    twisted_log.startService()
    with start_action(action_type="ferry:moor"):
        find_berth("Gull")
    twisted_log.stopService()
