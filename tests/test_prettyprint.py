"""
Tests of :mod:`eliot.prettyprint`, :mod:`eliot.read._prettyprint` and :mod:`eliot.read._standard`:
of the program as a process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.prettyprint import compact_format, pretty_format
from tests.forests import Damaged, damaged, forests, line, not_json
from tests.helpers import PATIENCE, scratch
from tests.read.test_pretty import COMPACT, MESSAGE, PRETTY

OTHERS = (
    b"Traceback:\n"
    b'{"hello":1}\n'
    b"\n"
    b"[1]\n"
    b'{"task_uuid":"x","task_level":5,"timestamp":1.5}\n'
    b'{"task_uuid":"x","task_level":[1],"timestamp":1e15}\n'
    b'"\xff\x1b"'
)

OTHERS_SHOWN = """\
Not JSON: b'Traceback:'

Not an Eliot message: b'{"hello":1}'

Not an Eliot message: b'[1]'

x -> /5
1970-01-01T00:00:01.500000Z

x -> /1
1000000000000000.0

Not JSON: b'"\\xff\\x1b"'

"""

OTHERS_TOLD = (
    f"standard input:1: {not_json(b'Traceback:')}: Traceback:\n"
    """\
standard input:2: no task_uuid: {"hello":1}
standard input:4: not a JSON object: [1]
standard input:5: task_level is not a list: {"task_uuid":"x","task_level":5,"timestamp":1.5}
standard input:6: no calendar has the timestamp: {"task_uuid":"x","task_level":[1],"timestamp":1e15}
standard input: 1 more problems
"""
)


class ProgramCase(SynchronousTestCase):
    """
    A test of a program.
    """

    #: The module that is run.
    program = "eliot.prettyprint"

    def start(
        self, *arguments: str, stdin: int = subprocess.PIPE, stdout: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """
        Start it.
        """
        # Programs that a shell starts in the background ignore Ctrl-C, and so would their children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", self.program, *arguments],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        finally:
            signal.signal(signal.SIGINT, before)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in [process.stdin, process.stdout, process.stderr]:
            if stream is not None:
                self.addCleanup(stream.close)
        return process

    def run_program(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        """
        Run it.

        :returns: its exit status, its output and its errors.
        """
        process = self.start(*arguments)
        output, errors = process.communicate(stdin, PATIENCE)
        return process.returncode, output.decode(), errors.decode()


class PrettyPrintTests(ProgramCase):
    """
    Messages are shown one by one.
    """

    def test_layouts(self) -> None:
        """
        Standard input is shown in either layout.
        """
        self.assertEqual(self.run_program(stdin=line(MESSAGE)), (0, f"{PRETTY}\n", ""))
        for option in ["-c", "--compact"]:
            run = self.run_program(option, stdin=line(MESSAGE))
            self.assertEqual(run, (0, f"{COMPACT}\n", ""))

    def test_local_timezone(self) -> None:
        """
        Times can be those of the local time zone.
        """
        for option in ["-l", "--local-timezone"]:
            status, output, _ = self.run_program(option, stdin=line(MESSAGE))
            self.assertEqual((status, output), (0, pretty_format(MESSAGE, True) + "\n"))
            status, output, _ = self.run_program("-c", option, stdin=line(MESSAGE))
            self.assertEqual((status, output), (0, compact_format(MESSAGE, True) + "\n"))

    def test_others(self) -> None:
        """
        What is no message is shown as it is, and what is wrong is told: the first few problems one
        by one.
        """
        run = self.run_program(stdin=OTHERS)
        self.assertEqual(run, (1, OTHERS_SHOWN, OTHERS_TOLD))

    def test_long_line(self) -> None:
        """
        Of a long line that is no message the beginning is shown.
        """
        _, output, errors = self.run_program(stdin=b"x" * 20_000)
        self.assertEqual(output, f"Not JSON: b'{'x' * 10_000}' ... (20,000 bytes)\n\n")
        self.assertTrue(errors.endswith(f": {'x' * 60}...\n"))

    def test_files(self) -> None:
        """
        Files are shown one after another; one that cannot be read is told.
        """
        path = scratch(self) / "one.log"
        path.write_bytes(line(MESSAGE))
        status, output, errors = self.run_program(
            str(path), str(path.parent), "-", str(path), stdin=line(MESSAGE)
        )
        self.assertEqual((status, output), (1, f"{PRETTY}\n" * 3))
        self.assertEqual(errors, f"{path.parent}: cannot be read: Is a directory\n")

    def test_usage(self) -> None:
        """
        Wrong usage gives exit status 2; there is help.
        """
        self.assertEqual(self.run_program("--no-such-option")[0], 2)
        status, output, errors = self.run_program("--help")
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("--local-timezone", output)

    @settings(max_examples=5)
    @given(st.data())
    def test_damaged(self, data: st.DataObject) -> None:
        """
        Whatever befell a log, all of its messages are shown.
        """
        log: Damaged = data.draw(damaged(data.draw(forests(odd=True))))
        status, output, _ = self.run_program("--compact", stdin=b"".join(log.lines))
        marks = [each.partition('"')[0] for each in output.split('mark="')[1:]]
        self.assertCountEqual(marks, [each["mark"] for each in log.survivors])
        self.assertEqual(status, 1 if log.garbage else 0)


class ProcessTests(ProgramCase):
    """
    It ends in the way of a Unix tool.
    """

    def test_streams(self) -> None:
        """
        A message is shown while the input is still open; Ctrl-C then ends it quietly.
        """
        process = self.start("--compact")
        assert process.stdin is not None
        assert process.stdout is not None and process.stderr is not None
        for _ in range(2):
            process.stdin.write(line(MESSAGE))
            process.stdin.flush()
            self.assertEqual(process.stdout.readline().decode(), f"{COMPACT}\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 130)
        self.assertEqual(process.stderr.read(), b"")

    def test_closed_pipe(self) -> None:
        """
        When whoever reads has had enough, it ends at once, without a word.
        """
        path = scratch(self) / "large.log"
        path.write_bytes(line(MESSAGE) * 10_000)
        process = self.start(str(path))
        assert process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), b"one -> /3/2\n")
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_full_disk(self) -> None:
        """
        When the output cannot be written, that is said in one line.
        """
        if not Path("/dev/full").exists():
            self.skipTest("there is no /dev/full")
        with open("/dev/full", "wb") as full:
            process = self.start("-", stdout=full.fileno())
            _, errors = process.communicate(line(MESSAGE), PATIENCE)
        self.assertEqual(errors, b"cannot write: No space left on device\n")
        self.assertEqual(process.returncode, 1)
