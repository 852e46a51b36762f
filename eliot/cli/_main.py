"""
The command with all of its subcommands.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

#: Where each subcommand is defined, in the order in which people are told of them.
COMMANDS: Final = {
    "tree": "eliot.cli._tree:tree",
    "filter": "eliot.cli._filter:filter_",
    "grep": "eliot.cli._grep:grep",
    "stats": "eliot.cli._stats:stats",
    "export": "eliot.cli._export:export",
}

_EXAMPLE: Final = """\b
For example, show the tasks that went through two processes as trees:
  eliot tree client.log server.log
"""


class Commands(click.Group):
    """
    A group whose subcommands are loaded when they are asked for: each of them needs
    other libraries, and whoever wants to see a tree should not wait for all.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        :returns: the names of the subcommands.
        """
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        :returns: a subcommand; ``None`` if there is none of that name.
        """
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, epilog=_EXAMPLE)
@click.version_option(package_name="eliot", message="%(package)s %(version)s")
def eliot() -> None:
    """
    Show what programs did, from the logs that they wrote.
    """
