"""
Values of other libraries as ones that are nearer to JSON: those of NumPy,
pandas, polars, pydantic, attrs, and (which are as seldom loaded) array and decimal.

None of these is imported here; values are asked by their own methods.  What is
larger than :data:`MAXIMUM_ITEMS` is never copied whole: its first items are
shown, with its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Final,
    Self,
    SupportsComplex,
    SupportsFloat,
    SupportsInt,
    TypeAlias,
    cast,
)

from eliot._guests import is_a, is_attrs, is_the, packages_of
from eliot._represent import MAXIMUM_VALUES

#: How many items of an array, or of a table, are logged.
MAXIMUM_ITEMS: Final = 10_000

#: How many columns of a table are logged: each takes longer than many rows.
MAXIMUM_COLUMNS: Final = 1_000

#: How many bytes polars may need for what is logged of a table: its columns may
#: hold lists, of any length.
_MAXIMUM_SIZE: Final = 1_000_000

#: Turns a value into one that is nearer to JSON.
Converter: TypeAlias = Callable[[object], object]


# What is used of the values, for the type checker alone: each such class takes
# a twentieth of a millisecond at every start.
if TYPE_CHECKING:
    from typing import Protocol

    class _Listed(Protocol):
        def tolist(self) -> object: ...

    class _DType(Protocol):
        kind: str

        def type(self, number: int, unit: str) -> object: ...

    class _Array(_Listed, Protocol):
        dtype: _DType
        flat: _Sliced
        shape: tuple[int, ...]
        size: int

        def astype(self, dtype: type) -> Self: ...
        def __truediv__(self, other: object) -> _Listed: ...

    class _Sliced(Protocol):
        def __getitem__(self, items: slice) -> _Array: ...

    class _Scalar(Protocol):
        dtype: _DType

        def item(self) -> object: ...
        def __truediv__(self, other: object) -> SupportsFloat: ...

    class _Column(_Listed, Protocol):
        def __len__(self) -> int: ...
        def __getitem__(self, items: slice) -> Self: ...

    class _Located(Protocol):
        iloc: _Located

        def __getitem__(self, items: object) -> _PandasTable: ...

    class _Names(_Listed, Protocol):
        is_unique: bool

    class _PandasTable(Protocol):
        columns: _Names
        iloc: _Located
        shape: tuple[int, int]

        def to_dict(self, orient: str) -> object: ...
        def itertuples(self, *, index: bool, name: None) -> Iterable[object]: ...

    class _PolarsColumn(Protocol):
        def __len__(self) -> int: ...
        def head(self, length: int) -> Self: ...
        def estimated_size(self) -> float: ...
        def to_list(self) -> list[object]: ...

    class _PolarsTable(Protocol):
        columns: list[str]
        shape: tuple[int, int]

        def head(self, length: int) -> Self: ...
        def estimated_size(self) -> float: ...
        def to_dicts(self) -> list[object]: ...
        def select(self, columns: list[str]) -> Self: ...

    class _Attribute(Protocol):
        name: str

    class _Model(Protocol):
        def model_dump(self, *, warnings: bool) -> object: ...
        def dict(self) -> object: ...


def shortened(start: object, shape: Iterable[object]) -> dict[str, object]:
    """
    Make what is logged of something that is too large.

    :param start: its first items.
    :param shape: how large it is, in each dimension.
    """
    return {"array_start": start, "original_shape": list(shape)}


def listed(value: Iterable[object]) -> list[object]:
    """
    Make a list of the values of something, as far as they are kept.
    """
    # One more than are kept, so that it shows that there were more.
    return list(islice(value, MAXIMUM_VALUES + 1))


def parts_of_complex(value: SupportsComplex) -> dict[str, object]:
    """
    Turn a complex number into a dictionary of its parts.
    """
    number = complex(value)
    return {"real": number.real, "imag": number.imag}


def _from_array(value: object) -> object:
    array = cast("_Array", value)
    if array.size > MAXIMUM_ITEMS:
        return shortened(_items(array.flat[:MAXIMUM_ITEMS]), array.shape)
    return _items(array)


def _items(array: _Array) -> object:
    kind = array.dtype.kind
    if kind == "M":
        # As text, since dates may be finer or farther away than Python knows.
        return _without_not_a_time(array.astype(str).tolist())
    if kind == "m":
        return (array / array.dtype.type(1, "s")).tolist()
    return array.tolist()


def _without_not_a_time(times: object) -> object:
    if isinstance(times, list):
        return [_without_not_a_time(each) for each in times]
    return None if times == "NaT" else times


def _from_date(value: object) -> object:
    return _without_not_a_time(str(value))


def _from_duration(value: object) -> object:
    scalar = cast("_Scalar", value)
    return float(scalar / scalar.dtype.type(1, "s"))


def _from_scalar(value: object) -> object:
    return cast("_Scalar", value).item()


def _from_column(value: object) -> object:
    column = cast("_Column", value)
    if len(column) > MAXIMUM_ITEMS:
        return shortened(column[:MAXIMUM_ITEMS].tolist(), [len(column)])
    return column.tolist()


def _from_series(value: object) -> object:
    # By position, since a slice may mean labels.
    series = cast("_Located", value)
    count = len(cast("_Column", value))
    if count > MAXIMUM_ITEMS:
        start = cast("_Column", series.iloc[:MAXIMUM_ITEMS])
        return shortened(start.tolist(), [count])
    return cast("_Column", value).tolist()


def _from_table(value: object) -> object:
    table = cast("_PandasTable", value)
    rows, columns = table.shape
    if columns <= MAXIMUM_COLUMNS and rows * columns <= MAXIMUM_ITEMS:
        return _pandas_rows(table)
    columns = min(columns, MAXIMUM_COLUMNS)
    start = table.iloc[: MAXIMUM_ITEMS // columns, :columns]
    return shortened(_pandas_rows(start), table.shape)


def _pandas_rows(table: _PandasTable) -> object:
    if table.columns.is_unique:
        return table.to_dict("records")
    # Names that are there twice would hide each other.
    return {
        "columns": table.columns.tolist(),
        "data": list(table.itertuples(index=False, name=None)),
    }


def _from_polars_column(value: object) -> object:
    column = cast("_PolarsColumn", value)
    start = column.head(MAXIMUM_ITEMS)
    while start.estimated_size() > _MAXIMUM_SIZE and len(start) > 0:
        start = start.head(len(start) // 2)
    if len(start) == len(column):
        return column.to_list()
    return shortened(start.to_list(), [len(column)])


def _from_polars_table(value: object) -> object:
    table = cast("_PolarsTable", value)
    columns = min(len(table.columns), MAXIMUM_COLUMNS)
    start = table.select(table.columns[:columns]).head(MAXIMUM_ITEMS // max(columns, 1))
    while start.estimated_size() > _MAXIMUM_SIZE and start.shape[0] > 0:
        start = start.head(start.shape[0] // 2)
    if start.shape == table.shape:
        return table.to_dicts()
    return shortened(start.to_dicts(), table.shape)


def _from_model(value: object) -> object:
    # What its author has excluded stays out.
    model = cast("_Model", value)
    if hasattr(model, "model_dump"):
        return model.model_dump(warnings=False)
    return model.dict()


def _from_attrs(value: object) -> object:
    attributes: tuple[_Attribute, ...] = type(value).__attrs_attrs__  # type: ignore[attr-defined]  # attrs puts it there
    return {each.name: getattr(value, each.name) for each in attributes}


def _nothing(value: object) -> None:
    """
    Turn what pandas puts where there is nothing into what JSON knows for it.
    """


#: By the package that defines a class: the module and the name by which it is
#: known, and what is done with its instances.  The first that fits counts.
_GUESTS: Final[dict[str, tuple[tuple[str, str, Converter], ...]]] = {
    "numpy": (
        ("numpy", "ndarray", _from_array),
        ("numpy", "bool_", bool),
        ("numpy", "datetime64", _from_date),
        # A kind of integer, for NumPy.
        ("numpy", "timedelta64", _from_duration),
        ("numpy", "integer", lambda value: int(cast("SupportsInt", value))),
        # Those of more bits than Python's stay what they are if asked for their item.
        ("numpy", "floating", lambda value: float(cast("SupportsFloat", value))),
        (
            "numpy",
            "complexfloating",
            lambda value: parts_of_complex(cast("SupportsComplex", value)),
        ),
        ("numpy", "generic", _from_scalar),
    ),
    "pandas": (
        ("pandas", "DataFrame", _from_table),
        ("pandas", "Series", _from_series),
        ("pandas", "Index", _from_column),
        ("pandas.api.extensions", "ExtensionArray", _from_column),
        ("pandas", "Period", str),
        ("pandas", "Interval", str),
    ),
    "polars": (
        ("polars", "DataFrame", _from_polars_table),
        ("polars", "Series", _from_polars_column),
    ),
    "pydantic": (
        ("pydantic", "BaseModel", _from_model),
        ("pydantic.v1", "BaseModel", _from_model),
        ("pydantic.networks", "AnyUrl", str),
        ("pydantic.networks", "_BaseMultiHostUrl", str),
        # Their text is stars.
        ("pydantic", "SecretStr", str),
        ("pydantic", "SecretBytes", str),
        ("pydantic", "Secret", str),
    ),
    "pydantic_core": (
        ("pydantic_core", "Url", str),
        ("pydantic_core", "MultiHostUrl", str),
    ),
    "array": (("array", "array", lambda value: listed(cast("Iterable[object]", value))),),
    "decimal": (("decimal", "Decimal", str),),
}


def converter_for(value: object) -> Converter | None:
    """
    Find what turns a value of another library into one that is nearer to JSON.

    :returns: a function, or ``None`` for a value of any other type.
    """
    for package in packages_of(value):
        for module, name, convert in _GUESTS.get(package, ()):
            if is_a(value, module, name):
                return convert
        if package == "pandas" and (
            is_the(value, "pandas", "NaT") or is_the(value, "pandas", "NA")
        ):
            return _nothing
    return _from_attrs if is_attrs(value) else None
