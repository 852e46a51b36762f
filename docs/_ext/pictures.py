"""
Pictures of terminals: a command line is run in a terminal, and what it shows is drawn.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Final

from rich.ansi import AnsiDecoder
from rich.cells import chop_cells
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

#: How wide the terminal is, and how high, in characters.
COLUMNS: Final = 100
ROWS: Final = 40

#: How many seconds a command may take.
_PATIENCE: Final = 120

#: The commands that are those of this interpreter, each with its arguments.
_PROGRAMS: Final = {
    "python": [],
    "eliot": ["-P", "-m", "eliot.cli"],
    "eliot-prettyprint": ["-P", "-m", "eliot.prettyprint"],
}

#: How rich would have the fonts fetched from elsewhere.
_FONTS: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """
    What a command has shown.

    :ivar command: the command line.
    :ivar output: what came to the terminal, with its escape sequences.
    :ivar exit_status: how the command has ended.
    """

    command: str
    output: str
    exit_status: int

    def lines(self, limit: int | None = None) -> list[Text]:
        """
        Take the lines as they stand on the screen, where long ones go on in the next.

        :param limit: at most so many; then follows one that says how many more there are.
        """
        lines: list[Text] = []
        for line in AnsiDecoder().decode(self.output.rstrip()):
            parts = chop_cells(line.plain, COLUMNS)
            lines += line.divide([sum(map(len, parts[:n])) for n in range(1, len(parts))])
        if limit is not None and len(lines) > limit:
            more = len(lines) - limit
            lines[limit:] = [Text(f"(and {more} more line{'s' * (more > 1)})", style="italic")]
        return lines

    def text(self, limit: int | None = None) -> str:
        """
        Take the lines without their colours.
        """
        return "\n".join(line.plain.rstrip() for line in self.lines(limit))

    def picture(self, limit: int | None = None) -> str:
        """
        Draw the terminal, with the command as its title.

        :returns: an SVG element, which needs nothing else.
        """
        console = Console(
            color_system="truecolor",
            file=StringIO(),
            force_terminal=True,
            highlight=False,
            legacy_windows=False,
            record=True,
            width=COLUMNS,
        )
        for line in self.lines(limit):
            console.print(line, no_wrap=True, soft_wrap=True)
        # Pictures on one page share the names of their styles.
        name = "terminal-" + sha256(f"{self.command}\n{limit}".encode()).hexdigest()[:12]
        svg = console.export_svg(title=self.command, theme=MONOKAI, unique_id=name)
        return _FONTS.sub("", svg)


def run_in_terminal(command: str, folder: Path, programs: Path) -> Shown:
    """
    Run a command line in a terminal.

    :param command: the command line, for the shell.
    :param folder: the current directory.
    :param programs: where commands are looked for first: see :func:`make_programs`.
    :returns: what it has shown.
    """
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=folder,
            env=_environment(folder, programs),
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(slave)
    with process, _ended(process):
        output = b"".join(_read(master))
    os.close(master)
    text = output.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return Shown(command, text, process.returncode)


def make_programs(folder: Path) -> None:
    """
    Make programs that are those of this interpreter, whatever else is installed.

    :param folder: where to put them; there is no such folder yet.
    """
    folder.mkdir()
    for name, arguments in _PROGRAMS.items():
        command = shlex.join([sys.executable, *arguments])
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        path.chmod(0o755)


def check_shown(shown: Shown, exit_status: int, *private: Path) -> None:
    """
    Check that a page may show something.

    :param exit_status: how the command should have ended.
    :param private: folders of which nothing should be told.
    :raises ValueError: if it ended otherwise, or tells of this machine.
    """
    if shown.exit_status != exit_status:
        raise ValueError(
            f"{shown.command!r} has ended with {shown.exit_status} instead of {exit_status}:\n"
            f"{shown.text()}"
        )
    for folder in (*private, Path(sys.prefix), Path.home()):
        # The root directory, which may be somebody's home, is in every path.
        if len(folder.parts) > 1 and str(folder) in shown.output:
            raise ValueError(f"{shown.command!r} tells of {folder}:\n{shown.text()}")


def _environment(folder: Path, programs: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"COVERAGE_PROCESS_START", "LD_LIBRARY_PATH", "PYTHONPATH"}
    }
    return {
        **kept,
        "COLUMNS": str(COLUMNS),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LINES": str(ROWS),
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TERM": "xterm-256color",
        "TZ": "UTC",
    }


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """
    End a process, and those that it has started, if it takes too long.
    """

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = Timer(_PATIENCE, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(master: int) -> Iterator[bytes]:
    # Once nobody has the other end open, Linux gives an error, others the end of the file.
    with suppress(OSError):
        while chunk := os.read(master, 65536):
            yield chunk
