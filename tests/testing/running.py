"""
Running small suites of tests under the runners that people have.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Final
from unittest import SkipTest, TestCase

import eliot
from tests.helpers import scratch

# How trial tells of a test, on any reactor.
_TRIAL: Final = r"^ *(?P<test>test_\w+) \.\.\. *\[(?P<outcome>\w+)\]"

#: How each runner is started, and how it tells of a test.
_RUNNERS: Final = {
    "unittest": (
        ["-m", "unittest", "-v"],
        r"^(?P<test>test_\w+)(?: \(.*\))? \.\.\. (?P<outcome>\w+)",
    ),
    "trial": (
        ["-m", "twisted.trial", "--reactor=epoll"],
        _TRIAL,
    ),
    "trial-asyncio": (
        ["-m", "twisted.trial", "--reactor=asyncio"],
        _TRIAL,
    ),
    "trial-eliot-asyncio": (
        ["-m", "twisted.trial", "--reactor=eliot-asyncio"],
        _TRIAL,
    ),
    "pytest": (
        ["-m", "pytest", "-v", "-p", "no:cacheprovider"],
        r"^suite\.py::(?:\w+::)?(?P<test>test_\w+)(?:\[.*\])? (?P<outcome>\w+)",
    ),
}

_OUTCOMES: Final = {
    "OK": "passed",
    "PASSED": "passed",
    "FAIL": "failed",
    "FAILED": "failed",
    "ERROR": "failed",
    "SKIPPED": "skipped",
    "XFAIL": "expected",
}


@dataclass(frozen=True)
class Outcome:
    """
    What a runner has told.

    :ivar tests: ``passed``, ``failed``, ``skipped`` or ``expected``, by the name of the test.
    :ivar output: all that it has printed.
    :ivar status: its exit status.
    """

    tests: dict[str, str]
    output: str
    status: int


def run_suite(test: TestCase, runner: str, source: str, *options: str) -> Outcome:
    """
    Run a suite in a process of its own.

    :param test: the test that asks for it.
    :param runner: one of those above.
    :param source: the source of the module.
    :param options: further options for the runner.
    """
    arguments, pattern = _RUNNERS[runner]
    if runner == "pytest" and find_spec("pytest") is None:
        raise SkipTest("pytest is not installed")
    folder = scratch(test)
    (folder / "suite.py").write_text(dedent(source), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(eliot.__file__).parent.parent),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "200",
    }
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    target = "suite.py" if runner == "pytest" else "suite"
    process = subprocess.run(
        [sys.executable, "-W", "error", *arguments, *options, target],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=folder,
        env=environment,
        encoding="utf-8",
        timeout=60,
    )
    tests = {
        found["test"]: _OUTCOMES[found["outcome"].upper()]
        for found in re.finditer(pattern, process.stdout, re.MULTILINE)
    }
    return Outcome(tests, process.stdout, process.returncode)


def shown_with(outcome: Outcome, text: str) -> str:
    """
    Get what is printed from a text up to the next test.

    :raises AssertionError: if the text is not printed.
    """
    _, found, rest = outcome.output.partition(text)
    assert found, outcome.output
    return re.split(r"^(?:=====|_____)", rest, maxsplit=1, flags=re.MULTILINE)[0]
