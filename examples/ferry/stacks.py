"""
Failures that tell where they come from: ``python stacks.py | eliot tree``.
"""

import sys
from contextlib import suppress

from eliot import include_tracebacks, start_action, to_file


def moor(berth: str) -> None:
    """
    Make a ferry fast.
    """
    with start_action(action_type="ferry:moor", berth=berth):
        try:
            tie(berth)
        except LookupError as error:
            raise RuntimeError("adrift") from error


def tie(berth: str) -> None:
    """
    Tie a rope to a bollard.
    """
    raise LookupError(f"no bollard at {berth}")


if __name__ == "__main__":
    include_tracebacks()
    to_file(sys.stdout)
    with suppress(RuntimeError):
        moor("B 3")
