"""
Where a subcommand reads from: its files and options, and what it says about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps

import click

from eliot.cli._output import quiet_end
from eliot.cli._sources import Problems, open_sources
from eliot.read import Message


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    What a subcommand reads.

    :ivar names: the files, as they were given.
    """

    names: Sequence[str]

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
        with quiet_end():
            with open_sources(self.names, problems) as messages:
                yield messages
            problems.tell_rest()
        if problems.exit_status:
            raise click.exceptions.Exit(problems.exit_status)


def input_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand its files, and the options of reading them.

    :param command: is called with ``inputs``, which are :class:`Inputs`.
    """

    @click.argument("files", nargs=-1, type=click.Path())
    @wraps(command)
    def run(*, files: Sequence[str], **others: object) -> None:
        command(inputs=Inputs(files), **others)

    return run
