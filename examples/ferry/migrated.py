"""
The same program after its last line of text is gone: ``python migrated.py | eliot tree``.
"""

import sys
from contextlib import suppress

from eliot import start_action, to_file


def start_engines(oil: dict[str, int]) -> None:
    """
    Start all engines.
    """
    with start_action(action_type="engines:start_all"):
        for engine, litres in oil.items():
            with suppress(RuntimeError):
                start(engine, litres)


def start(engine: str, litres: int) -> None:
    """
    Start one of them.
    """
    with start_action(action_type="engines:start", engine=engine, litres=litres):
        if not litres:
            raise RuntimeError("no oil")


if __name__ == "__main__":
    to_file(sys.stdout)
    start_engines({"port": 40, "starboard": 0})
