"""
Tests of :mod:`eliot.cli._pretty`.
"""

from __future__ import annotations

from tests.cli.running import CLIENT, SERVER, CommandCase, message
from tests.forests import line
from tests.read.test_pretty import COMPACT, MESSAGE, PRETTY


class PrettyTests(CommandCase):
    """
    Messages are shown one by one, in either layout.
    """

    def test_layouts(self) -> None:
        """
        The layouts are those of ``eliot-prettyprint``.
        """
        for name, shown in [("pretty", PRETTY), ("compact", COMPACT)]:
            result = self.command(name, stdin=line(MESSAGE))
            self.assertEqual((result.stdout, result.exit_code), (f"{shown}\n", 0))

    def test_files(self) -> None:
        """
        Several files are one log; the oldest message comes first.
        """
        files = [self.file("client.log", CLIENT), self.file("server.log", SERVER)]
        lines = self.command("compact", *files).stdout.splitlines()
        times = [each.split()[1].rstrip("Z") for each in lines]
        self.assertEqual(len(times), 5)
        self.assertEqual(times, sorted(times))

    def test_options(self) -> None:
        """
        Tasks can be picked, values limited, colours and ASCII asked for.
        """
        log = message("x", [1], 1.0, "m", text="ü" * 100) + message("y", [1], 1.0, "m")
        for name in ["pretty", "compact"]:
            result = self.command(
                *(name, "--task-uuid", "x", "--ascii", "--field-limit", "10"),
                *("--color", "always"),
                stdin=log,
            )
            self.assertIn("characters more)", result.stdout)
            self.assertIn("\x1b[36mtext\x1b[0m", result.stdout)
            self.assertNotIn("y", result.stdout.replace("type", ""))
            self.assertTrue(result.stdout.isascii())

    def test_local_time(self) -> None:
        """
        Local times are followed by no letter.
        """
        log = message("x", [1], 1.5, "m")
        for name in ["pretty", "compact"]:
            self.assertRegex(
                self.command(name, "--local-time", stdin=log).stdout, r"[0-9]{2}\.500000\s"
            )

    def test_problems(self) -> None:
        """
        What is no message is told.
        """
        for name in ["pretty", "compact"]:
            result = self.command(name, stdin=b"Traceback\n" + line(MESSAGE))
            self.assertEqual(result.exit_code, 1)
            self.assertIn("standard input:1: ", result.stderr)
            self.assertIn("ferry:cross", result.stdout)

    def test_help(self) -> None:
        """
        The help shows examples.
        """
        for name in ["pretty", "compact"]:
            self.assertIn(f"\n    eliot {name} client.log", self.command(name, "--help").stdout)
