"""
Running the examples as people do: as programs, with files of their own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import eliot
import examples
from eliot.read import Message, Problem, Task, merge_messages, read_messages, read_tasks

#: Where the examples are.
EXAMPLES = Path(examples.__file__).parent.absolute()

#: A warning that is none of ours: of a file that Twisted keeps open until the process ends, as soon
#: as it has listened.
RESERVED = "ignore:unclosed file <_io.TextIOWrapper name='/dev/null':ResourceWarning"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """
    Run the Python interpreter in a folder, with warnings as errors.

    :param folder: the current directory of the process.
    :param arguments: a script or ``-m`` and a module, and its arguments.
    :returns: its exit status, output and errors.
    """
    search_path = os.pathsep.join([str(EXAMPLES.parent), str(Path(eliot.__file__).parent.parent)])
    return subprocess.run(
        [sys.executable, "-W", "error", "-W", RESERVED, *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": search_path, "PYTHONIOENCODING": "utf-8"},
        timeout=90,
    )


def read_log(path: Path) -> list[Message]:
    """
    Read a log that must be in order.

    :param path: the file.
    :raises AssertionError: if a line is not a message.
    """
    with path.open("rb") as file:
        return read_lines(file, str(path))


def read_lines(file: BinaryIO, name: str) -> list[Message]:
    """
    Read an open log that must be in order.

    :param file: the log.
    :param name: what to call it if it is not.
    :raises AssertionError: if a line is not a message.
    """

    def refuse(problem: Problem) -> None:
        raise AssertionError(str(problem))

    return list(read_messages(file, name, refuse))


@dataclass(frozen=True)
class DemoRun:
    """
    What a run of the demo has left behind.

    :ivar output: what it printed.
    :ivar checker: the messages that the link checker logged.
    :ivar site: the messages that the web site logged.
    """

    output: str
    checker: list[Message]
    site: list[Message]

    def tasks(self) -> list[Task]:
        """
        Put the logs together.
        """
        return list(read_tasks(merge_messages([self.checker, self.site])))


@cache
def run_demo() -> DemoRun:
    """
    Run the demo, once for all tests.

    :raises AssertionError: if it does not end well.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        demo = run(folder, "-m", "examples.demo")
        if demo.returncode or demo.stderr:
            raise AssertionError(f"The demo has failed: {demo}")
        logs = folder / "demo-logs"
        return DemoRun(demo.stdout, read_log(logs / "checker.log"), read_log(logs / "site.log"))


#: What no two runs have in common, and what stands for it.
_CHANGING = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "<task>",
    r"(\d{4}-\d\d-\d\d UTC )?\d\d:\d\d:\d\d\.\d{3}": "<time>",
    r"\d{4}-\d\d-\d\d UTC": "<day>",
    r"  \d+(\.\d+)? m?s$": "  <duration>",
    r"^\d\d:\d\d:\d\d ": "<time> ",
    r"127\.0\.0\.1:\d+": "<address>",
    # Where the project lies, and the marks below a line that caused an exception, which differ from
    # one Python to another.
    r'(File "|file: ).*/examples/': r"\1examples/",
    r"'timestamp': [\d.]+": "'timestamp': <time>",
    # Which interpreter it was.
    r"executable: .*python.*": "executable: <python>",
    # On one line or several, which depends on how long its path is.
    r"arguments:( \[.*|(\n[│ ]*- .*)+)": "arguments: <arguments>",
    r"pid: \d+": "pid: <pid>",
    r"(duration|cpu_time): [\d.e-]+$": r"\1: <duration>",
    r" in \d+\.\d+s$": " in <duration>",
    r"^[ │]+[~^]+\n": "",
    r" +$": "",
}


def without_chance(text: str) -> str:
    """
    Replace all that differs from run to run: identifiers, times, durations and ports.

    :param text: what a program has printed.
    """
    for pattern, replacement in _CHANGING.items():
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return text
