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
from eliot.read._printable import printable

_INTERRUPTED: Final = 130  # what shells report for a program that was ended by Ctrl-C

#: How many problems of each file are told one by one.
_TOLD: Final = 5

#: How many bytes of a line are shown with a problem.
_EXCERPT: Final = 60


class Problems:
    """
    Tells on standard error what could not be read: the first few problems of a file, and at the
    end how many more there were.
    """

    def __init__(self) -> None:
        self._name = ""
        self._count = 0
        self._any = False

    def begin(self, name: str) -> None:
        """
        Begin with a file.
        """
        self.end()
        self._name = printable(name)

    def tell(self, number: int | None, what: str, line: str = "") -> None:
        """
        Tell a problem, or count it.

        :param number: of the line, from 1; nothing if the file itself is the problem.
        :param what: what is wrong.
        :param line: the line.
        """
        self._any = True
        self._count += 1
        if self._count > _TOLD:
            return
        place = self._name if number is None else f"{self._name}:{number}"
        raw = raw_line(line)
        excerpt = printable(raw[:_EXCERPT].decode("utf-8", "backslashreplace"))
        if excerpt:
            excerpt = f": {excerpt}..." if len(raw) > _EXCERPT else f": {excerpt}"
        self._write(f"{place}: {what}{excerpt}")

    def end(self) -> None:
        """
        Say how many problems of the file were not told.
        """
        if self._count > _TOLD:
            self._write(f"{self._name}: {self._count - _TOLD:,} more problems")
        self._count = 0

    @property
    def exit_status(self) -> int:
        """
        What the program should exit with: 1 if there was any problem, or else 0.
        """
        return 1 if self._any else 0

    def _write(self, text: str) -> None:
        # Behind what was shown before it, where both go to the same terminal.
        sys.stdout.flush()
        print(text, file=sys.stderr, flush=True)


def read_files(names: Sequence[str], problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """
    Read files one after another.

    :param names: paths; ``-`` is standard input, and so is no name at all.
    :param problems: told of files that cannot be read.
    :returns: lists of lines, each with the number of its first line, as they come.
    """
    for name in names or ["-"]:
        problems.begin("standard input" if name == "-" else name)
        number = 1
        try:
            # Standard input is left open.
            with open(0 if name == "-" else name, "rb", closefd=name != "-") as file:
                for lines in read_blocks(file):
                    yield number, lines
                    number += len(lines)
        except OSError as error:
            problems.tell(None, f"cannot be read: {error.strerror or error}")
    problems.end()


def run(work: Callable[[Problems], None]) -> int:
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
    problems = Problems()
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
