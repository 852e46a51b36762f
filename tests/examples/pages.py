"""
Pages of the documentation: that what they have people type works, and prints what they show.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from unittest import TestCase

import eliot
from eliot.read import JSON
from tests.examples.daemons import REACTOR
from tests.examples.installed import Environment
from tests.examples.running import EXAMPLES, RESERVED, without_chance
from tests.helpers import PATIENCE, await_end, scratch

#: The folder of the project, also where the tests are reached by a link.
PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: Where the pages are.
DOCS: Final = PROJECT / "docs"

#: A block of a page: what it is, which is nothing for one to be typed, and what it holds.
_BLOCK = re.compile(r"^(?:\.\. code-block:: (\w+)|.*::)\n\n((?:    .*\n|\n)+)", re.MULTILINE)

#: An address on this machine.
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


#: How a daemon is ended.
_DAEMON = re.compile(r'kill "\$\(cat ([\w.]+)\)"')

#: What commands say of a selection.
_LEFT_OUT = re.compile(r"^[0-9,]+ of [0-9,]+ tasks left out$\n", re.MULTILINE)

#: The programs that pages have people run, each with the arguments for Python that do the same.
_PROGRAMS: Final = {
    "python": [],
    "eliot": ["-m", "eliot.cli"],
    "trial": ["-m", "twisted.trial"],
    "pytest": ["-m", "pytest", "-p", "no:cacheprovider"],
    "twistd": ["-c", "from twisted.scripts.twistd import run; run()"],
}


#: What the program ``python`` does first where the tests run on the reactor for asyncio: scripts
#: that use Twisted run on that as well, unless they install one themselves.
_ON_ASYNCIO: Final = f"""\
case "$1" in
*.py) grep -q twisted "$1" && ! grep -q install_asyncio_reactor "$1" &&
      exec {{python}} {Path(__file__).with_name("on_asyncio.py")} "$@" ;;
