"""
Tests of :mod:`eliot.cli._console`.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios

from tests.cli.running import CLIENT, SERVER, CommandCase, message
from tests.helpers import PATIENCE


class ConsoleTests(CommandCase):
    """
    Messages are shown on one line each.
    """

    def test_lines(self) -> None:
        """
        Actions of several files are shown as they happened.
        """
        files = [self.file("client.log", CLIENT), self.file("server.log", SERVER)]
        result = self.command("console", *files)
        self.assertEqual(
            result.stdout,
            "1970-01-01 UTC\n"
            "00:00:01.000         one      client started\n"
            "00:00:01.500         two      alone\n"
            "00:00:02.000         one        server started\n"
            "00:00:03.000         one        server succeeded 1.000 s\n"
            "00:00:04.000         one      client succeeded 3.000 s\n",
        )
        self.assertEqual((result.exit_code, result.stderr), (0, ""))

    def test_unlimited(self) -> None:
        """
        Where there is no terminal, lines are as long as their fields.
        """
        log = message("x", [1], 1.0, "m", text="a" * 900)
        self.assertIn("a" * 900, self.command("console", stdin=log).stdout)

    def test_color(self) -> None:
        """
        Each task has its colour.
        """
        log = message("one", [1], 1.0, "m") + message("three", [1], 1.0, "m")
        result = self.command("console", "--color", "always", stdin=log)
        self.assertRegex(result.stdout, "\x1b\\[3[0-9]mone     \x1b")
        self.assertRegex(result.stdout, "\x1b\\[3[0-9]mthree   \x1b")

    def test_help(self) -> None:
        """
        The help shows examples.
        """
        self.assertIn("python server.py | eliot console", self.command("console", "--help").stdout)

    def test_terminal(self) -> None:
        """
        On a terminal, no line is longer than it is wide, also after it was made smaller.
        """
        ours, theirs = os.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        process = subprocess.Popen(
            [sys.executable, "-m", "eliot.cli", "console", "--color", "never"],
            stdin=subprocess.PIPE,
            stdout=theirs,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        assert process.stdin is not None
        self.addCleanup(process.stdin.close)
        lines = []
        with open(os.dup(ours), "rb") as terminal:
            for columns in [50, 40]:
                fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
                process.stdin.write(message("one", [1], columns * 86_400.0, "m", text="a" * 900))
                process.stdin.flush()
                lines += [terminal.readline().decode().rstrip() for _ in range(2)]
        self.assertEqual([len(each) for each in lines], [14, 50, 14, 40])
        process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), 0)
