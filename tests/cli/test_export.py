"""
Tests of :mod:`eliot.cli._export` and :mod:`eliot.cli._parquet`.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from unittest import SkipTest

import tests
from eliot.read import JSON
from eliot.read._rows import Row
from tests.cli.running import CLIENT, SERVER, CommandCase, message
from tests.helpers import unmeasured
from tests.read.trace_rules import check_trace

try:
    import pyarrow.parquet as pq

    from eliot.cli import _parquet
except ModuleNotFoundError:
    _parquet = None  # type: ignore[assignment]  # asked for before it is used

try:
    import polars
except ModuleNotFoundError:
    polars = None  # type: ignore[assignment]  # asked for before it is used


class ExportCase(CommandCase):
    """
    A test of ``eliot export``, as a process where that matters.
    """

    def run_export(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """
        Run it to its end.
        """
        return subprocess.run(
            [sys.executable, "-m", "eliot.cli", "export", *arguments],
            check=False,
            capture_output=True,
            input=stdin,
        )


class TraceTests(ExportCase):
    """
    A log is written as a trace.
    """

    def test_standard_output(self) -> None:
        """
        It goes to standard output unless a file is named.
        """
        result = self.command("export", "trace", stdin=CLIENT + SERVER)
        events = check_trace(result.stdout_bytes)
        bars = {str(each["name"]): each["ts"] for each in events if each["ph"] == "X"}
        self.assertEqual(bars, {"client": 1_000_000, "server": 2_000_000})
        self.assertEqual((result.exit_code, result.stderr), (0, ""))

    def test_file(self) -> None:
        """
        A file can be named.
        """
        log = self.file("x.log", CLIENT)
        target = str(self.folder / "x.json")
        result = self.command("export", "trace", "-o", target, "--task-uuid", "one", log)
        self.assertEqual((result.exit_code, result.stdout), (0, ""))
        self.assertEqual(result.stderr, "1 of 2 tasks left out\n")
        with open(target, "rb") as file:
            self.assertEqual(len(check_trace(file.read())), 3)

    def test_empty(self) -> None:
        """
        A trace of nothing is a trace.
        """
        self.assertEqual(check_trace(self.command("export", "trace").stdout_bytes), [])

    def test_problems(self) -> None:
        """
        What could not be read is told; the rest is there.
        """
        target = self.folder / "x.json"
        result = self.run_export("trace", "-o", str(target), stdin=b"garbage\n" + SERVER + CLIENT)
        self.assertIn(b"standard input:1: not JSON", result.stderr)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(sum(each["ph"] == "X" for each in check_trace(target.read_bytes())), 2)

    def test_interrupted(self) -> None:
        """
        What was written when Ctrl-C came is a trace as well.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "eliot.cli", "export", "trace"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=unmeasured(),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(SERVER + CLIENT + message("x", [1], 1.0, "m" * 1_000_000))
        process.stdin.flush()
        # It has come to the large message when there is something to be seen.
        start = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate()
        check_trace(start + rest)
        self.assertEqual((process.returncode, errors), (130, b""))

    def test_closed_pipe(self) -> None:
        """
        A reader that has gone is no error.
        """
        log = self.file("x.log", b"".join(message(f"u{n}", [1], 1.0, "m") for n in range(20_000)))
        shell = f"{sys.executable} -m eliot.cli export trace {log} | head -n 1"
        result = subprocess.run(["sh", "-c", shell], check=True, capture_output=True)
        self.assertEqual((result.stdout, result.stderr), (b"[\n", b""))


