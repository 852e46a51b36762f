"""
What could not be read, and how people are told of it.
"""

from __future__ import annotations

import sys
from typing import Final, NamedTuple

from eliot.read._printable import printable

#: How many problems of each file are told one by one.
_TOLD: Final = 5

#: How many bytes of a line are shown with a problem.
_EXCERPT: Final = 60


class Problem(NamedTuple):
    """
    Something in the input that could not be read.

    :ivar file: the name of the file.
    :ivar line: the number of the line, from 1; ``None`` if the file itself is the problem.
    :ivar what: what was wrong with it.
    :ivar excerpt: the beginning of the line, printable and of bounded length.
    """

    file: str
    line: int | None
    what: str
    excerpt: str = ""

    def __str__(self) -> str:
        """
        Say it all in one printable line.
        """
        place = printable(self.file) + ("" if self.line is None else f":{self.line}")
        return f"{place}: {self.what}" + (f": {self.excerpt}" if self.excerpt else "")


def excerpt(line: bytes) -> str:
    """
    Show how a line begins.

    :returns: printable text of bounded length.
    """
    shown = line[:_EXCERPT].rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return printable(shown) + ("..." if len(line.rstrip(b"\r\n")) > _EXCERPT else "")


class Problems:
    """
    Tells on standard error what could not be read: the first few problems of
    each file as they are met, and at the end how many more there were.
    """

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def tell(self, problem: Problem) -> None:
        """
        Tell a problem, or count it.
        """
        count = self._count[problem.file] = self._count.get(problem.file, 0) + 1
        if count <= _TOLD:
            _write(str(problem))

    def tell_rest(self) -> None:
        """
        Say how many problems were not told.
        """
        for file, count in self._count.items():
            if count > _TOLD:
                _write(f"{printable(file)}: {count - _TOLD:,} more problems")

    @property
    def exit_status(self) -> int:
        """
        What the command should exit with: 1 if there was any problem, or else 0.
        """
        return 1 if self._count else 0


def _write(text: str) -> None:
    # On a terminal, what was shown before stands before it.
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)
