"""
Tests of :mod:`eliot.cli._stats` and :mod:`eliot.cli._stats_tables`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain

from eliot.read import JSON
from tests.cli.running import CLIENT, SERVER, CommandCase, boundary, message
from tests.forests import line
from tests.helpers import unmeasured

FAILED = line(
    {
        "task_uuid": "0123456789ab",
        "task_level": [2],
        "timestamp": 7.5,
        "action_type": "order",
        "action_status": "failed",
        "eliot:duration": 0.5,
        "exception": "shop.SoldOut",
        "reason": "no \x1b[31mmilk\nleft",
    }
)
ORDERS = boundary("0123456789ab", [1], 7.0, "order", "started") + FAILED


def numbered(count: int) -> Iterator[bytes]:
    """
    Make tasks, each of a type of its own.
    """
    return chain.from_iterable(
        (
            boundary(f"u{number}", [1], 1.0, f"type {number}", "started"),
            boundary(f"u{number}", [2], 2.0, f"type {number}", "succeeded"),
        )
        for number in range(count)
    )


class TableTests(CommandCase):
    """
    Figures are shown as tables.
    """

    def test_whole(self) -> None:
        """
        There are the totals, the types of actions, the slowest tasks, and the messages.
        """
        client, server = self.file("client.log", CLIENT), self.file("server.log", SERVER)
        result = self.command("stats", client, server)
        self.assertEqual(
            result.stdout,
            """\
2 tasks
5 messages, 2 actions
1970-01-01 UTC 00:00:01.000 to 1970-01-01 UTC 00:00:04.000, 3.000 s

count  failed  share    rate      p50      p95      p99      max    total  action
    1                 20/min  3.000 s  3.000 s  3.000 s  3.000 s  3.000 s  client
    1                 20/min  1.000 s  1.000 s  1.000 s  1.000 s  1.000 s  server

duration     status                      started  task  slowest
 3.000 s  succeeded  1970-01-01 UTC 00:00:01.000   one  client

count    rate  message
    1  20/min  alone