esac
"""


def blocks(page: Path, language: str) -> list[str]:
    """
    Find what a page shows.

    :param page: where it is.
    :param language: the language of the blocks that are wanted.
    :returns: their contents, without their indentation.
    """
    return [text for kind, text in all_blocks(page) if kind == language]


def all_blocks(page: Path) -> Iterator[tuple[str, str]]:
    """
    Find the blocks of a page, in order: those of some language, and those to be typed.

    :param page: where it is.
    :returns: the language, which is ``""`` for a block to be typed, and the contents of each.
    """
    for language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield language, textwrap.dedent(text).strip("\n")


def comparable(text: str) -> list[str]:
    """
    Prepare what a program has printed, or what a page shows of it, to be compared.

    :returns: its lines, without what differs from run to run, and without the indentation, which a
        page that shows but a part need not keep.
    """
    return [line.strip() for line in without_chance(text).splitlines()]


def assert_shown(test: TestCase, shown: str, printed: str) -> None:
    """
    Assert that a block is what a program has printed, or a part of that.
    """
    part, whole = comparable(shown), comparable(printed)
    starts = [place for place, line in enumerate(whole) if line == part[0]]
    if not any(whole[start : start + len(part)] == part for start in starts):
        # The difference is seen best where the two are set side by side.
        test.assertEqual("\n".join(whole), "\n".join(part))


def lasting(line: str) -> dict[str, JSON]:
    """
    Decode a message, without what differs from run to run.

    :param line: the line of JSON.
    """
    message: dict[str, JSON] = json.loads(line)
    assert isinstance(message.pop("timestamp"), float)
    return {
        name: without_chance(value) if isinstance(value, str) else value
        for name, value in message.items()
    }


def assert_page(test: TestCase, name: str, environment: Environment | None = None) -> None:
    """
    Type what a page has people type, one after the other, in a folder of its own, and assert that
    it works, and prints what the page shows next.  What is for pytest is left out where that is not
    installed.

    :param test: the test.
    :param name: the name of the page, without what follows the dot.
    :param environment: where packages are installed that the page has people install.
    """
    terminal = Terminal(test, environment)
    printed: str | None = None
    left_out = False
    for language, text in all_blocks(DOCS / f"{name}.rst"):
        if language == "":
            left_out = text.startswith("pytest ") and find_spec("pytest") is None
            if not left_out:
                printed = "".join(map(terminal.type, text.splitlines()))
        elif language in {"text", "json"} and not left_out:
            assert printed is not None, f"Nothing has printed this: {text}"
            if language == "text":
                assert_shown(test, text, printed)
            else:
                known = [lasting(line) for line in printed.splitlines()]
                for line in text.splitlines():
                    test.assertIn(lasting(line), known)


class Terminal:
    """
    A folder that looks like the project's to whoever types commands there, with programs that are
    those of this interpreter.

    :param test: the test, after which nothing of it is left.
    :param environment: whose interpreter is used instead.
    """

    def __init__(self, test: TestCase, environment: Environment | None = None) -> None:
        self._test = test
        self.folder = scratch(test)
        if environment is None:
            (self.folder / "examples").symlink_to(EXAMPLES)
        else:
            # Where pip builds, it leaves something behind.
            shutil.copytree(EXAMPLES, self.folder / "examples")
        self._add_programs(self.folder / "bin", environment)
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(
                [str(self.folder), str(Path(eliot.__file__).parent.parent)]
            ),
            "PYTHONIOENCODING": "utf-8",
            "PYTHONWARNINGS": f"error,{RESERVED}",
        }
        self._job: subprocess.Popen[str] | None = None
        self._address = ""

    def _add_programs(self, folder: Path, environment: Environment | None) -> None:
        folder.mkdir()
        python = sys.executable
        if environment is not None:
            python = str(environment.python)
            # Before any other, so that pip is not disturbed by what tests of programs ask for.
            pip = shlex.join(["env", "PYTHONWARNINGS=", *environment.pip_command])
            (folder / "pip").write_text(f'#!/bin/sh\nexec {pip} "$@"\n', encoding="utf-8")
            (folder / "pip").chmod(0o755)
        for name, arguments in _PROGRAMS.items():
            command = shlex.join([python, *arguments])
            program = folder / name
            before = _ON_ASYNCIO if name == "python" and REACTOR == "asyncio" else ""
            program.write_text(
                f'#!/bin/sh\n{before.format(python=python)}exec {command} "$@"\n', encoding="utf-8"
            )
            program.chmod(0o755)

    def type(self, command: str) -> str:
        """
        Type a command.

        :param command: the command.  One that fails is marked by ``# fails`` at its end.  One that
            ends with ``&`` is a server, which prints its address: that takes the place of whatever
            address is in later commands.  ``kill %1`` ends it, and ``kill "$(cat FILE)"`` a daemon.
        :returns: what it has printed.
        :raises AssertionError: if something is printed to standard error, or the command fails.
        """
        if command.endswith(" &"):
            return self._start(command.removesuffix(" &"))
        if command == "kill %1":
            return self._stop()
        daemon = _DAEMON.fullmatch(command)
        if daemon is not None:
            return self._stop_daemon(self.folder / daemon[1])
        done = subprocess.run(
            ["sh", "-c", _ADDRESS.sub(self._address, command)],
            capture_output=True,
            check=False,
            cwd=self.folder,
            encoding="utf-8",
            env=self._environment,
            timeout=90,
        )
        self._test.assertEqual(_LEFT_OUT.sub("", done.stderr), "", command)
        self._test.assertEqual(done.returncode != 0, command.endswith("# fails"), command)
        return done.stdout

    def _start(self, command: str) -> str:
        self._job = job = subprocess.Popen(
            shlex.split(command),
            cwd=self.folder,
            encoding="utf-8",
            env=self._environment,
            # What a failing one says is in the output of the tests.
            stdout=subprocess.PIPE,
        )
        self._test.addCleanup(job.communicate)
        self._test.addCleanup(job.kill)
        assert job.stdout is not None
        line = job.stdout.readline()
        self._address = line.strip()
        return line

    def _stop_daemon(self, pidfile: Path) -> str:
        pid = int(pidfile.read_text(encoding="ascii"))
        os.kill(pid, signal.SIGTERM)
        await_end(pid)
        return ""

    def _stop(self) -> str:
        assert self._job is not None
        self._job.terminate()
        self._test.assertEqual(self._job.wait(PATIENCE), 0)
        return ""
