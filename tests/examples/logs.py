"""
The logs of the shop, as the documentation shows them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

from docs._ext.pictures import make_programs
from docs._ext.shop_logs import make_logs
from tests.examples.pages import PROJECT
from tests.helpers import scratch


@cache
def _logs() -> dict[str, bytes]:
    with TemporaryDirectory() as name:
        folder = Path(name) / "logs"
        make_logs(PROJECT, folder)
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def folder_with_logs(test: TestCase) -> Path:
    """
    Make a folder with the logs, for one test.

    :returns: the folder; beside it is ``bin``, with programs that are those of this interpreter.
    """
    folder = scratch(test) / "logs"
    folder.mkdir()
    for name, contents in _logs().items():
        (folder / name).write_bytes(contents)
    make_programs(folder.parent / "bin")
    return folder
