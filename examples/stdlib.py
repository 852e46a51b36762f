"""
A program that has always used the standard library's ``logging``, and now tells what caused
what: ``python stdlib.py | eliot tree``.
"""

import logging
import sys
from contextlib import suppress

from eliot import start_action, to_file
from eliot.stdlib import EliotHandler

log = logging.getLogger("bakery")


def bake(kind: str) -> None:
    """
    Bake a cake, if there is all that it takes.
    """
    with start_action(action_type="bakery:bake", kind=kind):
        if kind == "cheese":
            log.error("There are no %s left.", "eggs")
            raise LookupError("eggs")
        log.info("It smells good.")


def main() -> None:
    """
    Bake what was ordered.
    """
    with start_action(action_type="bakery:morning"):
        for kind in ("apple", "cheese"):
            with suppress(LookupError):
                bake(kind)
        log.info("The shop is open.")


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger().addHandler(EliotHandler())
    to_file(sys.stdout)
    main()
