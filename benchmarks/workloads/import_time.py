"""
The time of a process that imports from ``eliot`` what each program uses, and nothing else, less
that of one that does nothing.

The imports that this package cannot do without are measured beside it, as context.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from _timing import arguments, elapsed, report

STATEMENTS = {
    "operation": "from eliot import add_destinations, log_message, start_action",
    "dependencies": "import zope.interface, automat, orjson",
}


def run(statement: str) -> None:
    # -P: no import from the current directory, whatever lies there.
    subprocess.run([sys.executable, "-P", "-c", statement], check=True, stdin=subprocess.DEVNULL)


def process_time(statement: str) -> int:
    """
    Run a statement in a new process.

    :param statement: Python code.
    :returns: The time from the start of the process until it was gone, in nanoseconds.
    """
    return elapsed(lambda _: run(statement), 1)


def main() -> None:
    asked = arguments(__doc__)
    # The first process of each kind may have to compile and to read the disk.
    for statement in STATEMENTS.values():
        run(statement)
    differences: dict[str, list[int]] = {name: [] for name in STATEMENTS}
    for _ in range(asked.operations):
        bare = process_time("pass")
        for name, statement in STATEMENTS.items():
            differences[name].append(process_time(statement) - bare)
    report(asked.operations, **{name: median(found) for name, found in differences.items()})


if __name__ == "__main__":
    main()
