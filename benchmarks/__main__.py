"""The command line: ``python -m benchmarks --help``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import peers
from benchmarks.programs import Figures, Program, WorkloadFailed, run
from benchmarks.report import as_json, as_text
from benchmarks.results import AnyResult, Spread, Verdict, compare_any, times
from benchmarks.rounds import interleave, programs_of
from benchmarks.rows import FLOOR, ROWS, STALL, Measure

#: Fewer rounds than this are good for seeing that all works, not for a figure to be told.
ENOUGH_ROUNDS = 5

#: The exit status of a command that was interrupted, as shells have it.
INTERRUPTED = 130

#: Distributions whose versions are told with the figures.
DEPENDENCIES = ("eliot", "twisted", "zope.interface", "automat", "orjson")

EXAMPLES = """\
examples:
  python -m benchmarks                       all rows, seven rounds
  python -m benchmarks --row 1 --row 2       two rows
  python -m benchmarks --json figures.json   every round of every row, too
  python -m benchmarks --check               exit with status 1 if an "at least" is missed
  python -m benchmarks --rounds 1 --operations 100
                                             see that everything runs; the figures mean nothing
"""


def announce(line: str) -> None:
    """Tell people how far it is; standard output is for the figures."""
    print(line, file=sys.stderr, flush=True)


def positive(text: str) -> int:
    """Read a whole number above zero."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def seconds(text: str) -> float:
    """Read a time."""
    number = float(text)
    if not 0.001 <= number <= STALL.operations / 1000:
        raise ValueError(text)
    return number


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """
    Read the command line.

    :param arguments: The arguments, or ``None`` for those of the process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Compare the speed of this package with others, side by side on this machine.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--row",
        action="append",
        type=int,
        choices=[row.number for row in ROWS],
        help="measure this row only; may be given more than once",
    )
    parser.add_argument(
        "--rounds",
        type=positive,
        default=7,
        metavar="N",
        help="how often each process is run (default: %(default)s; noisy rows get more,"
        " row 11 at most three)",
    )
    parser.add_argument(
        "--operations",
        type=positive,
        metavar="N",
        help="measure at most so many operations in a process, for a quick look",
    )
    parser.add_argument(
        "--stall",
        type=seconds,
        default=STALL.operations / 1000,
        metavar="SECONDS",
        help="log for so long while the disk stands still, in row 11 (default and at most:"
        " %(default)g)",
    )
    parser.add_argument(
        "--peers",
        type=Path,
        default=Path(os.environ.get("ELIOT_BENCHMARK_PEERS", ".tox/peers")),
        metavar="FOLDER",
        help="where the environments of the others are kept, and made if they are absent"
        " (default: the environment variable ELIOT_BENCHMARK_PEERS, or .tox/peers)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="FOLDER",
        help="on which disk to write, in a temporary folder (default: that of temporary files)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    parser.add_argument(
        "--check", action="store_true", help='exit with status 1 if an "at least" is missed'
    )
    asked = parser.parse_args(arguments)
    if asked.json is not None and not asked.json.absolute().parent.is_dir():
        parser.error(f"no folder for {asked.json}")
    if asked.folder is not None and not asked.folder.is_dir():
        parser.error(f"no folder {asked.folder}")
    return asked


def machine(asked: argparse.Namespace) -> dict[str, object]:
    """
    Describe what the figures are measured on.

    :param asked: The options.
    :raises importlib.metadata.PackageNotFoundError: If this package is not installed.
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "versions": {name: version(name) for name in DEPENDENCIES},
        "rounds": asked.rounds,
    }


def measure(asked: argparse.Namespace) -> tuple[list[AnyResult], Spread | None]:
    """
    Make the environments, run everything, compare.

    :param asked: The options.
    :returns: The result of each row that was asked for, and the times of the floor.
    """
    rows = [row for row in ROWS if not asked.row or row.number in asked.row]
    programs = programs_of(rows)
    interpreters = {
        peer: peers.interpreter(peer, asked.peers, announce)
        for peer in dict.fromkeys(program.peer for program in programs)
        if peer is not None
    }

    def run_once(program: Program) -> Figures:
        executable = interpreters[program.peer] if program.peer else Path(sys.executable)
        operations = asked.operations
        if program.workload == STALL.workload:
            # One a millisecond.
            operations = min(round(asked.stall * 1000), operations or STALL.operations)
        return run(program, executable, Path(folder), operations)

    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=asked.folder) as folder:
        rounds = interleave(programs, asked.rounds, run_once, announce)
    floor = Spread(times(Measure(FLOOR), rounds)) if FLOOR in rounds else None
    return [compare_any(row, rounds) for row in rows], floor


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the benchmarks.

    :param arguments: The command line, or ``None`` for that of the process.
    :returns: The exit status: 1 if something failed, or if a target was missed with ``--check``.
    """
    asked = options(arguments)
    try:
        measured_on = machine(asked)
        announce(", ".join(f"{name}: {value}" for name, value in measured_on.items()))
        if asked.rounds < ENOUGH_ROUNDS or asked.operations:
            announce("a quick look: too few rounds or operations for figures to be told")
        results, floor = measure(asked)
    except PackageNotFoundError as error:
        announce(f"{error.name} is not installed in {sys.executable}: run tox -e bench")
        return 1
    except (peers.PeerNotInstalled, WorkloadFailed) as error:
        announce(str(error))
        return 1
    except KeyboardInterrupt:
        announce("interrupted")
        return INTERRUPTED
    sys.stdout.write(as_text(results, floor))
    if asked.json is not None:
        text = json.dumps(as_json(results, floor, measured_on), indent=2)
        asked.json.write_text(f"{text}\n", encoding="utf-8")
    missed = any(result.verdict is Verdict.NOT_REACHED for result in results)
    return 1 if asked.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
