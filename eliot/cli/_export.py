"""
``eliot export``: logs for other tools.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from typing import BinaryIO, Final, Protocol, Self

import click

from eliot.cli._columns import KINDS, Column, read_columns
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._selection_options import selection_options
from eliot.cli._target import open_target
from eliot.read import Selection, Task, TraceEvents, printable
from eliot.read._trace_events import TRACE_END, TRACE_SEPARATOR, TRACE_START

_TRACE_EXAMPLES: Final = """\b
Examples:
  eliot export trace -o orders.json orders.log
  eliot export trace --task-uuid 2c9f4a51 client.log server.log | gzip > task.json.gz
"""

_PARQUET_EXAMPLES: Final = """\b
Examples:
  eliot export parquet -o orders.parquet orders.log
  eliot export parquet -o orders.parquet --column order:int --column price:float orders.log
"""


@click.group()
def export() -> None:
    """
    Write logs in the formats of other tools.
    """


@export.command(epilog=_TRACE_EXAMPLES)
@input_options
@selection_options
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(allow_dash=True),
    default="-",
    metavar="FILE",
    help="Where to write; '-' is standard output.  [default: -]",
)
def trace(*, inputs: Inputs, selection: Selection, target: str) -> None:
    """
    Write a trace, to be opened at https://ui.perfetto.dev or chrome://tracing.

    Each task is a process of the trace, and its actions are bars. One below
    another was caused by it; those that ran at the same time are in several
    lanes, with arrows that show what caused them. Messages are marks.

    FILES are logs as for "eliot tree". What was interrupted is valid JSON in
    standard output, and leaves no file.
    """
    events = TraceEvents()
    with inputs.messages() as messages, open_target(target, inputs.names) as file:
        file.write(TRACE_START)
        try:
            separator = b""
            for task in selection.tasks(messages, inputs.patience):
                file.write(separator + events.encode(task))
                separator = TRACE_SEPARATOR
        finally:
            file.write(TRACE_END)


@export.command(epilog=_PARQUET_EXAMPLES)
@input_options
@selection_options
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(allow_dash=True),
    required=True,
    metavar="FILE",
    help="Where to write; '-' is standard output, which must not be a terminal.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=read_columns,
    metavar="NAME[:TYPE]",
    help=f"Give a field a column of its own; TYPE is {', '.join(KINDS)}; or else string.",
)
def parquet(
    *, inputs: Inputs, selection: Selection, target: str, columns: Sequence[Column]
) -> None:
    """
    Write a table in the Parquet format, with a row for each message.

    It needs more: pip install 'eliot[parquet]'.

    FILES are logs as for "eliot tree". Fields that have no column stand in the
    column "fields", as JSON. A value that is not of the type of its column is
    null there; how many these were is told on standard error.

    The file stands under its name once it is complete; what was interrupted
    leaves none.
    """
    if target == "-" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not written to a terminal; name a file with -o")
    make = _load_parquet()
    with inputs.messages() as messages:
        with open_target(target, inputs.names) as file, make(file, columns) as table:
            for task in selection.tasks(messages, inputs.patience):
                table.add(task)
        for name, number in table.misfits.items():
            click.echo(f"column {printable(name)}: {number:,} values did not fit in", err=True)


class _Table(Protocol):
    """
    What :class:`eliot.cli._parquet.ParquetFile` does.
    """

    misfits: Counter[str]

    def add(self, task: Task) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None: ...


class _MakeTable(Protocol):
    def __call__(self, file: BinaryIO, columns: Sequence[Column]) -> _Table: ...


def _load_parquet() -> _MakeTable:
    """
    Load what needs pyarrow, which is in no other extra.

    :raises click.ClickException: if it is not installed.
    """
    try:
        make: _MakeTable = import_module("eliot.cli._parquet").ParquetFile
    except ModuleNotFoundError as missing:
        if missing.name != "pyarrow":
            raise
        what = "Writing Parquet needs more: pip install 'eliot[parquet]'"
        raise click.ClickException(what) from None
    return make
