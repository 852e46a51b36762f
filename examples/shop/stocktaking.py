"""
The night: all shelves are counted, and the log of it is rotated.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from eliot import RotatingFile, add_destinations, log_message, remove_destination, start_task

#: How many bytes a file of the log may have.
ROTATE = 6000


def take_stock(shelves: int) -> None:
    """
    Count what is on the shelves.
    """
    for number in range(1, shelves + 1):
        with start_task(action_type="stock:count", shelf=f"S{number}") as counting:
            log_message("stock:found", cups=number * 3 % 7)
            counting.add_success_fields(broken=number % 5 == 0)


def main(folder: Path) -> None:
    """
    Take stock, in a log that is rotated as if an hour passed each time.
    """
    seconds = count(1_795_212_000, 60)
    night = RotatingFile(
        folder / "night.log", rotate=ROTATE, keep=5, compress=True, clock=lambda: next(seconds)
    )
    night.open()
    add_destinations(night)
    take_stock(24)
    remove_destination(night)
    night.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
