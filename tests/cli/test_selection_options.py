"""
Tests of :mod:`eliot.cli._selection_options`.
"""

from __future__ import annotations

import time
from json import loads

import click
from click.testing import CliRunner

from eliot.cli._main import eliot as group
from eliot.cli._selection_options import selection_options
from eliot.read import Message, Selection
from tests.cli.running import CommandCase, boundary, message
from tests.forests import line
from tests.read.selecting import refuse_jmespath

LOG = (
    boundary("slow", [1], 100.0, "shop:order", "started")
    + message("slow", [2], 101.0, "shop:note", text="a", user={"name": "Ada"}, log_level="WARN")
    + message("slow", [3], 101.5, "shop:line", host="box", pid=17)
    + boundary("slow", [4], 110.0, "shop:order", "succeeded")
    + boundary("bad", [1], 200.0, "shop:pay", "started")
    + line(
        {
            "task_uuid": "bad",
            "task_level": [2],
            "timestamp": 200.5,
            "action_type": "shop:pay",
            "action_status": "failed",
            "exception": "shop.SoldOut",
            "reason": "none left",
        }
    )
    + boundary("open", [1], 300.0, "shop:order", "started")
)


class OptionCase(CommandCase):
    """
    A test of the options.
    """

    def chosen(self, *arguments: str) -> set[str]:
        """
        :returns: the tasks that are chosen.
        """
        result = self.command("filter", *arguments, stdin=LOG)
        self.assertEqual(result.exit_code, 0, result.output)
        return {
            name for name in ["slow", "bad", "open"] if f'"task_uuid":"{name}"' in result.stdout
        }

    def refused(self, *arguments: str) -> str:
        """
        :returns: what is said of a mistake.
        """
        result = self.command("filter", *arguments, stdin=LOG)
        self.assertEqual((result.exit_code, result.stdout), (2, ""))
        self.assertNotIn("Traceback", result.stderr)
        return result.stderr.splitlines()[-1]


class SelectionOptionsTests(OptionCase):
    """
    Each option chooses what it says.
    """

    def test_type(self) -> None:
        """
        By type, any of several.
        """
        self.assertEqual(self.chosen("--type", "shop:order"), {"slow", "open"})
        self.assertEqual(self.chosen("--type", "*:note", "--type", "*:pay"), {"slow", "bad"})

    def test_field(self) -> None:
        """
        By fields, all of several.
        """
        self.assertEqual(self.chosen("--field", "user.name=Ada"), {"slow"})
        self.assertEqual(self.chosen("--field", "pid>=17", "--field", "host~b"), {"slow"})
        self.assertEqual(self.chosen("--field", "pid>17", "--field", "host~b"), set())

    def test_status(self) -> None:
        """
        By status, any of several.
        """
        self.assertEqual(self.chosen("--status", "succeeded"), {"slow"})
        self.assertEqual(
            self.chosen("--status", "Unfinished", "--status", "failed"), {"open", "bad"}
        )
        self.assertEqual(self.chosen("--failed"), {"bad"})
        self.assertEqual(self.chosen("--failed", "--status", "succeeded"), {"slow", "bad"})

    def test_exception(self) -> None:
        """
        By exception.
        """
        self.assertEqual(self.chosen("--exception", "SoldOut"), {"bad"})
        self.assertEqual(self.chosen("--exception", "x", "--exception", "*.SoldOut"), {"bad"})

    def test_duration(self) -> None:
        """
        By duration.
        """
        self.assertEqual(self.chosen("--min-duration", "2s"), {"slow"})
        self.assertEqual(self.chosen("--max-duration", "2000ms"), {"bad"})
        self.assertEqual(self.chosen("--min-duration", "1min"), set())

    def test_time(self) -> None:
        """
        By time.
        """
        self.assertEqual(self.chosen("--since", "@200.2"), {"bad", "open"})
        self.assertEqual(self.chosen("--until", "1970-01-01T00:05"), {"slow", "bad"})
        self.assertEqual(self.chosen("--since", "1970-01-01", "--until", "@105"), {"slow"})
        self.assertEqual(self.chosen("--since", "10min"), set())

    def test_local_time(self) -> None:
        """
        A time without a zone is a local one where times are shown so.
        """
        log = message("x", [1], 0.0, "m")
        local = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(0.0))
        options = ["--since", local, "--until", "@1"]
        result = self.tree("--local-time", *options, stdin=log)
        self.assertIn("m", result.stdout)

    def test_level(self) -> None:
        """
        By level.
        """
        self.assertEqual(self.chosen("--level", "Warning"), {"slow"})
        self.assertEqual(self.chosen("--level", "error"), set())
        self.assertEqual(self.chosen("--level", "30"), {"slow"})

    def test_process(self) -> None:
        """
        By process.
        """
        self.assertEqual(self.chosen("--process", "box"), {"slow"})
        self.assertEqual(self.chosen("--process", "x", "--process", "17"), {"slow"})

    def test_where(self) -> None:
        """
        By JMESPath.
        """
        self.assertEqual(self.chosen("--where", "starts_with(reason, 'none')"), {"bad"})
        self.assertEqual(self.chosen("--where", "pid", "--where", "user"), set())

    def test_task_uuid(self) -> None:
        """
        By identifier.
        """
        self.assertEqual(self.chosen("--task-uuid", "b", "--task-uuid", "slow"), {"bad", "slow"})

    def test_same_node(self) -> None:
        """
        All of it must hold of the same node.
        """
        self.assertEqual(self.chosen("--type", "shop:order", "--min-duration", "1"), {"slow"})
        self.assertEqual(self.chosen("--type", "shop:note", "--min-duration", "1"), set())

    def test_prune(self) -> None:
        """
        What does not fit can be left out, and is counted.
        """
        result = self.tree("--prune", "--type", "shop:note", stdin=LOG)
        self.assertIn("─ (1 message left out)\n", result.stdout)
        self.assertNotIn("shop:line", result.stdout)
        self.assertEqual(result.stderr, "2 of 3 tasks left out, and 1 message of the others\n")

    def test_refused(self) -> None:
        """
        A mistake is told with the option, the culprit, and what would be right.
        """
        for option, value, told in [
            ("--field", "=1", "'=1' is no condition on a field: say NAME,"),
            ("--field", "a~(", "'(' is no regular expression"),
            ("--status", "broken", "'broken' is not one of 'succeeded', 'failed', 'unfinished'"),
            ("--min-duration", "fast", "'fast' is no duration: say 250ms,"),
            ("--max-duration", "-1", "'-1' is no duration: say 250ms,"),
            ("--since", "soon", "'soon' is no time: say 2026-11-24,"),
            ("--until", "600", "'600' is no time: say 2026-11-24,"),
            ("--level", "loud", "'loud' is no level: say notset,"),
            ("--where", "a ==", "'a ==' is no JMESPath expression: "),
        ]:
            error = self.refused(option, value)
            self.assertIn(f"Invalid value for '{option}': {told}", error)

    def test_no_jmespath(self) -> None:
        """
        Without the library for them, expressions are refused.
        """
        refuse_jmespath(self)
        self.assertIn("pip install 'eliot[cli]'", self.refused("--where", "a"))

    def test_help(self) -> None:
        """
        Each subcommand that selects explains each option.
        """
        for command in ["tree", "filter", "grep"]:
            text = self.command(command, "--help").stdout
            for option in [
                "--type GLOB",
                "--field CONDITION",
                "--min-duration DURATION",
                "--prune",
            ]:
                self.assertIn(option, text)
        self.assertIn("filter", group.list_commands(None))  # type: ignore[arg-type] # it does not look at it