""",
        )
        self.assertEqual((result.exit_code, result.stderr), (0, ""))

    def test_nothing(self) -> None:
        """
        Of nothing there is little to say.
        """
        result = self.command("stats")
        self.assertEqual(result.stdout, "0 tasks\n0 messages, 0 actions\n")

    def test_failures(self) -> None:
        """
        Failures are counted, and errors shown with what they broke and why, safe to look at.
        """
        shown = self.command("stats", stdin=ORDERS).stdout
        self.assertIn("1 task, 1 failed\n", shown)
        self.assertRegex(shown, r"\n +1 +1  100 %  2\.0/s  500 ms .* order\n")
        self.assertRegex(
            shown, r"\n  500 ms  FAILED  1970-01-01 UTC 00:00:07.000  01234567  order\n"
        )
        self.assertIn(
            "\ncount  error\n"
            "    1  shop.SoldOut\n"
            "       in order (1)\n"
            "       no \\x1b[31mmilk\\nleft\n",
            shown,
        )

    def test_oddities(self) -> None:
        """
        What is odd is said: of the whole, and of a type.
        """
        log = (
            boundary("u", [1], 9.0, "a", "started")
            + boundary("u", [3], 8.0, "a", "succeeded")
            + boundary("v", [1], 9.0, "a", "started")
            + boundary("w", [2], 9.0, "a", "succeeded")
            + boundary("w", [2], 9.0, "a", "succeeded")
            + message("w", [3, 2], 9.0, "")
        )
        shown = self.command("stats", stdin=log).stdout
        self.assertIn("3 tasks, 3 incomplete\n", shown)
        self.assertIn("\n1 duplicate, 1 gap, 1 unknown action\n", shown)
        self.assertIn(
            "a (1 unfinished, 1 of unknown duration, 1 of negative duration)",
            " ".join(shown.split()),
        )
        self.assertIn("\n    1  1.0/s  (untyped)\n", shown)

    def test_top(self) -> None:
        """
        Each table is cut, and says so.
        """
        log = b"".join(numbered(12))
        shown = self.command("stats", "--sort", "type", stdin=log).stdout
        self.assertIn("\n(2 more; --top 0 shows all)\n", shown)
        self.assertEqual(self.command("stats", "--top", "3", stdin=log).stdout.count("type"), 6)
        self.assertEqual(self.command("stats", "--top", "0", stdin=log).stdout.count("type"), 24)

    def test_width(self) -> None:
        """
        Without a terminal the tables are a hundred columns wide, whatever they show.
        """
        log = message("u", [1], 1.0, "m" * 150) + ORDERS
        shown = self.command("stats", stdin=log).stdout
        self.assertLessEqual(max(map(len, shown.splitlines())), 100)
        self.assertIn("m" * 50, shown)

    def test_ascii(self) -> None:
        """
        Names are shown in ASCII if asked for.
        """
        log = message("u", [1], 1.0, "ü")
        self.assertIn("\\xfc", self.command("stats", "--ascii", stdin=log).stdout)
        self.assertIn("ü", self.command("stats", stdin=log).stdout)

    def test_color(self) -> None:
        """
        Colours are for those who want them.
        """
        self.assertNotIn("\x1b", self.command("stats", stdin=ORDERS).stdout)
        shown = self.command("stats", "--color", "always", stdin=ORDERS).stdout
        self.assertIn("\x1b[1;31mshop.SoldOut\x1b[0m", shown)
        self.assertIn("no \\x1b[31mmilk", shown)

    def test_field_limit(self) -> None:
        """
        Reasons are cut.
        """
        shown = self.command("stats", "--field-limit", "3", stdin=ORDERS).stdout
        self.assertIn("\n       no ...\n", shown)

    def test_prefixes(self) -> None:
        """
        Identifiers are cut, but so that they can be told apart.
        """
        log = b"".join(
            boundary(f"00000000{name}0000", [1], 1.0, "a", "started")
            + boundary(f"00000000{name}0000", [2], 2.0, "a", "succeeded")
            for name in "xy"
        )
        shown = self.command("stats", stdin=log).stdout
        self.assertIn(" 00000000x  a\n", shown)
        self.assertIn(" 00000000y  a\n", shown)

    def test_units(self) -> None:
        """
        Rates and shares are shown in what fits them.
        """
        for seconds, rate in [
            (1.0, "2.0/s"),
            (60.0, "2.0/min"),
            (7200.0, "1.0/h"),
            (86400.0, "2/d"),
        ]:
            log = message("u", [1], 0.0, "m") + message("v", [1], seconds, "m")
            self.assertIn(f" {rate}  m\n", self.command("stats", stdin=log).stdout)
        whole = boundary("u", [1], 1.0, "a", "started") + boundary("u", [2], 2.0, "a", "succeeded")
        for count, share in [(1, " 50 %"), (39, "2.5 %"), (2_000, "<0.1 %")]:
            log = b"".join(
                whole.replace(b'"u"', b'"u%d"' % number) for number in range(count)
            ) + ORDERS.replace(b'"order"', b'"a"')
            self.assertIn(f" {share}", self.command("stats", stdin=log).stdout)


class JSONTests(CommandCase):
    """
    Figures are shown as JSON.
    """

    def stats(self, *arguments: str, stdin: bytes) -> dict[str, JSON]:
        """
        Run ``eliot stats --format json``.
        """
        output = self.command("stats", "--format", "json", *arguments, stdin=stdin).stdout
        decoded: dict[str, JSON] = json.loads(output)
        return decoded

    def test_names(self) -> None:
        """
        The names are those that are documented.
        """
        summary = self.stats(stdin=ORDERS + message("m", [1], 1.0, "m"))
        self.assertEqual(
            [*summary],
            ["totals", "actions", "slowest_tasks", "errors", "messages", "left_out"],
        )
        self.assertEqual(
            summary["errors"],
            [
                {
                    "exception": "shop.SoldOut",
                    "count": 1,
                    "failures": 1,
                    "tracebacks": 0,
                    "action_types": {"order": 1},
                    "reason": "no \x1b[31mmilk\nleft",
                }
            ],
        )

    def test_sort(self) -> None:
        """
        The same options hold.
        """
        log = b"".join(numbered(12))
        summary = self.stats("--sort", "type", "--top", "2", "--task-uuid", "u1", stdin=log)
        actions = summary["actions"]
        assert isinstance(actions, list)
        self.assertEqual(
            [each["type"] for each in actions if isinstance(each, dict)], ["type 1", "type 10"]
        )


class ProcessTests(CommandCase):
    """
    The command is a process like any other.
    """

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """
        Start ``eliot stats``, reading from a pipe.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "eliot.cli", "stats", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=unmeasured(),
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_interrupt(self) -> None:
        """
        On Ctrl-C, the figures of what was read are shown, and marked as such.
        """
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        process = self.start("--format", "json", str(fifo))
        # It is reading once the pipe could be opened for writing, and it has read all but the
        # last block once that could be written.
        with open(fifo, "wb") as writing:
            writing.writelines(ORDERS * 1_000 for _ in range(4))
            writing.flush()
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate()
        summary = json.loads(output)
        self.assertGreater(summary["totals"]["messages"], 0)
        self.assertIn(b"interrupted: the figures are of what was read until then", errors)
        self.assertNotIn(b"Traceback", errors)
        self.assertEqual(process.returncode, 130)

    def test_problems(self) -> None:
        """
        What could not be read is told, and the figures are those of the rest.
        """
        process = self.start()
        output, errors = process.communicate(b"garbage\n" + ORDERS)
        self.assertIn(b"standard input:1: not JSON", errors)
        self.assertIn(b"1 task, 1 failed", output)
        self.assertEqual(process.returncode, 1)
