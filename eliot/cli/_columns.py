"""
Columns that users ask for: fields, and the types that they are to have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Final, TypeAlias

import click

from eliot.read import JSON
from eliot.read._json_line import to_json
from eliot.read._rows import Row, moment_in

#: What can stand in a column.
Cell: TypeAlias = bool | int | float | str | None


class DoesNotFitError(Exception):
    """
    A value is not of the type of its column.
    """


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column for a field.

    :ivar name: the name of the field, and of the column.
    :ivar kind: its type, one of :data:`KINDS`.
    """

    name: str
    kind: str

    def cell(self, value: JSON) -> Cell:
        """
        Turn the value of the field into what stands in the column.

        :raises DoesNotFitError: if it is of another type.
        """
        return KINDS[self.kind](value)


def read_columns(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> list[Column]:
    """
    Read the options that ask for columns, each ``NAME`` or ``NAME:TYPE``.  The name of a field
    can have colons in it, too.

    :raises click.BadParameter: if one of them asks for what cannot be.
    """
    columns: dict[str, Column] = {}
    for value in values:
        name, colon, kind = value.rpartition(":")
        if not colon or kind not in KINDS:
            name, kind = value, "string"
        if not name:
            raise click.BadParameter("a column has the name of a field", ctx, param)
        if name in columns or name in Row._fields:
            raise click.BadParameter(f"there is a column {name!a} already", ctx, param)
        columns[name] = Column(name, kind)
    return [*columns.values()]


def _string(value: JSON) -> str:
    if not isinstance(value, str):
        raise DoesNotFitError
    return value


def _int(value: JSON) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise DoesNotFitError
    return value


def _float(value: JSON) -> float:
    if type(value) is not float and type(value) is not int:
        raise DoesNotFitError
    try:
        return float(value)
    except OverflowError:
        raise DoesNotFitError from None


def _bool(value: JSON) -> bool:
    if not isinstance(value, bool):
        raise DoesNotFitError
    return value


def _json(value: JSON) -> str:
    # An object is what can always be written.
    return to_json({"": value})[4:-1].decode()


def _time(value: JSON) -> int:
    """
    Read seconds since the epoch, or text in the ISO format; that without a time zone is in UTC.
    """
    if type(value) is float or type(value) is int:
        seconds = _float(value)
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise DoesNotFitError from None
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    else:
        raise DoesNotFitError
    microseconds = moment_in(seconds) if isfinite(seconds) else None
    if microseconds is None:
        raise DoesNotFitError
    return microseconds


#: The types of columns.
KINDS: Final[dict[str, Callable[[JSON], Cell]]] = {
    "string": _string,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "json": _json,
    "time": _time,
}