class LeftOutTests(OptionCase):
    """
    What was left out is told.
    """

    def test_told(self) -> None:
        """
        It is told on standard error, once the command is through.
        """
        result = self.command("filter", "--failed", stdin=LOG)
        self.assertEqual(result.stderr, "2 of 3 tasks left out\n")
        result = self.command("filter", "--task-uuid", "bad", stdin=LOG)
        self.assertEqual(result.stderr, "2 of 3 tasks left out\n")

    def test_nothing_asked(self) -> None:
        """
        Where nothing is asked for, nothing is told.
        """
        self.assertEqual(self.command("filter", stdin=LOG).stderr, "")

    def test_quiet(self) -> None:
        """
        It need not be told.
        """
        self.assertEqual(self.command("filter", "--failed", "--quiet", stdin=LOG).stderr, "")

    def test_interrupted(self) -> None:
        """
        It is told of what was read so far where the command was interrupted, and not where its
        reader has gone.
        """

        @click.command()
        @click.argument("status", type=int)
        @selection_options
        def first(*, selection: Selection, status: int) -> None:
            tasks = selection.tasks(Message(loads(each)) for each in LOG.splitlines())
            next(iter(tasks))
            if status:
                raise click.exceptions.Exit(status)

        result = CliRunner().invoke(first, ["--failed", "130"])
        self.assertEqual((result.stderr, result.exit_code), ("1 of 2 tasks left out\n", 130))
        result = CliRunner().invoke(first, ["--failed", "0"])
        self.assertEqual((result.stderr, result.exit_code), ("", 0))

    def test_unreadable(self) -> None:
        """
        It is told as well where something could not be read.
        """
        result = self.command("filter", "--failed", stdin=LOG + b"garbage\n")
        self.assertEqual(result.exit_code, 1)
        self.assertIn("2 of 3 tasks left out\n", result.stderr)
        result = self.command("filter", "--failed", "--quiet", stdin=LOG + b"garbage\n")
        self.assertEqual(result.exit_code, 1)
        self.assertNotIn("left out", result.stderr)
