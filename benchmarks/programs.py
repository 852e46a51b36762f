"""One piece of work in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peer

WORKLOADS = Path(__file__).absolute().parent / "workloads"

#: Seconds after which a workload must be hanging.
TIMEOUT = 600

#: Nanoseconds per operation, or bytes, by the name of what was measured.
Figures = Mapping[str, float]


class WorkloadFailed(Exception):
    """A workload ended with an error; the message has what it wrote to standard error."""


@dataclass(frozen=True)
class Program:
    """
    A workload and who runs it.

    :ivar workload: The name of a file in ``workloads/``, without its suffix.
    :ivar operations: How many operations a process measures.
    :ivar peer: Whose environment runs it; without one, the interpreter that runs the benchmarks.
    :ivar least_rounds: How many rounds it needs at least, if its times are noisy.
    :ivar most_rounds: How many rounds it gets at most, if they take long.
    """

    workload: str
    operations: int
    peer: Peer | None = None
    least_rounds: int = 1
    most_rounds: int | None = None

    def rounds(self, asked: int) -> int:
        """
        Say how many rounds it gets.

        :param asked: How many are asked for.
        """
        rounds = max(asked, self.least_rounds)
        return rounds if self.most_rounds is None else min(rounds, self.most_rounds)

    def __str__(self) -> str:
        return f"{self.workload} of {self.peer.name if self.peer else 'this package'}"


def clean_environment() -> dict[str, str]:
    """
    Make the environment variables for a workload.

    Python's own are left out: a search path would mix this package with its peers, and an
    interpreter that must not write bytecode would compile the package at each import.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def run(
    program: Program,
    executable: Path,
    folder: Path,
    operations: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Figures:
    """
    Run a program once and wait for its end.

    :param program: The program.
    :param executable: The Python interpreter.
    :param folder: The folder in which the program may write. What it wrote is removed.
    :param operations: How many operations to measure at most, if fewer than the program's own.
    :param environment: Environment variables, instead of ``clean_environment``.
    :returns: What it measured.
    :raises WorkloadFailed: If it ended with an error, hung, or printed no result.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [
            str(executable),
            str(WORKLOADS / f"{program.workload}.py"),
            str(min(program.operations, operations or program.operations)),
            str(Path(scratch, "log.json")),
        ]
        try:
            process = subprocess.run(
                command,
                check=True,
                capture_output=True,
                cwd=scratch,
                env=clean_environment() if environment is None else environment,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=TIMEOUT,
            )
        except subprocess.CalledProcessError as error:
            raise WorkloadFailed(
                f"{program} ended with status {error.returncode}:\n{error.stderr}"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise WorkloadFailed(f"{program} did not end within {TIMEOUT} seconds") from error
    return figures(process.stdout)


def figures(output: str) -> Figures:
    """
    Read the result that a workload printed.

    :param output: Its standard output.
    :raises WorkloadFailed: If this is no result.
    """
    try:
        result = json.loads(output)
        found = {**result["nanoseconds"], **result.get("bytes", {})}
        return {str(name): float(value) for name, value in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WorkloadFailed(f"not the result of a workload: {output!r}") from error
