"""
``eliot stats``: figures about a log.
"""

from __future__ import annotations

import json
from typing import Final, Literal, get_args

import click

from eliot.cli._display_options import display_options
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._output import INTERRUPTED, Output
from eliot.cli._selection_options import selection_options
from eliot.cli._stats_tables import draw_summary
from eliot.read import Selection, SortKey, Statistics, TextOptions

#: How many slow tasks are remembered where all of them are asked for.
_SLOWEST: Final = 1000

_EXAMPLES: Final = """\b
Examples:
  eliot stats server.log
  eliot stats --sort p99 --top 5 client.log server.log
  eliot stats --format json server.log | jq '.actions[] | select(.failures > 0)'
"""


@click.command(epilog=_EXAMPLES)
@input_options
@selection_options
@display_options
@click.option(
    "--sort",
    type=click.Choice(get_args(SortKey)),
    default="total",
    show_default=True,
    help="What the types of actions are sorted by, the largest first; 'share' is that of failures.",
)
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Show at most N entries of each table; 0 shows all.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Tables to look at, or one JSON document.",
)
def stats(
    *,
    inputs: Inputs,
    selection: Selection,
    output: Output,
    options: TextOptions,
    sort: SortKey,
    top: int,
    layout: Literal["table", "json"],
) -> None:
    """
    Show figures about logs.

    How often actions of each type ran and failed, and how long they took; which
    tasks took longest; errors, and what they broke; and messages. FILES are logs
    as for "eliot tree".

    A percentile is a duration that occurred: p99 is the smallest that 99 of 100
    durations do not exceed. Actions whose end was not found have none.

    The figures are shown when all is read. On Ctrl-C they are shown of what was
    read until then, without the tasks that were not complete; the exit status is
    then 130.
    """
    statistics = Statistics(top or _SLOWEST)
    interrupted = False
    with inputs.messages() as messages:
        try:
            for task in selection.tasks(messages, inputs.patience):
                statistics.add(task)
        except KeyboardInterrupt:
            interrupted = True
            click.echo("interrupted: the figures are of what was read until then", err=True)
        summary = statistics.summary(sort, top)
        if layout == "json":
            output.write_lines([json.dumps(summary, indent=2)])
        else:
            output.write_lines(draw_summary(summary, options))
        if interrupted:
            raise click.exceptions.Exit(INTERRUPTED)
