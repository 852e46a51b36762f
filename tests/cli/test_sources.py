"""
Tests of :mod:`eliot.cli._sources`.
"""

from __future__ import annotations

import subprocess
import sys
from resource import RLIMIT_NOFILE, getrlimit, setrlimit

from tests.cli.running import ALONE, CLIENT, JOINED, SERVER, CommandCase, message


class SourcesTests(CommandCase):
    """
    Messages come from files and from standard input, whatever else is in there.
    """

    def test_standard_input(self) -> None:
        """
        No file, or ``-``, is standard input; it can stand beside files.
        """
        self.assertEqual(self.tree(stdin=CLIENT + SERVER).stdout, f"{ALONE}\n{JOINED}")
        self.assertEqual(self.tree("-", stdin=CLIENT + SERVER).stdout, f"{ALONE}\n{JOINED}")
        server = self.file("server.log", SERVER)
        self.assertEqual(self.tree(server, "-", stdin=CLIENT).stdout, f"{ALONE}\n{JOINED}")

    def test_problems(self) -> None:
        """
        What cannot be read is told on standard error, with file and line; the rest is shown, and
        the exit status is 1.
        """
        path = self.file("bad.log", b"hello\n" + CLIENT + b"\x1b]0;title\n" + SERVER)
        result = self.tree(path)
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")
        first, second = result.stderr.splitlines()
        self.assertTrue(first.startswith(f"{path}:1: not JSON"), first)
        self.assertTrue(second.startswith(f"{path}:5: not JSON"), second)
        self.assertTrue(second.endswith(r": \x1b]0;title"), second)
        self.assertEqual(result.exit_code, 1)

    def test_many_problems(self) -> None:
        """
        Only the first few problems of each file are told; the others are counted.
        """
        path = self.file("bad.log", b"hello\n" * 2_000)
        other = self.file("other.log", b"hello\n")
        result = self.tree(path, other)
        *told, rest = result.stderr.splitlines()
        self.assertEqual(len(told), 6)
        self.assertIn(f"{other}:1: ", result.stderr)
        self.assertEqual(rest, f"{path}: 1,995 more problems")
        self.assertEqual(result.exit_code, 1)

    def test_closed_standard_input(self) -> None:
        """
        A standard input that was closed is a problem, too.
        """
        server = self.file("server.log", CLIENT + SERVER)
        result = subprocess.run(
            [
                "sh",
                "-c",
                'exec "$@" <&-',
                "sh",
                sys.executable,
                "-m",
                "eliot.cli",
                "tree",
                server,
                "-",
            ],
            capture_output=True,
            check=False,
            text=True,
        )
        self.assertEqual(result.stderr, "standard input: is closed\n")
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")
        self.assertEqual(result.returncode, 1)

    def test_many_files(self) -> None:
        """
        As many files can be read as the system allows, whatever the usual limit is; it is put
        back.
        """
        soft, hard = getrlimit(RLIMIT_NOFILE)
        self.addCleanup(setrlimit, RLIMIT_NOFILE, (soft, hard))
        paths = [self.file(f"{n}.log", message(f"t{n}", [1], n, "m")) for n in range(300)]
        setrlimit(RLIMIT_NOFILE, (200, hard))
        result = self.tree(*paths)
        self.assertEqual((result.stderr, result.exit_code), ("", 0))
        self.assertEqual(result.stdout.count(" UTC\n"), 300)
        self.assertEqual(getrlimit(RLIMIT_NOFILE), (200, hard))

    def test_no_file(self) -> None:
        """
        A file that cannot be opened is a problem like others: the rest is shown.
        """
        missing, folder = str(self.folder / "missing.log"), str(self.folder)
        result = self.tree(missing, folder, self.file("x.log", CLIENT + SERVER))
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")
        self.assertEqual(
            result.stderr.splitlines(),
            [
                f"{missing}: cannot be opened: No such file or directory",
                f"{folder}: cannot be opened: Is a directory",
            ],
        )
        self.assertEqual(result.exit_code, 1)
