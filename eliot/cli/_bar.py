"""
How the bar looks that shows how far reading has come.

Only who draws it loads this module, and so rich.
"""

from __future__ import annotations

from typing import Final, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    FileSizeColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_MARGIN: Final = 1  # terminals begin a new line behind the last column


class Bar:
    """
    The bar as a line of text.

    :param stream: the terminal that it is for.
    :param is_sized: whether there is a known end.
    """

    def __init__(self, stream: TextIO, *, is_sized: bool) -> None:
        columns: list[ProgressColumn] = [TextColumn("Reading")]
        if is_sized:
            columns += [BarColumn(), TaskProgressColumn(), DownloadColumn()]
        else:
            columns += [FileSizeColumn()]
        columns += [TransferSpeedColumn()]
        if is_sized:
            columns += [TextColumn("left:"), TimeRemainingColumn()]
        self._console = Console(file=stream, force_terminal=True)
        # What it can do beyond this, a thread and a hidden cursor, might outlive the command.
        self._progress = Progress(*columns, console=self._console, auto_refresh=False)
        self._task = self._progress.add_task("", total=None)

    def line(self, position: int, size: int | None) -> str:
        """
        Draw it.

        :param position: how many bytes have been read.
        :param size: how many there are.
        :returns: one line, with colours, without its end.
        """
        self._progress.update(self._task, completed=position, total=size)
        console = self._console
        with console.capture() as capture:
            console.print(
                self._progress.make_tasks_table(self._progress.tasks),
                width=console.width - _MARGIN,
                no_wrap=True,
            )
        return capture.get().split("\n")[0]
