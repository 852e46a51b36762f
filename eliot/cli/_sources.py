"""
Where messages come from: files, and standard input.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

import click

from eliot.read import Message, Problem, merge_messages, printable, read_messages

#: How many problems of each file are told one by one.
_TOLD: Final = 5


class Problems:
    """
    Tells on standard error what could not be read: the first few problems of
    each file as they are met, and at the end how many more there were.
    """

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def tell(self, problem: Problem) -> None:
        """
        Tell a problem, or count it.
        """
        self._count[problem.file] += 1
        if self._count[problem.file] <= _TOLD:
            click.echo(str(problem), err=True)

    def tell_rest(self) -> None:
        """
        Say how many problems were not told.
        """
        for file, count in self._count.items():
            if count > _TOLD:
                click.echo(f"{printable(file)}: {count - _TOLD:,} more problems", err=True)

    @property
    def exit_status(self) -> int:
        """
        What the command should exit with: 1 if there was any problem, or else 0.
        """
        return 1 if self._count else 0


@contextmanager
def open_sources(names: Sequence[str], problems: Problems) -> Iterator[Iterator[Message]]:
    """
    Open files, for as long as the context lasts.

    :param names: paths of files; ``-`` is standard input, and so is no name at all.
    :param problems: where to tell about files that cannot be opened, and lines
        that are no messages.
    :returns: the messages of all of them, as one log.
    """
    with ExitStack() as stack:
        sources = []
        for name in names or ["-"]:
            try:
                file = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
            except OSError as error:
                problems.tell(Problem(name, None, f"cannot be opened: {error.strerror}"))
            else:
                shown = "standard input" if name == "-" else name
                sources.append(read_messages(file, shown, problems.tell))
        yield sources[0] if len(sources) == 1 else merge_messages(sources)
