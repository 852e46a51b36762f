"""
Writing messages as a Parquet file, by way of pyarrow, which this module needs to be loaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO, Final, Self

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from eliot.cli._columns import Cell, Column, DoesNotFitError
from eliot.read import JSON, Task
from eliot.read._rows import TEXTS, Row, rows_of

#: How many rows are written at once, and after how many bytes of JSON fewer are.
_ROWS: Final = 8_192
_BYTES: Final = 32 * 1024 * 1024

_TIME: Final = pa.timestamp("us", tz="UTC")

_TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "json": pa.string(),
    "time": _TIME,
}

#: The columns that are always there, in the order of :class:`Row`.
_COLUMNS: Final[dict[str, pa.DataType]] = {
    "task_uuid": pa.string(),
    "task_level": pa.list_(pa.int64()),
    "level": pa.string(),
    "timestamp": _TIME,
    **dict.fromkeys(TEXTS, pa.string()),
    "duration": pa.float64(),
    "late": pa.bool_(),
    "duplicate": pa.bool_(),
    "task_complete": pa.bool_(),
    "fields": pa.string(),
}


class ParquetFile:
    """
    Writes rows in groups, so that memory holds one group.

    :param file: where to write.
    :param columns: fields that have a column of their own.
    :ivar misfits: by the name of the column, how many values did not fit in.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[Column]) -> None:
        self._columns = columns
        extra = [(each.name, _TYPES[each.kind]) for each in columns]
        self._schema = pa.schema([*_COLUMNS.items(), *extra])
        self._writer = ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Row] = []
        self._bytes = 0
        self.misfits: Counter[str] = Counter()

    def add(self, task: Task) -> None:
        """
        Write the messages of a task, or keep them to be written.
        """
        rows = self._rows
        for row in rows_of(task):
            rows.append(row)
            self._bytes += len(row.fields)
            if len(rows) >= _ROWS or self._bytes >= _BYTES:
                self._write_group()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """
        Write what was kept, and the end of the file; or leave it without an end if something was
        raised.
        """
        if kind is None:
            if self._rows:
                self._write_group()
            self._writer.close()
        # It would try once more when it is collected, and complain if the file is closed by then.
        self._writer.is_open = False

    def _write_group(self) -> None:
        rows = self._rows
        *columns, fields, messages = zip(*rows, strict=True)
        cells: list[Sequence[object]] = [*columns, [each.decode() for each in fields]]
        cells += (
            [self._cell(column, each.fields.get(column.name)) for each in messages]
            for column in self._columns
        )
        arrays = [_array(each, kind) for each, kind in zip(cells, self._schema.types, strict=True)]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        rows.clear()
        self._bytes = 0

    def _cell(self, column: Column, value: JSON) -> Cell:
        if value is None:
            return None
        try:
            return column.cell(value)
        except DoesNotFitError:
            self.misfits[column.name] += 1
            return None


def _array(cells: Sequence[object], kind: pa.DataType) -> pa.Array[pa.Scalar[pa.DataType]]:
    try:
        return pa.array(cells, kind)
    except UnicodeEncodeError:
        # Lone surrogates, for which UTF-8 has no bytes, become escapes.
        shown = [
            each.encode("utf-8", "backslashreplace").decode() if isinstance(each, str) else each
            for each in cells
        ]
        return pa.array(shown, kind)
