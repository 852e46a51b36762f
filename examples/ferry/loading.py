"""
Load two ferries, and weigh the cars: ``python loading.py | eliot tree``.
"""

import sys
from collections.abc import Iterable
from contextlib import suppress

from eliot import start_action, to_file

TONNES = {"ISL 4": 2, "ISL 70": 12}


def load(ferry: str, plates: Iterable[str]) -> None:
    """
    Load the cars with these number plates.
    """
    with start_action(action_type="ferry:load", ferry=ferry) as loading:
        total = sum(map(weigh, plates))
        loading.add_success_fields(tonnes=total)


def weigh(plate: str) -> int:
    """
    Look up what a car weighs.
    """
    with start_action(action_type="ferry:weigh", plate=plate) as weighing:
        tonnes = TONNES[plate]
        weighing.add_success_fields(tonnes=tonnes)
        return tonnes


if __name__ == "__main__":
    to_file(sys.stdout)
    load("Gull", ["ISL 4", "ISL 70"])
    with suppress(KeyError):
        load("Tern", ["ISL 4", "unknown"])
