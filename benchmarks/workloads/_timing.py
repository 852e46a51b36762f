"""
What every workload shares: its arguments, its clock, its check of itself, and its report.

A workload is run as ``python WORKLOAD.py OPERATIONS FILE`` by whichever interpreter is to be
measured, so this module needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


class WrongOutput(Exception):
    """A workload did not write what it should have written, so its time means nothing."""


@dataclass(frozen=True)
class Arguments:
    """
    What a workload is asked to do.

    :ivar operations: How many operations to measure.
    :ivar path: The file to write to, which does not exist yet.
    """

    operations: int
    path: Path

    @property
    def warm_up(self) -> int:
        """A fifth of what is measured: by then the interpreter has specialized its bytecode."""
        return max(1, self.operations // 5)

    @property
    def total(self) -> int:
        """All operations, the warm-up included."""
        return self.warm_up + self.operations


def arguments(description: str | None) -> Arguments:
    """
    Read the command line of a workload.

    :param description: The docstring of the workload.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("operations", type=int, help="how many operations to measure")
    parser.add_argument("file", type=Path, help="the file to write to")
    options = parser.parse_args()
    if options.operations < 1:
        parser.error("at least one operation is needed")
    return Arguments(options.operations, options.file)


def elapsed(loop: Callable[[int], object], operations: int) -> int:
    """
    Run a loop once.

    :param loop: Called with the number of operations to do.
    :returns: The time it took, in nanoseconds.
    """
    start = time.perf_counter_ns()
    loop(operations)
    return time.perf_counter_ns() - start


def warm_and_measure(loop: Callable[[int], object], asked: Arguments) -> float:
    """
    Run a loop for the warm-up, then measure it.

    :param loop: Called with the number of operations to do.
    :param asked: How many there are to be.
    :returns: Nanoseconds per operation.
    """
    loop(asked.warm_up)
    return elapsed(loop, asked.operations) / asked.operations


def expect(what: str, expected: int, found: int) -> None:
    """
    Fail loudly when a workload did not do the work whose time it is about to report.

    :param what: What was counted, in the plural.
    :param expected: How many there must be.
    :param found: How many there are.
    :raises WrongOutput: If the numbers differ.
    """
    if found != expected:
        raise WrongOutput(f"{expected} {what} expected, {found} found")


def expect_lines(path: Path, expected: int) -> None:
    """
    Count the lines of a file, each of which must be one JSON object.

    Workloads call this while they still have the file open: that proves that each line had been
    handed to the operating system.

    :param path: The file.
    :param expected: How many lines it must have.
    :raises WrongOutput: If there are more or fewer lines than expected, or a line is no object.
    """
    lines = path.read_bytes().splitlines()
    expect("lines", expected, len(lines))
    if not all(isinstance(json.loads(line), dict) for line in lines):
        raise WrongOutput(f"{path} has a line that is no JSON object")


def report(operations: int, **nanoseconds: float) -> None:
    """
    Print the result of the workload: one JSON object on standard output.

    :param operations: How many operations were measured.
    :param nanoseconds: Nanoseconds per operation, by the name of what was measured.
    """
    report_with_memory(operations, {}, nanoseconds)


def report_with_memory(
    operations: int, memory: Mapping[str, float], nanoseconds: Mapping[str, float]
) -> None:
    """
    Print the same, with amounts of memory.

    :param operations: How many operations were measured.
    :param memory: Bytes, by the name of what was measured.
    :param nanoseconds: Nanoseconds, likewise.
    """
    result = {"operations": operations, "nanoseconds": {**nanoseconds}, "bytes": {**memory}}
    print(json.dumps(result))
