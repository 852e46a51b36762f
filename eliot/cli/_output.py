"""
Standard output: what it can show, and how it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Final, Literal, TypeAlias

import click

from eliot.read import Painter, Role, plain

Color: TypeAlias = Literal["auto", "always", "never"]

_INTERRUPTED: Final = 130  # what shells report for a program that was ended by Ctrl-C

_PAINTS: Final[dict[Role, Callable[[str], str]]] = {
    "heading": lambda text: click.style(text, underline=True),
    "type": lambda text: click.style(text, bold=True),
    "succeeded": lambda text: click.style(text, fg="green"),
    "failed": lambda text: click.style(text, fg="red", bold=True),
    "unfinished": lambda text: click.style(text, fg="yellow"),
    "mark": lambda text: click.style(text, fg="yellow"),
    "guide": lambda text: click.style(text, dim=True),
    "time": lambda text: click.style(text, dim=True),
    "name": lambda text: click.style(text, fg="cyan"),
}


class Output:
    """
    Standard output.
    """

    def __init__(self) -> None:
        self._stream = sys.stdout
        if isinstance(self._stream, TextIOWrapper):
            # What its encoding does not have is shown as an escape, never an error.
            self._stream.reconfigure(errors="backslashreplace")

    def is_ascii(self) -> bool:
        """
        Whether the lines of a tree can be drawn in ASCII only.
        """
        try:
            "├─╰│»".encode(self._stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def painter(self, color: Color) -> Painter:
        """
        :param color: whether to paint; ``auto`` paints on a terminal, unless
            ``NO_COLOR`` is set in the environment.
        :returns: what paints, or leaves everything plain.
        """
        if color == "auto":
            wanted = self._stream.isatty() and not os.environ.get("NO_COLOR")
        else:
            wanted = color == "always"
        return _paint if wanted else plain

    def write_lines(self, lines: Iterable[str]) -> None:
        """
        Write lines, so that they can be seen at once.

        :param lines: lines of printable text, without line ends.
        """
        write = self._stream.write
        for line in lines:
            write(line + "\n")
        self._stream.flush()


@contextmanager
def quiet_end() -> Iterator[None]:
    """
    End in the way of a Unix tool, without a traceback, when the reader of standard
    output has gone (``| head``), when it cannot be written, and on Ctrl-C.

    A reader that has gone is no error: it had enough.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise click.exceptions.Exit(_INTERRUPTED) from None
    except OSError as error:
        # What is left in the buffer would be tried, and fail, once more at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise click.ClickException(f"cannot write: {error.strerror}") from None


def _paint(role: Role, text: str) -> str:
    return _PAINTS[role](text)
