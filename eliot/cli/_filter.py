"""
``eliot filter``: the messages of tasks, as the lines of a log.
"""

from __future__ import annotations

import sys
from typing import Final

import click

from eliot.cli._inputs import Inputs, input_options
from eliot.cli._selection_options import selection_options
from eliot.read import Selection, json_line

_EXAMPLES: Final = """\b
Examples:
  eliot filter --failed server.log > failed.log
  eliot filter --type 'shop:*' --min-duration 1s server.log | eliot tree
  eliot filter --exception TimeoutError --since 1h server.log | jq .reason
  eliot filter --field status>=500 --prune client.log server.log
"""


@click.command("filter", epilog=_EXAMPLES)
@input_options
@selection_options
def filter_(*, inputs: Inputs, selection: Selection) -> None:
    """
    Write the messages of the tasks that are chosen, as lines of JSON.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. All that is asked for must hold of one action or
    message of a task; the task is then written whole, as soon as it is complete,
    its messages by their time. If nothing is asked for, or the identifier of
    the task alone, messages are written as they come.

    What could not be read is told on standard error; the exit status is then 1.
    """
    output = sys.stdout.buffer
    with inputs.messages() as messages:
        for message in selection.messages(messages):
            output.write(json_line(message))
