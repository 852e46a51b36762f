"""
Tests of :mod:`eliot.cli._filter`.
"""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from tests.cli.running import CLIENT, JOINED, SERVER, CommandCase, message
from tests.cli.test_selection_options import LOG
from tests.forests import damaged, forests, line


class FilterTests(CommandCase):
    """
    Messages are written as lines.
    """

    def test_everything(self) -> None:
        """
        If nothing is asked for, all messages are written as they come.
        """
        result = self.command("filter", stdin=LOG)
        self.assertEqual((result.stdout_bytes, result.exit_code), (LOG, 0))

    def test_whole(self) -> None:
        """
        Tasks are written whole, by time.
        """
        lines = LOG.splitlines(keepends=True)
        log = b"".join([lines[5], *lines[:5], lines[6]])
        result = self.command("filter", "--failed", "--quiet", stdin=log)
        self.assertEqual(result.stdout_bytes, b"".join(lines[4:6]))

    def test_pruned(self) -> None:
        """
        With ``--prune``, only what fits is written, and the actions that it is in.
        """
        lines = LOG.splitlines(keepends=True)
        result = self.command("filter", "--type", "shop:note", "--prune", stdin=LOG)
        self.assertEqual(result.stdout_bytes, b"".join([lines[0], lines[1], lines[3]]))

    def test_chain(self) -> None:
        """
        What is written can be read again.
        """
        written = self.command("filter", "--type", "server", stdin=CLIENT + SERVER).stdout_bytes
        self.assertEqual(self.tree(stdin=written).stdout, JOINED)

    def test_garbage(self) -> None:
        """
        What is no message is told, and the rest is written.
        """
        one = message("x", [1], 1.0, "m")
        result = self.command("filter", stdin=b"garbage\n" + one)
        self.assertEqual((result.stdout_bytes, result.exit_code), (one, 1))
        self.assertIn("standard input:1: ", result.stderr)

    @given(st.data())
    def test_nothing_lost(self, data: st.DataObject) -> None:
        """
        Whatever the log is, a selection that fits all writes each message as often as it was there.
        """
        log = data.draw(damaged(data.draw(forests(odd=True))))
        result = self.command("filter", "--type", "*", stdin=b"".join(log.lines))
        written = result.stdout_bytes.splitlines(keepends=True)
        self.assertEqual(sorted(written), sorted(map(line, log.survivors)))

    def test_closed_pipe(self) -> None:
        """
        When nobody reads any more, it ends without a word.
        """
        file = self.file("log", LOG * 5_000)
        command = f"{sys.executable} -m eliot.cli filter --type '*' {file} | head -n 1"
        result = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
        self.assertEqual((result.stdout, result.stderr), (LOG.splitlines(keepends=True)[0], b""))
