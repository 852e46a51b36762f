"""
Tests of :mod:`eliot.cli._progress` and :mod:`eliot.cli._bar`.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from io import BytesIO, StringIO
from pathlib import Path
from select import select

from twisted.internet.task import Clock

from eliot.cli._progress import QUIET, Progress
from eliot.read import LogFile, open_log
from tests.cli.running import CommandCase, message
from tests.helpers import PATIENCE, unmeasured

# Draws at once, and again for each piece that is read; nothing of this takes half a second.
PROGRAM = """
from eliot.cli import _progress, main
_progress.QUIET = _progress._BETWEEN = 0.0
_progress._LONG = 0
main()
"""


def _is_ready(descriptor: int) -> bool:
    return bool(select([descriptor], [], [], 0.01)[0])


ERASE = "\r\x1b[K"


class ProgressTests(CommandCase):
    """
    There is a bar after a while, and it makes room for all else.
    """

    def setUp(self) -> None:
        """
        Make a bar that is drawn into memory.
        """
        super().setUp()
        self.clock = Clock()
        self.screen = StringIO()
        self.progress = Progress(self.screen, self.clock.seconds)
        self.log = open_log(self.file("a.log", b"x" * 1_000_000))
        self.addCleanup(self.log.close)

    def drawn(self) -> str:
        """
        Get what has been drawn since the last time, without colours.
        """
        text = self.screen.getvalue()
        self.screen.seek(0)
        self.screen.truncate()
        return re.sub(r"\x1b\[[0-9;]*m", "", text)

    def read(self) -> None:
        """
        Read a piece, as commands do.
        """
        self.progress.advance()
        self.log.read()

    def test_drawn(self) -> None:
        """
        The bar comes when reading takes long, and shows how far it has come.
        """
        self.progress.watch([self.log])
        self.read()
        self.assertEqual(self.drawn(), "")
        self.clock.advance(QUIET)
        self.read()
        drawn = self.drawn()
        self.assertTrue(drawn.startswith("\rReading "), drawn)
        self.assertTrue(drawn.endswith("\x1b[K"), drawn)
        self.assertIn("26%", drawn)
        self.assertIn("0.3/1.0 MB", drawn)
        self.assertNotIn("\n", drawn)
        self.read()
        self.assertEqual(self.drawn(), "")
        self.clock.advance(1)
        self.read()
        drawn = self.drawn()
        self.assertIn("79%", drawn)
        self.assertIn("MB/s", drawn)
        self.assertIn("left:", drawn)

    def test_room(self) -> None:
        """
        It is taken away before something else is shown, and comes again after a while.
        """
        self.progress.watch([self.log])
        self.clock.advance(QUIET)
        self.progress.advance()
        self.assertIn("Reading", self.drawn())
        self.progress.make_room()
        self.assertEqual(self.drawn(), ERASE)
        self.progress.make_room()
        self.clock.advance(QUIET / 2)
        self.progress.advance()
        self.assertEqual(self.drawn(), "")
        self.clock.advance(QUIET / 2)
        self.progress.advance()
        self.assertIn("Reading", self.drawn())

    def test_no_size(self) -> None:
        """
        Where the size is not known, there is none, and no bar either before much was read.
        """
        file = LogFile(BytesIO(b"x" * 2_000_000), "standard input")
        self.progress.watch([self.log, file])
        self.clock.advance(QUIET)
        self.progress.advance()
        self.assertEqual(self.drawn(), "")
        while file.read():
            pass
        self.progress.advance()
        drawn = self.drawn()
        self.assertIn("2.0 MB", drawn)
        self.assertNotIn("%", drawn)
        self.assertNotIn("left", drawn)


class ProgressProcessTests(CommandCase):
    """
    The command shows a bar on terminals.
    """

    def start(
        self, *arguments: str, stdout: int, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """
        Start ``eliot tree`` with its errors, and what else is asked for, on a terminal.
        """
        self.screen, terminal = os.openpty()
        self.addCleanup(os.close, self.screen)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "tree", "--color", "never", *arguments],
            stdin=stdin,
            stdout=terminal if stdout < 0 else stdout,
            stderr=terminal,
            env={**unmeasured(), "TERM": "xterm"},
        )
        os.close(terminal)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def shown(self) -> str:
        """
        Get all that came to the terminal.
        """
        found = b""
        # Linux says so when the last process has closed it.
        try:
            while piece := os.read(self.screen, 10_000):
                found += piece
        except OSError:
            pass
        return found.decode()

    def log(self, count: int = 2_000) -> str:
        """
        Make a log of some pieces.
        """
        lines = (message(f"t{n}", [1], 1.0, "m", text="x" * 500) for n in range(count))
        return self.file("a.log", b"".join(lines))

    def test_output_elsewhere(self) -> None:
        """
        While the output goes into a file, the bar is drawn, and nothing is left of it.
        """
        path = self.log()
        with (self.folder / "output").open("wb") as output:
            process = self.start(path, stdout=output.fileno())
        shown = self.shown()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertIn("\rReading", shown)
        self.assertIn("%", shown)
        self.assertTrue(shown.endswith(ERASE), shown[-200:])
        self.assertNotIn("\n", shown)
        # The cursor is never hidden, so it need not come again.
        self.assertNotIn("\x1b[?25", shown)
        self.assertNotIn(b"Reading", (self.folder / "output").read_bytes())

    def test_same_terminal(self) -> None:
        """
        On the same terminal all lines of the output are whole.
        """
        path = self.log()
        process = self.start(path, stdout=-1)
        shown = self.shown()
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertIn("\rReading", shown)
        rest = re.sub(r"(\rReading[^\r\n]*\x1b\[K)+\r\x1b\[K", "", shown)
        lines = rest.splitlines()
        self.assertEqual(lines[0], "t0  1970-01-01 UTC")
        self.assertEqual(len([each for each in lines if re.fullmatch(r"t\d+  .*UTC", each)]), 2_000)
        self.assertNotIn("\x1b", rest)

    def test_problems(self) -> None:
        """
        Problems stand on lines of their own.
        """
        path = self.file("a.log", b"bad\n" * 200_000)
        process = self.start(path, stdout=-1)
        shown = self.shown()
        self.assertEqual(process.wait(PATIENCE), 1)
        lines = re.sub(r"(\rReading[^\r\n]*\x1b\[K)+\r\x1b\[K", "", shown).splitlines()
        self.assertEqual(len(lines), 6)
        self.assertTrue(all(each.startswith(path) for each in lines), lines)

    def test_pipe(self) -> None:
        """
        There is none while the output goes into a pipe, where a pager may be, unless it is asked
        for; nor if it is not wanted.
        """
        path = self.log()
        readable, writable = os.pipe()
        self.addCleanup(os.close, readable)
        with open(os.devnull, "wb") as nowhere, open(writable, "wb") as pipe:
            for arguments, output, expected in [
                (["--task-uuid", "no"], pipe, False),
                (["--task-uuid", "no", "--progress"], pipe, True),
                (["--no-progress"], nowhere, False),
                ([], nowhere, True),
            ]:
                process = self.start(path, *arguments, stdout=output.fileno())
                self.assertEqual("Reading" in self.shown(), expected, arguments)
                self.assertEqual(process.wait(PATIENCE), 0)

    def test_interrupted(self) -> None:
        """
        Ctrl-C ends the command with the bar taken away, and without a word.
        """
        readable, writable = os.pipe()
        with open(os.devnull, "wb") as nowhere, open(readable, "rb") as pipe:
            process = self.start(stdout=nowhere.fileno(), stdin=pipe.fileno())
        with open(writable, "wb", buffering=0) as pipe_end:
            pipe_end.write(Path(self.log(50)).read_bytes())
            found = b""
            while b"Reading" not in found:
                pipe_end.write(message("x", [1], 1.0, "m"))
                found += os.read(self.screen, 1_000) if _is_ready(self.screen) else b""
            process.send_signal(signal.SIGINT)
            shown = self.shown()
        self.assertEqual(process.wait(PATIENCE), 130)
        self.assertTrue(shown.endswith(ERASE), shown)
        self.assertNotIn("\n", shown)
