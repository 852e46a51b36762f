"""
Standard output: what it can show, and how it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from typing import Final, Literal, TypeAlias

import click

from eliot.read import PLAIN, Styles

Color: TypeAlias = Literal["auto", "always", "never"]

#: What shells report for a program that was ended by Ctrl-C.
INTERRUPTED: Final = 130
_BLOCK: Final = 1000  # lines


def _style(**how: object) -> tuple[str, str]:
    """
    :returns: the sequences of a terminal that stand around text of some style.
    """
    before, behind = click.style("|", **how).split("|")  # type: ignore[arg-type] # as it says
    return before, behind


_STYLES: Final[Styles] = {
    "heading": _style(underline=True),
    "type": _style(bold=True),
    "succeeded": _style(fg="green"),
    "failed": _style(fg="red", bold=True),
    "unfinished": _style(fg="yellow"),
    "mark": _style(fg="yellow"),
    "guide": _style(dim=True),
    "time": _style(dim=True),
    "name": _style(fg="cyan"),
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

    def styles(self, color: Color) -> Styles:
        """
        :param color: whether to have colours; ``auto`` has them on a terminal, unless
            ``NO_COLOR`` is set in the environment.
        :returns: what stands around the parts of a text.
        """
        if color == "auto":
            wanted = self._stream.isatty() and not os.environ.get("NO_COLOR")
        else:
            wanted = color == "always"
        return _STYLES if wanted else PLAIN

    def write_lines(self, lines: Iterable[str]) -> None:
        """
        Write lines.  They can be seen before more is read.

        :param lines: lines of printable text, without line ends.
        """
        waiting = iter(lines)
        write = self._stream.write
        # In one call what is short, and not everything at once.
        while block := list(islice(waiting, _BLOCK)):
            block.append("")
            write("\n".join(block))


@contextmanager
def quiet_end() -> Iterator[None]:
    """
    End in the way of a Unix tool, without a traceback, when the reader of standard
    output has gone (``| head``), when it cannot be written, and on Ctrl-C.

    A reader that has gone is no error: it had enough.
    """
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None
    except OSError as error:
        # What is left in the buffer would be tried, and fail, once more at exit.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise click.ClickException(f"cannot write: {error.strerror}") from None
