"""
``eliot console``: one line for each message, for watching live.
"""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from eliot.cli._display_options import display_options
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._output import Output
from eliot.cli._selection_options import selection_options
from eliot.read import Selection, TextOptions
from eliot.read._console_lines import ConsoleLines

_EXAMPLES: Final = """\b
Examples:
  eliot console --follow --local-time server.log
  eliot console client.log server.log
  python server.py | eliot console
  eliot console --color always server.log | less -RS
"""

_COLORS: Final = ("cyan", "magenta", "blue", "green", "yellow", "white")


@click.command(epilog=_EXAMPLES)
@input_options
@selection_options
@display_options
def console(*, inputs: Inputs, selection: Selection, output: Output, options: TextOptions) -> None:
    """
    Show messages on one line each, to watch a program live.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. Each line has the time, the beginning of the task's
    identifier and, indented by the actions around it, what has happened: actions
    have a line for their start and one for their end, which says how long they took.
    On a terminal, lines are no longer than it is wide.

    What could not be read is told on standard error; the exit status is then 1.
    """
    show = ConsoleLines(options, _width, _paint_task)
    with inputs.messages() as messages:
        for message in selection.messages(messages):
            output.write_lines(show.lines(message))


def _width() -> int | None:
    """
    :returns: how wide the terminal is now.
    """
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return None
    # Some terminals do not know.
    return columns or None


def _paint_task(color: int, text: str) -> str:
    return click.style(text, fg=_COLORS[color])
