"""
Errors that nobody handles: ``python unhandled.py | eliot tree``.
"""

import sys

from twisted.internet.defer import fail, maybeDeferred
from twisted.logger import globalLogBeginner

from eliot import start_action, to_file
from eliot.twisted import log_observer, patch_unhandled_errors


def radio(channel: int) -> str:
    """
    Call the harbour.
    """
    with start_action(action_type="ferry:radio", channel=channel):
        raise LookupError(f"nobody on channel {channel}")


def cross() -> None:
    """
    Have two Deferreds fail, and forget them later.
    """
    with start_action(action_type="ferry:cross"):
        with start_action(action_type="ferry:announce"):
            answer = maybeDeferred(radio, 16)
            horn = fail(RuntimeError("rust"))
        with start_action(action_type="ferry:moor"):
            del answer, horn


if __name__ == "__main__":
    if "--patched" in sys.argv:
        patch_unhandled_errors()
    to_file(sys.stdout)
    globalLogBeginner.beginLoggingTo([log_observer()], redirectStandardIO=False)
    cross()
