"""
Tests of :mod:`eliot.cli._tree`.
"""

from __future__ import annotations

from tests.cli.running import ALONE, CLIENT, JOINED, SERVER, CommandCase, message


class TreeTests(CommandCase):
    """
    Logs are shown as trees.
    """

    def test_file(self) -> None:
        """
        A file is shown: complete tasks as they are completed, the others at the end.
        """
        result = self.tree(self.file("client.log", CLIENT))
        first, second = result.stdout.split("\n\n")
        self.assertEqual(first + "\n", ALONE)
        self.assertIn("one  1970-01-01 UTC  (incomplete)\n", second)
        self.assertIn("(level 2 is missing)", second)
        self.assertEqual((result.exit_code, result.stderr), (0, ""))

    def test_files(self) -> None:
        """
        Several files are one forest: a task that went through both processes is one tree.
        """
        client, server = self.file("client.log", CLIENT), self.file("server.log", SERVER)
        for files in [[client, server], [server, client]]:
            self.assertEqual(self.tree(*files).stdout, f"{ALONE}\n{JOINED}")

    def test_empty(self) -> None:
        """
        Nothing in, nothing out.
        """
        result = self.tree()
        self.assertEqual((result.output, result.exit_code), ("", 0))

    def test_task_uuid(self) -> None:
        """
        Tasks can be picked by the beginning of their identifiers.
        """
        self.assertEqual(self.tree("--task-uuid", "on", stdin=CLIENT + SERVER).stdout, JOINED)
        self.assertEqual(self.tree("--task-uuid", "three", stdin=CLIENT).stdout, "")

    def test_field_limit(self) -> None:
        """
        Fields are cut at the limit; 0 is none.
        """
        log = message("x", [1], 1.0, "m", text="a" * 5_000)
        self.assertIn("(4,000 characters more)", self.tree(stdin=log).stdout)
        self.assertIn("(4,950 characters more)", self.tree("--field-limit", "50", stdin=log).stdout)
        self.assertIn("a" * 5_000, self.tree("--field-limit", "0", stdin=log).stdout)
        self.assertEqual(self.tree("--field-limit", "-1", stdin=log).exit_code, 2)

    def test_fields(self) -> None:
        """
        Fields stand below their message, on its line, or nowhere; some can be hidden.
        """
        log = message("x", [1], 1.0, "m", text="a b", rows=3, deep={"a": [[1]]})
        drawn = {
            layout: self.tree("--fields", layout, stdin=log).stdout.splitlines()[1:]
            for layout in ("below", "inline", "none")
        }
        self.assertEqual(drawn["below"][1:3], ["      text: a b", "      rows: 3"])
        self.assertEqual(drawn["inline"], ['╰─ m  00:00:01.000  text="a b"  rows=3  deep=(1 item)'])
        self.assertEqual(drawn["none"], ["╰─ m  00:00:01.000"])
        hidden = self.tree("--hide", "text", "--hide", "deep", stdin=log).stdout.splitlines()
        self.assertEqual(hidden[2:], ["      rows: 3"])

    def test_levels(self) -> None:
        """
        The place of each message in its task can be shown.
        """
        log = CLIENT + SERVER + message("three", [1], 1.0, "m")
        result = self.tree("--show-levels", stdin=log)
        self.assertIn("m  /1  00:00:01.000", result.stdout)
        self.assertIn("client  /  [succeeded]", result.stdout)
        self.assertIn("server  /2  [succeeded]", result.stdout)

    def test_ascii(self) -> None:
        """
        The tree is drawn in ASCII if asked for, or if the output can show no more.
        """
        log = message("x", [1], 1.0, "m", text="ü")
        self.assertIn("`- m", self.tree("--ascii", stdin=log).stdout)
        self.assertIn(r"text: \xfc", self.tree("--ascii", stdin=log).stdout)
        self.assertIn("╰─ m", self.tree("--unicode", stdin=log).stdout)
        self.assertIn("text: ü", self.tree(stdin=log).stdout)
        self.assertIn("`- m", self.tree(stdin=log, charset="ascii").stdout)

    def test_local_time(self) -> None:
        """
        Times are in UTC, or in the local zone, whose distance is then shown.
        """
        log = message("x", [1], 1.0, "m")
        self.assertIn("1970-01-01 UTC", self.tree("--utc", stdin=log).stdout)
        self.assertRegex(
            self.tree("--local-time", stdin=log).stdout, r"(1969-12-31|1970-01-01) [+-]\d\d:\d\d"
        )

    def test_usage(self) -> None:
        """
        Wrong usage gives exit status 2.
        """
        self.assertEqual(self.tree("--no-such-option").exit_code, 2)
        self.assertEqual(self.tree("--color", "green").exit_code, 2)

    def test_help(self) -> None:
        """
        The help shows examples.
        """
        result = self.tree("--help")
        self.assertIn("\n    tail -n 1000 server.log | eliot tree\n", result.stdout)
