"""
Tests of :mod:`eliot.cli._inputs` and :mod:`eliot.cli._waiting`.
"""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

from eliot.cli._waiting import Waiting
from tests.cli.running import ALONE, CLIENT, JOINED, SERVER, CommandCase, boundary, message
from tests.helpers import PATIENCE


class PatienceTests(CommandCase):
    """
    What was late finds its action, if there is time for that.
    """

    LOG = CLIENT + SERVER + message("x", [1], 4.5, "between") + message("one", [4], 5.0, "late")

    def test_file(self) -> None:
        """
        Of files, some complete tasks are kept back; how many can be said.
        """
        log = self.file("x.log", self.LOG)
        late = "late  00:00:05.000  (late)"
        self.assertIn(late, self.tree(log).stdout)
        self.assertIn(late, self.tree("--patience", "2", log).stdout)
        for arguments in [["--patience", "0", log], ["--patience", "1", log]]:
            shown = self.tree(*arguments).stdout
            self.assertNotIn(late, shown)
            self.assertIn("(the rest of a task that was complete before)", shown)

    def test_pipe(self) -> None:
        """
        What comes through a pipe is shown at once.
        """
        self.assertNotIn("(late)", self.tree(stdin=self.LOG).stdout)
        self.assertIn("(late)", self.tree("--patience", "5", stdin=self.LOG).stdout)


class InputsTests(CommandCase):
    """
    Which files are read, and how.
    """

    def test_rotated(self) -> None:
        """
        The older files of a log are read first if they are wanted.
        """
        first, second, third = CLIENT.splitlines(keepends=True)
        self.file("a.log.2.gz", gzip.compress(first))
        older = self.file("a.log.1", second)
        path = self.file("a.log", SERVER + third)
        whole = f"{ALONE}\n{JOINED}"
        self.assertEqual(self.tree("--rotated", path).stdout, whole)
        self.assertEqual(self.tree(path, f"{older[:-1]}2.gz", older).stdout, whole)
        self.assertEqual(self.tree(f"{self.folder}/*.log*").stdout, whole)
        self.assertIn("incomplete", self.tree(path).stdout)

    def test_gzipped_standard_input(self) -> None:
        """
        Standard input may be gzipped.
        """
        result = self.tree(stdin=gzip.compress(CLIENT + SERVER))
        self.assertEqual((result.stdout, result.exit_code), (f"{ALONE}\n{JOINED}", 0))

    def test_truncated_gzip(self) -> None:
        """
        What is in a damaged file is shown, and the exit status tells of the damage.
        """
        path = self.file("a.gz", gzip.compress(CLIENT + SERVER)[:-4])
        result = self.tree(path)
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")
        self.assertEqual(
            result.stderr, f"{path}:6: cannot be read further: its compressed data is cut off\n"
        )
        self.assertEqual(result.exit_code, 1)

    def test_no_match(self) -> None:
        """
        A pattern that no file matches is told.
        """
        pattern = str(self.folder / "*.txt")
        result = self.tree(pattern, "-", stdin=CLIENT + SERVER)
        self.assertEqual(result.stdout, f"{ALONE}\n{JOINED}")
        self.assertEqual(result.stderr, f"{pattern}: no file matches this pattern\n")
        self.assertEqual(result.exit_code, 1)

    def test_usage(self) -> None:
        """
        Standard input is not followed, and only what is followed can begin at the end: both are
        said.
        """
        for arguments, what in [
            (["--follow"], "--follow needs names of files"),
            (["-f", "-"], "--follow needs names of files"),
            (["--from-end", "x"], "--from-end goes with --follow"),
        ]:
            result = self.tree(*arguments)
            self.assertIn(what, result.stderr)
            self.assertEqual(result.exit_code, 2)


class WaitingTests(CommandCase):
    """
    The first Ctrl-C ends the waiting, the second one the command.
    """

    def test_interrupted(self) -> None:
        """
        Waiting ends at once, and what happened before is put back.
        """
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with Waiting(600) as waiting:
            self.assertTrue(waiting.go_on(False))
            self.assertFalse(waiting.is_ended)
            os.kill(os.getpid(), signal.SIGINT)
            self.assertFalse(waiting.go_on(True))
            self.assertTrue(waiting.is_ended)
            with self.assertRaises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_interval(self) -> None:
        """
        Otherwise it goes on after a while.
        """
        with Waiting(0) as waiting:
            self.assertTrue(waiting.go_on(True))

    def test_ignored(self) -> None:
        """
        A program that was told to ignore Ctrl-C does so.
        """
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        with Waiting(0) as waiting:
            os.kill(os.getpid(), signal.SIGINT)
            self.assertTrue(waiting.go_on(True))


class FollowProcessTests(CommandCase):
    """
    As a process, the command follows logs.
    """

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """
        Start ``eliot tree --follow``.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "eliot.cli", "tree", "--follow", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in [process.stdout, process.stderr]:
            assert stream is not None
            self.addCleanup(stream.close)
        return process

    def test_follow(self) -> None:
        """
        Tasks are shown as they are completed, through a rotation; with Ctrl-C what is incomplete
        is shown, and the exit status tells of the interruption.
        """
        path = self.file("a.log", CLIENT + boundary("three", [1], 1.0, "open", "started"))
        process = self.start(path)
        assert process.stdout is not None and process.stderr is not None
        shown = [process.stdout.readline() for _ in ALONE.splitlines()]
        self.assertEqual(b"".join(shown), ALONE.encode())
        with Path(path).open("ab") as file:
            file.write(SERVER[:-10])
            file.flush()
            Path(path).rename(f"{path}.1")
            file.write(SERVER[-10:])
        Path(path).write_bytes(message("four", [1], 1.0, "m"))
        shown = [process.stdout.readline() for _ in f"\n{JOINED}\n_\n_".splitlines()]
        self.assertEqual(b"".join(shown[:5]).decode(), f"\n{JOINED}\n")
        self.assertEqual(shown[5], b"four  1970-01-01 UTC\n")
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        self.assertIn(b"three  1970-01-01 UTC  (incomplete)\n", rest)
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 130)

    def test_from_end(self) -> None:
        """
        What was there can be left out.
        """
        path = self.file("a.log", CLIENT + SERVER)
        process = self.start("--from-end", path, str(self.folder / "later"))
        assert process.stdout is not None and process.stderr is not None
        # Files are told to be missing when all are open.
        self.assertIn(b"is not there yet", process.stderr.readline())
        with Path(path).open("ab") as file:
            file.write(message("four", [1], 1.0, "m"))
        self.assertEqual(process.stdout.readline(), b"four  1970-01-01 UTC\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 130)

    def test_closed_pipe(self) -> None:
        """
        When nobody reads any more, the command ends, although nothing is added to the log.
        """
        process = self.start(self.file("a.log", message("four", [1], 1.0, "m")))
        assert process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), b"four  1970-01-01 UTC\n")
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 0)
