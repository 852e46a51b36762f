"""
Run the shop for a day: ``python -m examples.shop [FOLDER]``.

The logs go into the folder, which is ``shop-logs`` unless another is named:

``orders.log``
    What the shop and the warehouse did, of both processes.
``client.log``, ``server.log``
    The same by process: the shop asks, the warehouse answers.
``night.log``
    The stocktaking of the night, with the older files that it was rotated to.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import examples
from examples.shop import selling, stocktaking


def main(folder: str = "shop-logs") -> None:
    """
    Sell what there is, then count what is left.
    """
    logs = Path(folder).absolute()
    logs.mkdir(parents=True, exist_ok=True)
    for old in [*logs.glob("*.log"), *logs.glob("night.log.*")]:
        old.unlink()
    for module in (selling, stocktaking):
        command = [sys.executable, "-m", module.__name__, str(logs)]
        subprocess.run(command, check=True, cwd=Path(examples.__file__).parent.parent)


if __name__ == "__main__":
    main(*sys.argv[1:])
