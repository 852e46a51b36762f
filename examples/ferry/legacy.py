"""
A program that logs by Python's own means, with actions at its entry points:
``python legacy.py | eliot tree``.
"""

import logging
import sys
from contextlib import suppress

from eliot import start_action, to_file
from eliot.stdlib import EliotHandler

#: As it was before there were actions.
log = logging.getLogger("ferry.engine")


def start_engines(oil: dict[str, int]) -> None:
    """
    Start all engines; this is where the program is entered.
    """
    with start_action(action_type="engines:start_all"):
        for engine, litres in oil.items():
            with suppress(RuntimeError):
                start(engine, litres)


def start(engine: str, litres: int) -> None:
    """
    Start one of them.
    """
    with start_action(action_type="engines:start", engine=engine):
        log.info("%d litres of oil", litres)
        if not litres:
            log.error("No oil, engine %s will not start", engine)
            raise RuntimeError("no oil")


if __name__ == "__main__":
    to_file(sys.stdout)
    logging.basicConfig(handlers=[EliotHandler()], level=logging.INFO)
    start_engines({"port": 40, "starboard": 0})
