"""
Where a subcommand reads from: its files and options, and what it says about them.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Final

import click

from eliot.cli._output import INTERRUPTED, quiet_end
from eliot.cli._progress import Progress, progress_shown
from eliot.cli._sources import follow_sources, open_sources
from eliot.cli._waiting import Waiting
from eliot.read import Message
from eliot.read._problems import Problems

# More would be read slower: what is kept back leaves the caches of the processor.
_PATIENCE: Final = 10


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    What a subcommand reads.

    :ivar names: the files, as they were given.
    :ivar rotated: whether the older files of each log are read as well.
    :ivar follow: whether to go on reading what is added.
    :ivar from_end: whether to leave out what was there before.
    :ivar progress: shows how far reading has come, if anything does.
    :ivar asked_patience: how many complete tasks are to be kept back, if that was said.
    """

    names: Sequence[str]
    rotated: bool = False
    follow: bool = False
    from_end: bool = False
    progress: Progress | None = None
    asked_patience: int | None = None

    @property
    def patience(self) -> int:
        """
        How many complete tasks are kept back for what their actions did late: unless it was
        said, none where the next message may take long to come.
        """
        if self.asked_patience is not None:
            return self.asked_patience
        return 0 if self.follow or not all(map(_is_file, self.names or ["-"])) else _PATIENCE

    @contextmanager
    def messages(self) -> Iterator[Iterator[Message]]:
        """
        Read, for as long as the context lasts.

        What could not be read is told on standard error; if there was anything, the
        command exits with status 1 when the context is left.  It ends quietly when nobody
        reads its output any more, and on Ctrl-C.

        :returns: the messages of all files, as one log.
        """
        problems = Problems()
        waiting = Waiting()
        with quiet_end(), ExitStack() as stack:
            if self.follow:
                stack.enter_context(waiting)
                sources = follow_sources(
                    self.names, problems, waiting, rotated=self.rotated, from_end=self.from_end
                )
            else:
                sources = open_sources(self.names, problems, self.progress, rotated=self.rotated)
            yield stack.enter_context(sources)
            problems.tell_rest()
        status = INTERRUPTED if waiting.is_ended else problems.exit_status
        if status:
            raise click.exceptions.Exit(status)


def _is_file(name: str) -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode if name == "-" else os.stat(name).st_mode
    except (OSError, ValueError, AttributeError):
        # A pattern, or nothing that can be read.
        return name != "-"
    return stat.S_ISREG(mode)


def input_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand its files, and the options of reading them.

    :param command: is called with ``inputs``, which are :class:`Inputs`.
    """

    @click.argument("files", nargs=-1, type=click.Path())
    @click.option(
        "--rotated",
        is_flag=True,
        help="Read the older files of each log first, gzipped or not: log.2.gz, log.1, log.",
    )
    @click.option(
        "--follow",
        "-f",
        is_flag=True,
        help="Go on with what is added to FILES, also when they are rotated, until Ctrl-C.",
    )
    @click.option(
        "--from-end", is_flag=True, help="With --follow, leave out what is there already."
    )
    @click.option(
        "--progress/--no-progress",
        default=None,
        help="Show how far reading has come, or do not.  [default: on a terminal, unless the "
        "output goes into a pipe]",
    )
    @click.option(
        "--patience",
        type=click.IntRange(min=0),
        default=None,
        metavar="N",
        help="Keep back so many complete tasks, so that what their actions did late finds them.  "
        f"[default: {_PATIENCE} for files, 0 for what comes as it is written]",
    )
    @wraps(command)
    def run(
        *,
        files: Sequence[str],
        rotated: bool,
        follow: bool,
        from_end: bool,
        progress: bool | None,
        patience: int | None,
        **others: object,
    ) -> None:
        if follow and (not files or "-" in files):
            raise click.UsageError(
                "--follow needs names of files: standard input is read as it comes without it."
            )
        if from_end and not follow:
            raise click.UsageError("--from-end goes with --follow.")
        with progress_shown(False if follow else progress) as shown:
            inputs = Inputs(files, rotated, follow, from_end, shown, patience)
            command(inputs=inputs, **others)

    return run
