"""
Values of types that JSON does not know, as ones that it knows.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import os
import uuid
from collections import UserList, UserString, deque
from collections.abc import Callable, Mapping, ValuesView
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final, TypeVar, cast

from eliot._guests import class_name, exception_of
from eliot._json_guests import (
    MAXIMUM_ITEMS,
    Converter,
    converter_for,
    listed,
    parts_of_complex,
    shortened,
)
from eliot._represent import MAXIMUM_VALUES
from eliot._text import decode, qualified_name, safe_str

_T = TypeVar("_T")


def json_default(value: object) -> object:
    """
    Turn a value of a type that JSON does not know into one that it knows.

    ===================================  ==================================
    of                                   becomes
    ===================================  ==================================
    bytes                                text, read as UTF-8; what cannot be
                                         read is shown by escapes
    dates, times                         text as in ISO 8601
    spans of time                        seconds
    paths, UUIDs, decimals               their text
    complex numbers                      their parts, ``real`` and ``imag``
    enumerations                         their values
    sets, views of dictionaries, deques  lists
    and arrays of the standard library
    ranges                               lists; large ones as NumPy's arrays
    mappings of all kinds                dictionaries
    data classes, attrs                  dictionaries of all their fields
    exceptions, Twisted's Failures       their class and text, as
                                         ``exception`` and ``reason``
    classes                              their names
    NumPy's scalars                      numbers, text
    NumPy's arrays; series, indexes and  lists; beyond 10,000 items a
    arrays of pandas and polars          dictionary of the first 10,000 in
                                         ``array_start``, and of
                                         ``original_shape``
    tables of pandas and polars          lists of rows, which are
                                         dictionaries; large ones as above
    what is missing in pandas            nothing
    models of pydantic                   what they dump
    ===================================  ==================================

    No library is imported for that.  Iterators are left alone, since whoever
    reads them takes something away.

    :param value: any object.
    :returns: a value that is, or that consists of, types nearer to JSON.
    :raises TypeError: if the type is not among those above.
    :raises Exception: what the value raises.
    """
    convert = _BY_CLASS.get(type(value))
    if convert is None:
        # Guests first: a time that does not exist is, for pandas, a datetime.
        convert = converter_for(value) or _converter_by_base(value)
    return convert(value)


def _converter_by_base(value: object) -> Converter:
    for base, convert in _BY_BASE:
        if isinstance(value, base):
            return convert
    if dataclasses.is_dataclass(value):
        return _fields_of
    raise TypeError(f"JSON does not know {type(value).__name__}")


def _items_of(value: Mapping[object, object]) -> dict[object, object]:
    return dict(islice(value.items(), MAXIMUM_VALUES + 1))


def _numbers_of(value: range) -> object:
    start = list(value[:MAXIMUM_ITEMS])
    if not value[MAXIMUM_ITEMS:]:
        return start
    # Its own length may be more than Python can say.
    return shortened(start, [-(-abs(value.stop - value.start) // abs(value.step))])


def _texts_of(value: BaseException) -> dict[str, str]:
    error = exception_of(value)
    return {"exception": class_name(error), "reason": safe_str(error)}


def _fields_of(value: object) -> dict[str, object]:
    fields = dataclasses.fields(value)  # type: ignore[arg-type]  # a data class
    return {field.name: getattr(value, field.name) for field in fields}


def _rule(base: type[_T], convert: Callable[[_T], object]) -> tuple[type, Converter]:
    return base, cast("Converter", convert)


#: What is done with instances of a class, and of those derived from it.  The
#: first that fits counts.
_BY_BASE: Final[tuple[tuple[type, Converter], ...]] = (
    _rule(bytes, decode),
    _rule(bytearray, decode),
    _rule(memoryview, decode),
    _rule(datetime.datetime, lambda value: value.isoformat()),
    _rule(datetime.date, lambda value: value.isoformat()),
    _rule(datetime.time, lambda value: value.isoformat()),
    _rule(datetime.timedelta, lambda value: value.total_seconds()),
    _rule(os.PathLike, os.fspath),  # type: ignore[type-abstract]  # to be asked for
    _rule(uuid.UUID, str),
    _rule(complex, parts_of_complex),
    _rule(set, listed),
    _rule(frozenset, listed),
    _rule(enum.Enum, lambda value: value.value),
    _rule(float, lambda value: float.__add__(value, 0.0)),
    _rule(tuple, list),
    _rule(type, qualified_name),
    _rule(BaseException, _texts_of),
    _rule(deque, listed),
    _rule(range, _numbers_of),
    _rule(UserList, listed),
    _rule(UserString, str),
    _rule(Mapping, _items_of),  # type: ignore[type-abstract]  # to be asked for
    # The views of dictionaries are sets, too, but for that of their values.
    _rule(AbstractSet, listed),  # type: ignore[type-abstract]  # to be asked for
    _rule(ValuesView, listed),
)

_BY_CLASS: Final = dict(_BY_BASE)
