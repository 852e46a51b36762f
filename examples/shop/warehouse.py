"""
The warehouse: reserves what the shop asks for, in the task of the one who ordered.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from eliot import Action, log_message, to_file

#: How many of each thing there are, and where.
STOCK = {"teapot": (3, "A1"), "cup": (9, "A2"), "saucer": (40, "A3"), "kettle": (5, "B1")}

#: With how few of a thing more must be ordered.
FEW = 3


def answer(task_id: str, item: str, count: int) -> dict[str, object]:
    """
    Reserve things.

    :param task_id: where the story goes on.
    :returns: on which shelf they are, which is ``None`` if there are not enough of them.
    """
    with Action.continue_task(task_id=task_id, action_type="warehouse:pick", item=item) as picking:
        time.sleep(0.002 * count)
        left, shelf = STOCK[item]
        if left < count:
            log_message("warehouse:short", wanted=count, left=left, log_level="ERROR")
            return {"shelf": None, "left": left}
        left -= count
        STOCK[item] = left, shelf
        if left < FEW:
            log_message("warehouse:few_left", item=item, left=left, log_level="WARNING")
        picking.add_success_fields(left=left)
        return {"shelf": shelf, "left": left}


def main(folder: Path) -> None:
    """
    Say that it is open, and answer until nobody asks any more.
    """
    with (folder / "orders.log").open("ab") as shared, (folder / "server.log").open("ab") as own:
        to_file(shared)
        to_file(own)
        print("open", flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
