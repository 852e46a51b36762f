"""
What the programs without extras, ``eliot-prettyprint`` and ``python -m eliot.filter``, have in
common: they read files or standard input, tell on standard error what could not be read, and end
in the way of a Unix tool.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from typing import Final

from eliot.read._blocks import raw_line, read_blocks
from eliot.read._problems import Problem, Problems, excerpt

_INTERRUPTED: Final = 130  # what shells report for a program that was ended by Ctrl-C


class FileProblems(Problems):
    """
    The problems of files that are read one after another.

    :ivar file: the name of the one that is being read.
    """

    file = ""

    def tell_line(self, number: int | None, what: str, line: str = "") -> None:
        """
        Tell a problem of the file, or count it.

        :param number: of the line, from 1; nothing if the file itself is the problem.
        :param what: what is wrong.
        :param line: the line.
        """
        self.tell(Problem(self.file, number, what, excerpt(raw_line(line))))


def read_files(names: Sequence[str], problems: FileProblems) -> Iterator[tuple[int, list[str]]]:
    """
    Read files one after another.

    :param names: paths; ``-`` is standard input, and so is no name at all.
    :param problems: told of files that cannot be read.
    :returns: lists of lines, each with the number of its first line, as they come.
    """
    for name in names or ["-"]:
        problems.file = "standard input" if name == "-" else name
        number = 1
        try:
            # Standard input is left open.
            with open(0 if name == "-" else name, "rb", closefd=name != "-") as file:
                for lines in read_blocks(file):
                    yield number, lines
                    number += len(lines)
        except OSError as error:
            problems.tell_line(None, f"cannot be read: {error.strerror or error}")
    problems.tell_rest()


def run(work: Callable[[FileProblems], None]) -> int:
    """
    Do what a program does, and end quietly when nobody reads its output any more, and on Ctrl-C.

    :param work: what it does.
    :returns: the exit status: 0, 1 if anything could not be read or written, 130 after Ctrl-C.
    """
    # Messages hold no cycles, so nothing is found in them, over and over.
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
    if isinstance(sys.stdout, TextIOWrapper):
        # What its encoding does not have is shown as an escape, never an error.
        sys.stdout.reconfigure(errors="backslashreplace")
    problems = FileProblems()
    try:
        work(problems)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _write_nowhere()
        return _INTERRUPTED
    except OSError as error:
        _write_nowhere()
        if not isinstance(error, BrokenPipeError):
            print(f"cannot write: {error.strerror}", file=sys.stderr)
            return 1
    return problems.exit_status


def _write_nowhere() -> None:
    """
    Have standard output go nowhere: what is left in its buffer would be tried once more at exit.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
