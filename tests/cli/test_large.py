"""
Each subcommand on a long log, in a terminal.

The log has as many megabytes as ``ELIOT_LARGE_MEGABYTES`` says: a few, or with ``tox run -e large``
a thousand.  With fewer than a hundred the bar does not wait for as long as it otherwise does.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Final
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from eliot.cli._main import COMMANDS
from eliot.read import JSON
from tests.forests import line
from tests.helpers import scratch, unmeasured

MEGABYTES: Final = int(os.environ.get("ELIOT_LARGE_MEGABYTES", "4"))

IS_LARGE: Final = MEGABYTES >= 100

#: How many seconds a subcommand may take for it all.
PATIENCE: Final = 60 + 2 * MEGABYTES

#: How many seconds it may take to end after Ctrl-C, and to say that it has ended.
SOON: Final = 5

#: How many kilobytes of memory it may take, whatever the log has.
MEMORY: Final = 400_000

#: What subcommands are given before and after the name of the log; some have several uses.
ARGUMENTS: Final[dict[str, list[tuple[list[str], list[str]]]]] = {
    "export": [(["trace"], [])],
    "grep": [(["Norderney"], [])],
}
if find_spec("pyarrow"):
    ARGUMENTS["export"].append((["parquet"], ["-o", "table.parquet"]))

PROGRAM: Final = """
import atexit, resource, sys
from eliot.cli import _progress, main

@atexit.register
def note():
    with open("memory", "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))

if "soon" in sys.argv:
    sys.argv.remove("soon")
    _progress.QUIET = _progress._BETWEEN = 0.0
    _progress._LONG = 0
main()
"""


def task(number: int) -> Iterator[bytes]:
    """
    Log a task; its identifier begins with eight letters, which are the same in all tasks.
    """

    def say(level: list[int], **fields: JSON) -> bytes:
        place: dict[str, JSON] = {
            "task_uuid": f"________-0000-4000-8000-{number:012x}",
            "task_level": [*level],
            "timestamp": 1_795_000_000 + number / 100 + sum(level) / 1_000,
        }
        return line({**place, **fields})

    yield say([1], action_type="ferry:cross", action_status="started", to="Norderney")
    for each in range(2, 6):
        yield say([each, 1], action_type="ferry:sell", action_status="started", seats=number)
        yield say([each, 2], message_type="ferry:paid", price=12.5 * each, by="a passenger")
        status = "failed" if (each * number) % 7 == 0 else "succeeded"
        yield say([each, 3], action_type="ferry:sell", action_status=status)
    yield say([6], action_type="ferry:cross", action_status="succeeded", minutes=55)


def make_log(path: Path) -> None:
    """
    Make the log: tasks, of which several run at any time.
    """
    lines: list[bytes] = []
    for first in range(0, 1_000, 10):
        lines += [
            each for row in zip(*map(task, range(first, first + 10)), strict=True) for each in row
        ]
    block = b"".join(lines)
    with path.open("wb") as file:
        number = 0
        while file.tell() < MEGABYTES * 1_000_000:
            file.write(block.replace(b"________", b"%08x" % number))
            number += 1


@skipUnless(shutil.which("tmux"), "tmux is not installed")
class LargeTests(SynchronousTestCase):
    """
    Long logs are read with a bar, to the end or until Ctrl-C, in little memory.
    """

    def setUp(self) -> None:
        """
        Make the log, and a terminal that records all that comes to it.
        """
        self.folder = scratch(self)
        make_log(self.folder / "large.log")
        (self.folder / "run.py").write_text(PROGRAM)
        self.screen = self.folder / "screen"
        self.screen.touch()
        self.addCleanup(self.tmux, "kill-server")
        # The session's own variables, and no configuration of whoever runs this.
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "env PS1= sh")
        self.tmux("pipe-pane", f"cat >> {shlex.quote(str(self.screen))}")

    def tmux(self, *arguments: str) -> str:
        """
        Run ``tmux`` with a server of its own.

        :returns: what it says.
        """
        command = ["tmux", "-S", str(self.folder / "socket"), *arguments]
        return subprocess.check_output(
            command, text=True, cwd=self.folder, timeout=PATIENCE, env=unmeasured()
        )

    def type(self, command: str) -> None:
        """
        Type a command, and forget what was on the screen.
        """
        self.screen.write_bytes(b"")
        self.tmux("send-keys", "-l", command)
        self.tmux("send-keys", "Enter")

    def recorded(self) -> str:
        """
        Get all that has come to the terminal since the last command was typed.
        """
        return self.screen.read_bytes().decode(errors="replace")

    def wait_for(self, text: str, seconds: float) -> None:
        """
        Wait until something has come to the terminal.
        """
        end = monotonic() + seconds
        while text not in self.recorded():
            self.assertLess(monotonic(), end, f"no {text!r} in {self.recorded()!r}")
            self.tmux("display-message", "-p", "")

    def run_on(self, name: str, arguments: tuple[list[str], list[str]], log: str) -> str:
        """
        Get the line that runs a subcommand.
        """
        before, after = arguments
        words = [sys.executable, "run.py", name, *before, log, *after]
        if not IS_LARGE:
            words.append("soon")
        # What is typed is shown as well, and must not be taken for its outcome.
        return f"{shlex.join(words)} > output; echo en''ded $?"

    def test_each(self) -> None:
        """
        Each subcommand shows a bar, ends well, leaves nothing of the bar, and takes little memory;
        and when it is interrupted it ends at once.
        """
        path = shlex.quote(os.pathsep.join(sys.path))
        self.type(f"export PYTHONPATH={path}; cd {shlex.quote(str(self.folder))}")
        for name in COMMANDS:
            for arguments in ARGUMENTS.get(name, [([], [])]):
                self.type("clear")
                self.type(self.run_on(name, arguments, "large.log"))
                self.wait_for("ended ", PATIENCE)
                self.wait_for("ended 0", SOON)
                self.assertIn("\rReading", self.recorded(), name)
                self.assertIn("MB/s", self.recorded(), name)
                self.assertNotIn("Reading", self.tmux("capture-pane", "-p"), name)
                self.assertLess(int((self.folder / "memory").read_text()), MEMORY, name)

                self.interrupt(name, arguments)

    def interrupt(self, name: str, arguments: tuple[list[str], list[str]]) -> None:
        """
        Press Ctrl-C while a subcommand reads.
        """
        log = self.folder / "large.log"
        if not IS_LARGE:
            # A short one would be over by then; this one has no end.
            endless = self.folder / "endless"
            endless.unlink(missing_ok=True)
            os.mkfifo(endless)
            writer = subprocess.Popen(["sh", "-c", f"exec > {endless}; cat {log}; exec sleep 1000"])
            self.addCleanup(writer.wait)
            self.addCleanup(writer.kill)
            log = endless
        self.type(self.run_on(name, arguments, str(log)))
        self.wait_for("\rReading", PATIENCE)
        self.tmux("send-keys", "C-c")
        self.wait_for("ended 130", SOON)
        self.assertNotIn("Traceback", self.recorded(), name)
