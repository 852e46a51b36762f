"""
The command with all of its subcommands.
"""

from __future__ import annotations

import click

from eliot.cli._tree import tree


@click.group()
@click.version_option(package_name="eliot", message="%(package)s %(version)s")
def eliot() -> None:
    r"""
    Show what programs did, from the logs that they wrote.

    \b
    For example, the tree of a task that went through two processes:
        eliot tree client.log server.log
    """


eliot.add_command(tree)
