"""
Tests of :mod:`eliot.cli._output`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._output import Output
from eliot.read import PLAIN
from tests.cli.running import CLIENT, SERVER, CommandCase, boundary, message
from tests.helpers import PATIENCE


class OutputTests(CommandCase):
    """
    What is written suits the output.
    """

    def test_unicode_where_it_is_not(self) -> None:
        """
        Unicode that the output does not have is no error, even where it was asked for.
        """
        log = message("x", [1], 1.0, "m")
        result = self.tree("--unicode", stdin=log, charset="ascii")
        self.assertIn(r"\u2570\u2500 m", result.stdout)
        self.assertEqual(result.exit_code, 0)

    def test_color(self) -> None:
        """
        Colours come when asked for, and never by themselves when the output is no terminal:
        succeeded green, failed red, types bold.
        """
        log = CLIENT + SERVER + boundary("three", [2], 1.0, "m", "failed")
        painted = self.tree("--color", "always", stdin=log).stdout
        self.assertIn("\x1b[32msucceeded\x1b[0m", painted)
        self.assertIn("\x1b[31m\x1b[1mFAILED\x1b[0m", painted)
        self.assertIn("\x1b[1mclient\x1b[0m", painted)
        for arguments in [[], ["--color", "never"]]:
            self.assertNotIn("\x1b", self.tree(*arguments, stdin=log).stdout)

    def test_not_a_file(self) -> None:
        """
        An output that is not a file is written as well, in ASCII and without colours.
        """
        with redirect_stdout(StringIO()) as written:
            output = Output()
            output.write_lines(["a", "b"])
        self.assertEqual(written.getvalue(), "a\nb\n")
        self.assertTrue(output.is_ascii())
        self.assertIs(output.styles("auto"), PLAIN)


class OutputProcessTests(SynchronousTestCase):
    """
    As a process, the command ends in the way of a Unix tool.
    """

    def start(
        self,
        *arguments: str,
        stdout: int = subprocess.PIPE,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """
        Start ``eliot tree``.
        """
        # Programs that a shell starts in the background ignore Ctrl-C, and so would their children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "eliot.cli", "tree", *arguments],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=subprocess.PIPE,
                env={**os.environ, **(environment or {})},
            )
        finally:
            signal.signal(signal.SIGINT, before)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in [process.stdin, process.stdout, process.stderr]:
            if stream is not None:
                self.addCleanup(stream.close)
        return process

    def large_log(self) -> str:
        """
        Make a log whose trees are larger than what a pipe holds.
        """
        path = Path(self.mktemp())
        lines = b"".join(message(f"t{n}", [1], 1.0, "m", text="x" * 500) for n in range(2_000))
        path.write_bytes(lines)
        return str(path)

    def test_closed_pipe(self) -> None:
        """
        When whoever reads has had enough, the command ends at once, without a word.
        """
        process = self.start(self.large_log())
        assert process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), b"t0  1970-01-01 UTC\n")
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_full_disk(self) -> None:
        """
        When the output cannot be written, that is said in one line.
        """
        if not os.path.exists("/dev/full"):
            self.skipTest("there is no /dev/full")
        full = os.open("/dev/full", os.O_WRONLY)
        self.addCleanup(os.close, full)
        process = self.start(self.large_log(), stdout=full)
        assert process.stderr is not None
        self.assertEqual(process.stderr.read(), b"Error: cannot write: No space left on device\n")
        self.assertEqual(process.wait(PATIENCE), 1)

    def test_terminal(self) -> None:
        """
        On a terminal there are colours, unless ``NO_COLOR`` is set.
        """
        path = self.mktemp()
        Path(path).write_bytes(CLIENT + SERVER)
        for no_color, painted in [("", True), ("1", False)]:
            ours, theirs = os.openpty()
            self.addCleanup(os.close, ours)
            process = self.start(path, stdout=theirs, environment={"NO_COLOR": no_color})
            os.close(theirs)
            self.assertEqual(process.wait(PATIENCE), 0)
            shown = os.read(ours, 10_000)
            self.assertIn(b"succeeded", shown)
            self.assertEqual(b"\x1b[32m" in shown, painted)

    def test_streams(self) -> None:
        """
        A task is shown while the input is still open; Ctrl-C then ends the command quietly.
        """
        process = self.start()
        assert process.stdin is not None
        assert process.stdout is not None and process.stderr is not None
        process.stdin.write(message("x", [1], 1.0, "m"))
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"x  1970-01-01 UTC\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 130)
        self.assertEqual(process.stderr.read(), b"")
