"""
The command with all of its subcommands.
"""

from __future__ import annotations

from typing import Final

import click

from eliot.cli._tree import tree

_EXAMPLE: Final = """\b
For example, show the tasks that went through two processes as trees:
  eliot tree client.log server.log
"""


@click.group(epilog=_EXAMPLE)
@click.version_option(package_name="eliot", message="%(package)s %(version)s")
def eliot() -> None:
    """
    Show what programs did, from the logs that they wrote.
    """


eliot.add_command(tree)
