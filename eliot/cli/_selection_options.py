"""
The options that say which tasks are wanted, the same for each subcommand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import click

from eliot.read import Selection


def selection_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand the options of selecting.

    :param command: is called with ``selection``, which is a :class:`~eliot.read.Selection`.
    """

    @click.option(
        "--task-uuid", default="", metavar="PREFIX", help="Only tasks whose identifier begins so."
    )
    @wraps(command)
    def run(*, task_uuid: str, **others: object) -> None:
        command(selection=Selection(task_uuid), **others)

    return run
