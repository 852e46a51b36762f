"""
``eliot pretty`` and ``eliot compact``: messages one by one.
"""

from __future__ import annotations

from typing import Final

import click

from eliot.cli._display_options import display_options
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._output import Output
from eliot.cli._selection_options import selection_options
from eliot.read import Selection, TextOptions
from eliot.read._painted import CompactText, PrettyText

_PRETTY_EXAMPLES: Final = """\b
Examples:
  eliot pretty client.log server.log
  tail -n 100 server.log | eliot pretty --local-time
  journalctl --all --output cat ELIOT_TYPE=divide | eliot pretty
  eliot pretty --color always --field-limit 0 server.log | less -R
"""

_COMPACT_EXAMPLES: Final = """\b
Examples:
  eliot compact client.log server.log
  eliot compact server.log | grep 'reason="no route'
  eliot compact --color always server.log | less -RS
"""


@click.command(epilog=_PRETTY_EXAMPLES)
@input_options
@selection_options
@display_options
def pretty(*, inputs: Inputs, selection: Selection, output: Output, options: TextOptions) -> None:
    """
    Show messages one by one, on several lines each.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. Values are written as Python writes them.

    What could not be read is told on standard error; the exit status is then 1.
    """
    show = PrettyText(options)
    with inputs.messages() as messages:
        for message in selection.messages(messages):
            output.write_lines(show.lines(message))


@click.command(epilog=_COMPACT_EXAMPLES)
@input_options
@selection_options
@display_options
def compact(*, inputs: Inputs, selection: Selection, output: Output, options: TextOptions) -> None:
    """
    Show messages one by one, on one line each.

    FILES are logs, of one process or of several, and are read as one; "-" or
    none is standard input. Values are written as JSON in ASCII.

    What could not be read is told on standard error; the exit status is then 1.
    """
    show = CompactText(options)
    with inputs.messages() as messages:
        for message in selection.messages(messages):
            output.write_lines([show.line(message)])
