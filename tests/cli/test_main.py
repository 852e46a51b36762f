"""
Tests of :mod:`eliot.cli` and :mod:`eliot.cli._main`.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from click.testing import CliRunner
from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._main import eliot


class CommandTests(SynchronousTestCase):
    """
    The command explains itself.
    """

    def test_version(self) -> None:
        """
        The version is that of the distribution.
        """
        result = CliRunner().invoke(eliot, ["--version"])
        self.assertEqual(result.output, f"eliot {version('eliot')}\n")
        self.assertEqual(result.exit_code, 0)

    def test_help(self) -> None:
        """
        The help shows an example, and the subcommands.
        """
        result = CliRunner().invoke(eliot, ["--help"])
        self.assertIn("\n    eliot tree client.log server.log\n", result.output)
        self.assertIn("\n  tree  ", result.output)
        self.assertEqual(result.exit_code, 0)

    def test_unknown(self) -> None:
        """
        A subcommand that does not exist is wrong usage.
        """
        result = CliRunner().invoke(eliot, ["forest"])
        self.assertEqual(result.exit_code, 2)


class MainTests(SynchronousTestCase):
    """
    The command runs as a process, with and without its extra.
    """

    def run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """
        Run a new interpreter to its end.
        """
        return subprocess.run(
            [sys.executable, *arguments], check=False, capture_output=True, text=True
        )

    def test_module(self) -> None:
        """
        ``python -m eliot.cli`` is the command, and calls itself ``eliot``.
        """
        result = self.run_python("-m", "eliot.cli", "--help")
        self.assertTrue(result.stdout.startswith("Usage: eliot [OPTIONS] COMMAND"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_without_click(self) -> None:
        """
        Where click is not installed, the command says what to install, and no more.
        """
        missing = "import sys; sys.modules['click'] = None"
        result = self.run_python("-c", f"{missing}; from eliot.cli import main; main()")
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr, "The eliot command needs more: pip install 'eliot[cli]'\n")
        self.assertEqual(result.returncode, 2)

    def test_without_something_else(self) -> None:
        """
        Where anything else is missing, that is told as it is.
        """
        program = (
            "import sys; sys.modules['eliot.cli._tree'] = None; from eliot.cli import main; main()"
        )
        result = self.run_python("-c", program)
        self.assertIn("eliot.cli._tree", result.stderr)
        self.assertNotIn("eliot[cli]", result.stderr)
        self.assertEqual(result.returncode, 1)
