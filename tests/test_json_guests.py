"""
Values of other libraries, as ones that are nearer to JSON.

Each is tested with the library itself, where it is installed.
"""

from __future__ import annotations

import json
import warnings
from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import ClassVar
from unittest import SkipTest

from twisted.internet.address import IPv4Address
from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode, encoder_for
from eliot._json_guests import MAXIMUM_COLUMNS, MAXIMUM_ITEMS, converter_for
from eliot.json import EliotJSONEncoder
from tests.helpers import run_child


class MyEncoder(EliotJSONEncoder):
    """
    An encoder as the documentation shows it.
    """

    def default(self, o: object) -> object:
        """
        Leave all to what there is.
        """
        return EliotJSONEncoder.default(self, o)


class WholeEncoder(EliotJSONEncoder):
    """
    An encoder that is used as a whole.
    """

    def encode(self, o: object) -> str:
        """
        Encode as usual.
        """
        return super().encode(o)


def installed(name: str) -> ModuleType:
    """
    Import a library that may not be there.

    :param name: its name.
    :raises SkipTest: if it is not.
    """
    try:
        with warnings.catch_warnings():
            # What a library says of its own dependencies is not for us.
            warnings.simplefilter("ignore")
            return import_module(name)
    except ImportError:
        raise SkipTest(f"{name} is not installed") from None


class GuestsTestCase(SynchronousTestCase):
    """
    A test that needs a library.
    """

    #: Its name.
    library: ClassVar[str]

    def setUp(self) -> None:
        """
        Import it.
        """
        self.module = installed(self.library)

    def logged(self, value: object) -> object:
        """
        Encode a value in all ways that there are.

        :returns: what a reader gets.
        :raises AssertionError: if a way differs, or if anything was replaced.
        """
        found = json.loads(encode({"field": value, "in": [{"list": value}]}))
        self.assertEqual(found.keys(), {"field", "in"})
        for cls in (EliotJSONEncoder, MyEncoder, WholeEncoder):
            self.assertEqual(
                json.loads(encoder_for(cls)({"field": value})), {"field": found["field"]}
            )
        self.assertEqual(found["in"], [{"list": found["field"]}])
        return found["field"]

    def assert_logged(self, pairs: list[tuple[object, object]]) -> None:
        """
        Fail unless values are logged as expected.

        :param pairs: each value, and what is expected.
        """
        for value, expected in pairs:
            found = self.logged(value)
            self.assertEqual((found, type(found)), (expected, type(expected)), repr(value))

    def assert_replaced(self, value: object) -> None:
        """
        Fail unless a value is shown by a text, alone, and named.
        """
        message = json.loads(encode({"field": [value, 1], "other": 1}))
        self.assertEqual((message["field"][1], message["other"]), (1, 1))
        self.assertIsInstance(message["field"][0], str)
        self.assertEqual(message["eliot:encoding"], ["field"])


