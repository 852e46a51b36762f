"""
The logs that pages show: those that the shop of the examples writes.

The times of day, the identifiers, and the place where the program lies are set to what they are in
each other run, too, so that pages tell nothing of the machine, and can name a task or a minute.
What time each thing took stays as it was.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final
from uuid import UUID

import orjson

#: When the shop opens, in seconds since the epoch: 2026-11-20 09:30 UTC.
OPENED: Final = 1_795_167_000.0

#: How much later it takes stock, in seconds: when it is run, that comes at once.
_EVENING: Final = 12.5 * 3600

#: Where the program lies.
SOURCES: Final = "/srv/shop"

_UUID: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def make_logs(project: Path, folder: Path) -> None:
    """
    Have the shop write its logs.

    :param project: where the folder of the examples is.
    :param folder: where to put the logs; there is no such folder yet.
    :raises subprocess.CalledProcessError: if the shop cannot be run.
    """
    source = folder / "source"
    # By links, if need be: the tests reach the project so.
    shutil.copytree(project.resolve() / "examples" / "shop", source / "examples" / "shop")
    (source / "examples" / "__init__.py").touch()
    subprocess.run(
        [sys.executable, "-m", "examples.shop", str(folder.absolute())],
        check=True,
        cwd=source,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    settle = _Settled(folder / "orders.log", source)
    # The orders first, so that their identifiers do not depend on other logs.
    for path in sorted(folder.glob("*.log*"), key=lambda path: (path.name != "orders.log", path)):
        later = _EVENING if path.name.startswith("night") else 0.0
        if path.suffix == ".gz":
            lines = gzip.decompress(path.read_bytes())
            path.write_bytes(gzip.compress(settle(lines, later), mtime=0))
        else:
            path.write_bytes(settle(path.read_bytes(), later))
    shutil.rmtree(source)


class _Settled:
    """
    Makes lines of a log what they are in each run.
    """

    def __init__(self, orders: Path, source: Path) -> None:
        with orders.open("rb") as file:
            self._shift = OPENED - orjson.loads(file.readline())["timestamp"]
        self._source = str(source.absolute()).encode()
        self._chance = random.Random("shop")
        self._names: dict[bytes, bytes] = {}

    def __call__(self, lines: bytes, later: float) -> bytes:
        return b"".join(self._line(line, later) for line in lines.splitlines())

    def _line(self, line: bytes, later: float) -> bytes:
        line = line.replace(self._source, SOURCES.encode())
        message = orjson.loads(_UUID.sub(self._name, line))
        message["timestamp"] = round(message["timestamp"] + self._shift + later, 6)
        return orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE)

    def _name(self, found: re.Match[bytes]) -> bytes:
        if found[0] not in self._names:
            made = UUID(int=self._chance.getrandbits(128), version=4)
            self._names[found[0]] = str(made).encode()
        return self._names[found[0]]
