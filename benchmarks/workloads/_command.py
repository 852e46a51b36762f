"""
A command that reads a log, as a whole process: from its start until it is gone.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from _forest import write_log
from _timing import Arguments, elapsed, expect, report


def is_ours() -> bool:
    """
    Tell whether it is this package that is measured.
    """
    return find_spec("eliot.read") is not None


def command(script: str) -> str:
    """
    Find a command of whoever is measured.

    :param script: Its name; it is installed beside the interpreter.
    """
    return str(Path(sys.executable).with_name(script))


def measure(asked: Arguments, words: Sequence[str], once_a_task: bytes) -> None:
    """
    Measure a command, and report.

    :param asked: How many messages it is to read.
    :param words: The command; the log is its standard input.
    :param once_a_task: What it must write once for each task.
    """
    written = asked.path.with_name("written")

    def run(_: int) -> None:
        with asked.path.open("rb") as log, written.open("wb") as output:
            subprocess.run(words, check=True, stdin=log, stdout=output)

    # The first process may have to compile and to read the disk.
    write_log(asked.path, 1)
    run(1)
    tasks = write_log(asked.path, asked.operations)
    time = elapsed(run, asked.operations)
    expect("tasks", tasks, written.read_bytes().count(once_a_task))
    report(asked.operations, operation=time / asked.operations)
