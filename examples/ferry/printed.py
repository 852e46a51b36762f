"""
What is printed, among the messages: ``python printed.py | eliot tree``.
"""

import sys

from eliot import start_action, to_file
from eliot.twisted import CapturedOutput


def moor(ferry: str) -> None:
    """
    Make a ferry fast, and say so in a way that was never meant for a log.
    """
    with start_action(action_type="ferry:moor", ferry=ferry):
        print(ferry, "is fast,", end=" ")
        print("and the lines look old", file=sys.stderr)
        print("with two lines")


if __name__ == "__main__":
    to_file(sys.stdout)
    output = CapturedOutput()
    output.startService()
    moor("Gull")
    output.stopService()
