"""
Watch a log for what fails.

::

    python examples/logs/watching.py app.log
"""

from __future__ import annotations

import sys
from time import sleep

from eliot.read import GoOn, find_logs, follow_messages


def look_again(idle: bool) -> bool:
    """
    Wait a little if there is nothing to be read, and go on for ever.
    """
    if idle:
        sleep(0.25)
    return True


def watch(path: str, go_on: GoOn = look_again) -> None:
    """
    Print the type of each action that fails from now on.
    """
    for message in follow_messages(find_logs([path], print), print, go_on, from_end=True):
        if message.status == "failed":
            print(message.type)


if __name__ == "__main__":
    watch(sys.argv[1])
