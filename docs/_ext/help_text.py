"""
A directive that shows what a command says about itself.

Usage::

    .. help-text:: tree
"""

from __future__ import annotations

import subprocess
import sys

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx


class HelpText(Directive):
    """
    The directive; its arguments are the names of the subcommand.
    """

    optional_arguments = 2

    def run(self) -> list[nodes.Node]:
        """
        Ask the command.
        """
        command = [sys.executable, "-P", "-m", "eliot.cli", *self.arguments, "--help"]
        text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
        return [nodes.literal_block(text, text, language="none")]


def setup(app: Sphinx) -> dict[str, bool]:
    """
    Tell Sphinx of the directive.
    """
    app.add_directive("help-text", HelpText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