class NumPyTests(GuestsTestCase):
    """
    NumPy.
    """

    library = "numpy"

    def test_scalars(self) -> None:
        """
        Numbers are numbers, text is text, times are text, and spans of time are seconds.
        """
        np = self.module
        self.assert_logged(
            [
                (np.int8(-3), -3),
                (np.uint64(2**64 - 1), 2**64 - 1),
                (np.float16(1.5), 1.5),
                (np.float32(1.5), 1.5),
                (np.float64(1.5), 1.5),
                (np.longdouble(1.5), 1.5),
                (np.float32("nan"), None),
                (np.float64("inf"), None),
                (np.bool_(True), True),
                (np.complex64(1 + 2j), {"real": 1.0, "imag": 2.0}),
                (np.complex128(1 + 2j), {"real": 1.0, "imag": 2.0}),
                (np.str_("a"), "a"),
                (np.bytes_(b"a"), "a"),
                (np.void(b"a"), "a"),
                (np.datetime64("2020-01-02T03:04:05"), "2020-01-02T03:04:05"),
                (np.datetime64("NaT", "s"), None),
                (np.timedelta64(1500, "ms"), 1.5),
                (np.timedelta64("NaT", "s"), None),
            ]
        )

    def test_arrays(self) -> None:
        """
        Arrays are lists, as deep as they have dimensions.
        """
        np = self.module
        self.assert_logged(
            [
                (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
                (np.array([1.5, np.nan, np.inf]), [1.5, None, None]),
                (np.array(3), 3),
                (np.array([]), []),
                (np.array(["a", "b"]), ["a", "b"]),
                (np.array([b"a"]), ["a"]),
                (np.array([1j]), [{"real": 0.0, "imag": 1.0}]),
                (np.array([1, None, {"a": {1}}], dtype=object), [1, None, {"a": [1]}]),
                (np.array([(1, 2.5)], dtype=[("a", int), ("b", float)]), [[1, 2.5]]),
                (
                    np.array(["2020-01-01", "NaT"], dtype="M8[ns]"),
                    ["2020-01-01T00:00:00.000000000", None],
                ),
                (np.array([1500, "NaT"], dtype="m8[ms]"), [1.5, None]),
                (np.ma.array([1, 2], mask=[True, False]), [None, 2]),
            ]
        )

    def test_large(self) -> None:
        """
        Of a large array the first items are logged, in one list, and the shape.
        """
        np = self.module
        whole = np.arange(MAXIMUM_ITEMS)
        self.assertEqual(self.logged(whole), list(range(MAXIMUM_ITEMS)))
        for shape in [(MAXIMUM_ITEMS + 1,), (300, 100), (30, 40, 50)]:
            array = np.arange(np.prod(shape)).reshape(shape)
            self.assertEqual(
                self.logged(array),
                {"array_start": list(range(MAXIMUM_ITEMS)), "original_shape": list(shape)},
            )

    def test_not_copied(self) -> None:
        """
        An array that would not fit into memory is no matter.
        """
        np = self.module
        endless = np.broadcast_to(np.int8(1), (2**40, 2**10))
        found = self.logged(endless)
        assert isinstance(found, dict)
        self.assertEqual(found["original_shape"], [2**40, 2**10])

    def test_months(self) -> None:
        """
        What cannot be said in seconds is shown.
        """
        np = self.module
        self.assert_replaced(np.timedelta64(1, "M"))
        self.assert_replaced(np.array([1], dtype="m8[M]"))

    def test_hostile(self) -> None:
        """
        An array that raises costs its place alone.
        """
        np = self.module

        def fail(*args: object) -> object:
            raise ZeroDivisionError

        hostile = type(
            "Hostile", (np.ndarray,), {"tolist": fail, "__repr__": fail, "__str__": fail}
        )
        self.assert_replaced(np.zeros(3).view(hostile))

    def test_numbers_in_messages(self) -> None:
        """
        They may be names in dictionaries as well, at the price of being named.
        """
        np = self.module
        message = json.loads(encode({"field": {np.str_("a"): 1, np.int8(2): np.int8(3)}}))
        self.assertEqual(message["field"]["a"], 1)
        self.assertIn(3, message["field"].values())


class PandasTests(GuestsTestCase):
    """
    Pandas.
    """

    library = "pandas"

    def test_scalars(self) -> None:
        """
        Times are text, spans of time seconds, and what is missing is nothing.
        """
        pd = self.module
        self.assert_logged(
            [
                (pd.Timestamp("2020-01-02T03:04:05"), "2020-01-02T03:04:05"),
                (pd.Timestamp("2020-01-02T00:00:00.000000001"), "2020-01-02T00:00:00.000000001"),
                (pd.Timedelta("1.5s"), 1.5),
                (pd.NaT, None),
                (pd.NA, None),
                (pd.Period("2020-01"), "2020-01"),
                (pd.Interval(0, 1), "(0, 1]"),
            ]
        )

    def test_columns(self) -> None:
        """
        Series, indexes and arrays are lists.
        """
        pd = self.module
        self.assert_logged(
            [
                (pd.Series([1, 2], index=[5, 6]), [1, 2]),
                (pd.Series([1.5, None]), [1.5, None]),
                (pd.Series([1, None], dtype="Int64"), [1, None]),
                (pd.Series([pd.Timestamp("2020-01-01"), pd.NaT]), ["2020-01-01T00:00:00", None]),
                (pd.Index(["a", "b"]), ["a", "b"]),
                (pd.RangeIndex(3), [0, 1, 2]),
                (pd.MultiIndex.from_tuples([(1, "a")]), [[1, "a"]]),
                (pd.Categorical(["a", "b", "a"]), ["a", "b", "a"]),
            ]
        )

    def test_tables(self) -> None:
        """
        Tables are lists of rows.
        """
        pd = self.module
        self.assert_logged(
            [
                (
                    pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
                    [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
                ),
                (pd.DataFrame(), []),
                (
                    pd.DataFrame([[1, 2]], columns=["a", "a"]),
                    {"columns": ["a", "a"], "data": [[1, 2]]},
                ),
            ]
        )

    def test_large(self) -> None:
        """
        Of large ones, the first items are logged, and the shape.
        """
        pd = self.module
        start = list(range(MAXIMUM_ITEMS))
        count = 20_000
        self.assert_logged(
            [
                (
                    pd.Series(range(count), index=range(count, 0, -1)),
                    {"array_start": start, "original_shape": [count]},
                ),
                (pd.RangeIndex(count), {"array_start": start, "original_shape": [count]}),
                (
                    pd.DataFrame({"a": range(count), "b": 0}),
                    {
                        "array_start": [{"a": row, "b": 0} for row in range(MAXIMUM_ITEMS // 2)],
                        "original_shape": [count, 2],
                    },
                ),
            ]
        )

    def test_wide(self) -> None:
        """
        Of tables with too many columns, the first columns are.
        """
        pd = self.module
        for rows in (1, 20):
            table = pd.DataFrame([[0] * (MAXIMUM_COLUMNS + 5)] * rows)
            found = json.loads(encode({"field": table}))["field"]
            self.assertEqual(found["original_shape"], [rows, MAXIMUM_COLUMNS + 5])
            start = found["array_start"]
            self.assertEqual([len(row) for row in start], [MAXIMUM_COLUMNS] * min(rows, 10))


class PolarsTests(GuestsTestCase):
    """
    Polars.
    """

    library = "polars"

    def test_columns(self) -> None:
        """
        Series are lists.
        """
        pl = self.module
        self.assert_logged(
            [
                (pl.Series([1, 2]), [1, 2]),
                (pl.Series([1.5, None, float("nan")]), [1.5, None, None]),
                (pl.Series([[1], [2, 3]]), [[1], [2, 3]]),
                (pl.Series([], dtype=pl.Int8), []),
            ]
        )

    def test_tables(self) -> None:
        """
        Tables are lists of rows.
        """
        pl = self.module
        self.assert_logged(
            [
                (
                    pl.DataFrame({"a": [1, 2], "b": ["x", None]}),
                    [{"a": 1, "b": "x"}, {"a": 2, "b": None}],
                ),
                (pl.DataFrame(), []),
            ]
        )

    def test_large(self) -> None:
        """
        Of large ones, the first items are logged, and the shape.
        """
        pl = self.module
        count = 20_000
        self.assert_logged(
            [
                (
                    pl.Series(range(count)),
                    {"array_start": list(range(MAXIMUM_ITEMS)), "original_shape": [count]},
                ),
                (
                    pl.DataFrame({"a": range(count), "b": range(count)}),
                    {
                        "array_start": [{"a": row, "b": row} for row in range(MAXIMUM_ITEMS // 2)],
                        "original_shape": [count, 2],
                    },
                ),
                (
                    pl.DataFrame({str(number): [1, 1] for number in range(MAXIMUM_COLUMNS + 1)}),
                    {
                        "array_start": [{str(number): 1 for number in range(MAXIMUM_COLUMNS)}] * 2,
                        "original_shape": [2, MAXIMUM_COLUMNS + 1],
                    },
                ),
            ]
        )

    def test_long_lists(self) -> None:
        """
        A few rows may be too large as well, by the lists that they hold.
        """
        pl = self.module
        long = pl.Series([[1], [2] * 1_000_000])
        expected = {"array_start": [[1]], "original_shape": [2]}
        self.assertEqual(self.logged(long), expected)
        expected = {"array_start": [{"a": [1]}], "original_shape": [2, 1]}
        self.assertEqual(self.logged(pl.DataFrame({"a": long})), expected)

    def test_lazy(self) -> None:
        """
        What has not been computed is not computed for this.
        """
        pl = self.module

        def fail(*args: object) -> object:
            raise ZeroDivisionError

        self.assert_replaced(pl.LazyFrame({"a": [1]}).map_batches(fail))


class PydanticTests(GuestsTestCase):
    """
    Pydantic.
    """

    library = "pydantic"

    def test_models(self) -> None:
        """
        A model is what it dumps.
        """
        create = self.module.create_model
        inner = create("Inner", size=(int, 1))
        outer = create("Outer", name=(str, "me"), inner=(inner, inner()), tags=(set[str], {"x"}))
        self.assertEqual(self.logged(outer()), {"name": "me", "inner": {"size": 1}, "tags": ["x"]})

    def test_first_version(self) -> None:
        """
        Models of its first version are, too.
        """
        model = installed("pydantic.v1").create_model("Model", size=(int, 1))
        self.assertEqual(self.logged(model()), {"size": 1})

    def test_excluded(self) -> None:
        """
        What its author leaves out of dumps does not get into logs.
        """
        field = self.module.Field("hidden", exclude=True)
        model = self.module.create_model("Model", name=(str, "me"), password=(str, field))
        self.assertEqual(self.logged(model()), {"name": "me"})

    def test_types(self) -> None:
        """
        Secrets stay secret; addresses are text.
        """
        module = self.module
        model = module.create_model(
            "Model",
            text=(module.SecretStr, ...),
            data=(module.SecretBytes, ...),
            url=(module.HttpUrl, ...),
            dsn=(module.PostgresDsn, ...),
        )
        value = model(text="hidden", data=b"hidden", url="http://a/b", dsn="postgres://a/b")
        found = self.logged(value)
        self.assertEqual(
            found,
            {
                "text": "**********",
                "data": "b'**********'",
                "url": "http://a/b",
                "dsn": "postgres://a/b",
            },
        )

    def test_unexpected(self) -> None:
        """
        A model that holds what it should not is logged without a warning.
        """
        model = self.module.create_model("Model", size=(int, 1))
        self.assertEqual(self.logged(model.model_construct(size="large")), {"size": "large"})

    def test_hostile(self) -> None:
        """
        One that cannot be dumped costs its place alone.
        """

        def fail(*args: object, **kwargs: object) -> object:
            raise ZeroDivisionError

        model = self.module.create_model("Model", size=(int, 1))
        model.model_dump = model.__repr__ = model.__str__ = fail
        self.assert_replaced(model())


class AttrsTests(GuestsTestCase):
    """
    Classes made by attrs.
    """

    library = "attr"

    def test_classes(self) -> None:
        """
        An instance is a dictionary of all its fields, with slots or without.
        """
        for slots in (True, False):
            cls = self.module.make_class("Point", ["x", "_y"], slots=slots)
            self.assert_logged([(cls(1, {2}), {"x": 1, "_y": [2]})])

    def test_twisted(self) -> None:
        """
        So are Twisted's addresses.
        """
        self.assert_logged(
            [
                (
                    IPv4Address("TCP", "localhost", 80),
                    {"type": "TCP", "host": "localhost", "port": 80},
                )
            ]
        )

    def test_unset(self) -> None:
        """
        One that lacks a field is shown by a text.
        """
        cls = self.module.make_class("Point", ["x"])
        self.assert_replaced(cls.__new__(cls))


class DecimalTests(GuestsTestCase):
    """
    Decimals.
    """

    library = "decimal"

    def test_decimals(self) -> None:
        """
        They are their text, so that nothing is lost.
        """
        self.assert_logged([(Decimal("1.10"), "1.10"), (Decimal("NaN"), "NaN")])


class ConverterForTests(SynchronousTestCase):
    """
    Finding what to do.
    """

    def test_others(self) -> None:
        """
        What belongs to none of these libraries is left to others.
        """
        for value in (1, "a", b"a", [], {}, object(), int, ValueError()):
            self.assertIsNone(converter_for(value))

    def test_pretending(self) -> None:
        """
        A class that says that it is from one of them is not believed.
        """
        pretending = type("ndarray", (), {"__module__": "numpy"})
        self.assertIsNone(converter_for(pretending()))

    def test_imports_nothing(self) -> None:
        """
        No library is imported for it.
        """
        child = run_child(
            "import sys\n"
            "from eliot._encode import encode\n"
            "class ndarray: __module__ = 'numpy'\n"
            "class DataFrame: __module__ = 'pandas'\n"
            "encode({'a': [ndarray(), DataFrame(), {1}, b'a', object()]})\n"
            "unwanted = {'numpy', 'pandas', 'polars', 'pydantic', 'attr', 'decimal'}\n"
            "assert not unwanted & set(sys.modules), unwanted & set(sys.modules)\n",
            # What measures imports some of them.
            measured=False,
        )
        self.assertEqual((child.returncode, child.stderr), (0, ""))
