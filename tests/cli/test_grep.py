"""
Tests of :mod:`eliot.cli._grep`.
"""

from __future__ import annotations

from tests.cli.running import ALONE, CLIENT, JOINED, SERVER, CommandCase, message
from tests.cli.test_selection_options import LOG


class GrepTests(CommandCase):
    """
    Tasks are searched.
    """

    def tasks(self, *arguments: str, log: bytes = LOG) -> list[str]:
        """
        :returns: the identifiers of the tasks that are found.
        """
        result = self.command("grep", "-l", *arguments, stdin=log)
        self.assertEqual(result.exit_code, 0 if result.stdout else 3)
        return result.stdout.splitlines()

    def test_trees(self) -> None:
        """
        Whole tasks are shown as trees.
        """
        log = CLIENT + SERVER
        self.assertEqual(self.command("grep", "server", stdin=log).stdout, JOINED)
        result = self.command("grep", "-i", "SERVER|A[L]ONE", stdin=log)
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")

    def test_files(self) -> None:
        """
        Files come after the pattern.
        """
        client, server = self.file("client.log", CLIENT), self.file("server.log", SERVER)
        self.assertEqual(self.command("grep", "server", client, server).stdout, JOINED)

    def test_pattern(self) -> None:
        """
        The pattern is a regular expression, or the very text.
        """
        self.assertEqual(self.tasks("n.ne left$"), ["bad"])
        self.assertEqual(self.tasks("-F", "n.ne"), [])
        self.assertEqual(self.tasks("-F", "none l"), ["bad"])
        self.assertEqual(self.tasks("NONE"), [])
        self.assertEqual(self.tasks("-i", "NONE"), ["bad"])
        self.assertEqual(self.tasks("Ada"), ["slow"])

    def test_as_seen(self) -> None:
        """
        Text is found as people see it.
        """
        log = message("x", [1], 1.0, "m", text='ä "quoted"\nline')
        for pattern in ['ä "quoted"', "^line", "Ä"]:
            self.assertEqual(self.tasks("-i", pattern, log=log), ["x"], pattern)
        self.assertEqual(self.tasks("-F", "\\n", log=log), [])

    def test_invert(self) -> None:
        """
        The other tasks can be shown instead.
        """
        self.assertEqual(self.tasks("-v", "none"), ["slow", "open"])
        self.assertEqual(self.tasks("-v", "none", "--failed"), [])
        self.assertEqual(self.tasks("-v", "Ada", "--failed"), ["bad"])

    def test_selection(self) -> None:
        """
        What else is asked for must hold of the same node.
        """
        self.assertEqual(self.tasks("shop", "--failed"), ["bad"])
        self.assertEqual(self.tasks("Ada", "--type", "shop:order"), [])
        self.assertEqual(self.tasks("Ada", "--type", "shop:note"), ["slow"])

    def test_prune(self) -> None:
        """
        What was not found can be left out.
        """
        result = self.command("grep", "Ada", "--prune", stdin=LOG)
        self.assertNotIn("shop:line", result.stdout)
        self.assertIn("(1 message left out)", result.stdout)

    def test_count(self) -> None:
        """
        Only how many tasks there are may be shown.
        """
        result = self.command("grep", "-c", "shop", stdin=LOG)
        self.assertEqual((result.stdout, result.exit_code), ("3\n", 0))
        result = self.command("grep", "-c", "nothing", stdin=LOG)
        self.assertEqual((result.stdout, result.exit_code), ("0\n", 3))

    def test_status(self) -> None:
        """
        The exit status says whether something was found, and first of all whether all was read.
        """
        for pattern, log, expected in [
            ("shop", LOG, 0),
            ("nothing", LOG, 3),
            ("shop", LOG + b"garbage\n", 1),
            ("nothing", LOG + b"garbage\n", 1),
        ]:
            result = self.command("grep", "-q", pattern, stdin=log)
            self.assertEqual((result.stdout, result.exit_code), ("", expected), pattern)

    def test_left_out(self) -> None:
        """
        What was left out is told, whether something was found or not.
        """
        self.assertEqual(self.command("grep", "Ada", stdin=LOG).stderr, "2 of 3 tasks left out\n")
        result = self.command("grep", "nothing", stdin=LOG)
        self.assertEqual(result.stderr, "3 of 3 tasks left out\n")

    def test_marked(self) -> None:
        """
        In colours, what was found stands out, and colours of other parts stay as they are.
        """
        result = self.command("grep", "-i", "ADA|^x*|shop:n", "--color", "always", stdin=LOG)
        self.assertIn("\x1b[7mAda\x1b[27m", result.stdout)
        self.assertIn("\x1b[1m\x1b[7mshop:n\x1b[27mote\x1b[0m", result.stdout)
        plain = self.command("grep", "Ada", stdin=LOG).stdout
        for code in ["0", "1", "2", "4", "7", "27", "31", "32", "33", "36"]:
            result.stdout_bytes = result.stdout_bytes.replace(f"\x1b[{code}m".encode(), b"")
        self.assertEqual(result.stdout.partition("\n\n")[0], plain.rstrip("\n"))

    def test_refused(self) -> None:
        """
        What is no regular expression is refused.
        """
        result = self.command("grep", "(", stdin=LOG)
        self.assertEqual(result.exit_code, 2)
        self.assertIn("Invalid value for PATTERN: '(' is no regular expression:", result.stderr)
        self.assertEqual(self.command("grep").exit_code, 2)

    def test_identifiers(self) -> None:
        """
        Identifiers are shown so that they can do no harm.
        """
        log = message("\x1b[2J", [1], 1.0, "m")
        self.assertEqual(self.tasks("m", log=log), ["\\x1b[2J"])
