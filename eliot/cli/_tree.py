"""
``eliot tree``: tasks as trees of text.
"""

from __future__ import annotations

from itertools import chain
from typing import Final

import click

from eliot.cli._display_options import display_options, tree_options
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._output import Output
from eliot.cli._selection_options import selection_options
from eliot.read import Selection, TaskDrawer, TextOptions

_EXAMPLES: Final = """\b
Examples:
  eliot tree client.log server.log
  tail -n 1000 server.log | eliot tree
  eliot tree _trial_temp/test.log
  eliot tree --fields inline --hide traceback server.log
  eliot tree --color always --field-limit 80 server.log | less -R
"""


@click.command(epilog=_EXAMPLES)
@input_options
@selection_options
@display_options
@tree_options
def tree(*, inputs: Inputs, selection: Selection, output: Output, options: TextOptions) -> None:
    """
    Show tasks as trees.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. Of Twisted's log in text, such as trial's, those lines
    are read that hold messages. A task is shown as soon as it is complete, and
    those that never were are shown at the end.

    What could not be read is told on standard error; the exit status is then 1.
    """
    with inputs.messages() as messages:
        # Tasks stand in the order in which they became complete, not in that of their
        # beginnings: sorting them would keep them all in memory, and show nothing before the
        # end of the input, which may never come (``tail -f | eliot tree``).
        draw = TaskDrawer(options).draw
        separator: list[str] = []
        for task in selection.tasks(messages, inputs.patience):
            output.write_lines(chain(separator, draw(task)))
            separator = [""]