class ParquetTests(ExportCase):
    """
    A log is written as a table.
    """

    def setUp(self) -> None:
        """
        See that there is what it needs.
        """
        super().setUp()
        if _parquet is None:
            raise SkipTest("pyarrow is not installed")
        self.target = str(self.folder / "x.parquet")

    def export(self, *arguments: str, log: bytes) -> list[dict[str, JSON]]:
        """
        Write a table, and read it.
        """
        result = self.command("export", "parquet", "-o", self.target, *arguments, stdin=log)
        self.assertEqual(result.exit_code, 0, result.output)
        self.errors = result.stderr
        rows: list[dict[str, JSON]] = pq.read_table(self.target).to_pylist()
        return rows

    def test_rows(self) -> None:
        """
        Each message is a row.
        """
        rows = self.export(log=CLIENT + SERVER)
        self.assertEqual(len(rows), 5)
        self.assertEqual(
            rows[0],
            {
                "task_uuid": "two",
                "task_level": [1],
                "level": "/1",
                "timestamp": datetime(1970, 1, 1, 0, 0, 1, 500_000, UTC),
                "action_type": None,
                "action_status": None,
                "message_type": "alone",
                "exception": None,
                "reason": None,
                "log_level": None,
                "duration": None,
                "late": False,
                "duplicate": False,
                "task_complete": True,
                "fields": "{}",
            },
        )
        self.assertEqual([*rows[0]], [*Row._fields[:-1]])
        self.assertEqual([each["duration"] for each in rows], [None, None, 3.0, None, 1.0])

    def test_columns(self) -> None:
        """
        Fields can have columns; what does not fit in is null there, and counted.
        """
        log = message(
            "u", [1], 1.0, "m", order=5, at="2026-11-22T12:00:00Z", data={"a": 1}
        ) + message("v", [1], 1.0, "m", order="five", data=None, **{"a:b": "c"})
        columns = ["order:int", "at:time", "data:json", "a:b"]
        arguments = [part for each in columns for part in ("--column", each)]
        first, second = self.export(*arguments, log=log)
        self.assertEqual(
            [first[name] for name in ("order", "at", "data", "a:b")],
            [5, datetime(2026, 11, 22, 12, 0, 0, 0, UTC), '{"a":1}', None],
        )
        self.assertEqual(
            [second[name] for name in ("order", "at", "data", "a:b")], [None, None, None, "c"]
        )
        self.assertEqual(json.loads(str(second["fields"]))["order"], "five")
        self.assertEqual(self.errors, "column order: 1 values did not fit in\n")

    def test_hostile(self) -> None:
        """
        What a table cannot hold costs its own cell.
        """
        first, second = self.export(
            log=b'{"task_uuid":"\\ud800","task_level":[%d],"timestamp":1e300,"x":NaN}\n' % 2**63
            + b'{"task_uuid":"v","task_level":[1],"timestamp":1,"message_type":"\\udfff"}\n'
        )[::-1]
        self.assertEqual((first["task_uuid"], first["level"]), ("\\ud800", f"/{2**63}"))
        self.assertEqual((first["task_level"], first["timestamp"]), (None, None))
        self.assertEqual(json.loads(str(first["fields"])), {"timestamp": 1e300, "x": None})
        self.assertEqual(second["message_type"], "\\udfff")

    def test_groups(self) -> None:
        """
        Rows are written in groups, by their number and by their size.
        """
        log = b"".join(message(f"u{number}", [1], 1.0, "m") for number in range(10))
        self.patch(_parquet, "_ROWS", 4)
        self.assertEqual(len(self.export(log=log)), 10)
        self.assertEqual(pq.ParquetFile(self.target).num_row_groups, 3)
        self.patch(_parquet, "_BYTES", 1)
        self.export(log=log)
        self.assertEqual(pq.ParquetFile(self.target).num_row_groups, 10)

    def test_empty(self) -> None:
        """
        A table of nothing is a table.
        """
        self.assertEqual(self.export(log=b""), [])

    def test_pipe(self) -> None:
        """
        It can be written to a pipe, if that is asked for.
        """
        result = self.run_export("parquet", "-o", "-", stdin=SERVER)
        self.assertEqual(pq.read_table(BytesIO(result.stdout)).num_rows, 2)

    def test_terminal(self) -> None:
        """
        It is not written to a terminal.
        """
        ours, theirs = pty.openpty()
        result = subprocess.run(
            [sys.executable, "-m", "eliot.cli", "export", "parquet", "-o", "-"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
        )
        os.close(ours)
        os.close(theirs)
        self.assertIn(b"Parquet is not written to a terminal", result.stderr)
        self.assertEqual(result.returncode, 2)

    def test_interrupted(self) -> None:
        """
        On Ctrl-C nothing is left.
        """
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        process = subprocess.Popen(
            [sys.executable, "-m", "eliot.cli", "export", "parquet", "-o", self.target, str(fifo)],
            stderr=subprocess.PIPE,
            env=unmeasured(),
        )
        with open(fifo, "wb") as writing:
            writing.write(SERVER * 1_000)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate()
        self.assertEqual((process.returncode, errors), (130, b""))
        self.assertEqual([*self.folder.iterdir()], [fifo])

    def test_closed_pipe(self) -> None:
        """
        A reader that has gone is no error.
        """
        log = self.file("x.log", b"".join(message(f"u{n}", [1], n, "m") for n in range(50_000)))
        shell = f"{sys.executable} -m eliot.cli export parquet -o - {log} | head -c 4"
        result = subprocess.run(["sh", "-c", shell], check=True, capture_output=True)
        self.assertEqual((result.stdout, result.stderr), (b"PAR1", b""))

    def test_usage(self) -> None:
        """
        Columns that cannot be are wrong usage, and so is no target.
        """
        for arguments in (
            ["-o", "x", "--column", "reason"],
            ["-o", "x", "--column", "a", "--column", "a:int"],
            ["-o", "x", "--column", ":int"],
            ["-o", "x", "--column", ""],
            [],
        ):
            result = self.command("export", "parquet", *arguments)
            self.assertEqual(result.exit_code, 2, arguments)

    def test_polars(self) -> None:
        """
        Polars reads it.
        """
        if polars is None:
            raise SkipTest("polars is not installed")
        self.export(
            "--column", "order:int", log=CLIENT + SERVER + message("u", [1], 1.0, "m", order=5)
        )
        frame = polars.read_parquet(self.target)
        self.assertEqual(frame["order"].drop_nulls().to_list(), [5])
        self.assertEqual(
            frame.filter(polars.col("action_status") == "succeeded")["duration"].sum(), 4.0
        )

    def test_example(self) -> None:
        """
        The query of the documentation runs.
        """
        if polars is None:
            raise SkipTest("polars is not installed")
        self.export(log=CLIENT + SERVER)
        program = Path(tests.__file__).parents[1] / "examples" / "tables" / "slowest.py"
        shown = subprocess.check_output([sys.executable, str(program), self.target], text=True)
        self.assertRegex(shown, r"(?s)server.* 1\.0 .*client.* 3\.0 ")


class MissingTests(ExportCase):
    """
    Only Parquet needs pyarrow.
    """

    def test_without(self) -> None:
        """
        Where it is not installed, the command says what to install; traces and the help work.
        """
        self.assertEqual(self.run_without("trace").returncode, 0)
        self.assertEqual(self.run_without("parquet", "--help").returncode, 0)
        result = self.run_without("parquet", "-o", "x")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(
            result.stderr, b"Error: Writing Parquet needs more: pip install 'eliot[parquet]'\n"
        )

    def run_without(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """
        Run the command where pyarrow cannot be loaded.
        """
        program = (
            "import sys; sys.modules['pyarrow'] = None; from eliot.cli import main; "
            f"sys.argv[1:] = ['export', *{arguments!r}]; main()"
        )
        return subprocess.run(
            [sys.executable, "-c", program], check=False, capture_output=True, input=b""
        )
