"""
``eliot tree``: tasks as trees of text.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain
from typing import Final

import click

from eliot.cli._output import Color, Output, quiet_end
from eliot.cli._sources import Problems, open_sources
from eliot.read import TextOptions, draw_task, read_tasks

_EXAMPLES: Final = """\b
Examples:
  eliot tree client.log server.log
  tail -n 1000 server.log | eliot tree
  eliot tree _trial_temp/test.log
  eliot tree --color always --field-limit 80 server.log | less -R
"""


@click.command(epilog=_EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path())
@click.option(
    "--ascii/--unicode",
    "ascii_only",
    default=None,
    help="Write ASCII only, or draw with Unicode.  [default: what the output can show]",
)
@click.option(
    "--field-limit",
    type=click.IntRange(min=0),
    default=TextOptions().field_limit,
    show_default=True,
    metavar="N",
    help="Show at most about N characters of each field; 0 shows all.",
)
@click.option(
    "--local-time/--utc", default=False, help="Times in the local time zone, or in UTC (default)."
)
@click.option(
    "--task-uuid", default="", metavar="PREFIX", help="Only tasks whose identifier begins so."
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to use colours; auto means on a terminal.",
)
def tree(
    files: Sequence[str],
    *,
    ascii_only: bool | None,
    field_limit: int,
    local_time: bool,
    task_uuid: str,
    color: Color,
) -> None:
    """
    Show tasks as trees.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. Of Twisted's log in text, such as trial's, those lines
    are read that hold messages. A task is shown as soon as it is complete, and
    those that never were are shown at the end.

    What could not be read is told on standard error; the exit status is then 1.
    """
    output = Output()
    options = TextOptions(
        ascii_only=output.is_ascii() if ascii_only is None else ascii_only,
        field_limit=field_limit,
        local_time=local_time,
        paint=output.painter(color),
    )
    problems = Problems()
    with quiet_end():
        with open_sources(files, problems) as messages:
            chosen = (each for each in messages if each.task_uuid.startswith(task_uuid))
            # Tasks stand in the order in which they became complete, not in that of their
            # beginnings: sorting them would keep them all in memory, and show nothing before the
            # end of the input, which may never come (``tail -f | eliot tree``).
            separator: list[str] = []
            for task in read_tasks(chosen):
                output.write_lines(chain(separator, draw_task(task, options)))
                separator = [""]
        problems.tell_rest()
    sys.exit(problems.exit_status)
