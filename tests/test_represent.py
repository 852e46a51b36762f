"""
The slow path of encoding: a copy in which everything can be encoded.
"""

from __future__ import annotations

import enum
import json
import math
from collections import OrderedDict, defaultdict
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._json_default import json_default
from eliot._represent import MAXIMUM_DEPTH, Plain, represent
from tests.hostile import Hostile, LyingDict, LyingFloat, LyingInt, LyingList, LyingStr, LyingTuple

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)

JSON = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
)


class Same:
    """
    A value that looks like all others of its class.
    """

    def __repr__(self) -> str:
        return "same"


class Looking:
    """
    A value that looks like the name of a field.
    """

    def __repr__(self) -> str:
        return "task_uuid"


class Word(enum.StrEnum):
    """
    Words.
    """

    YES = "yes"


class Number(enum.IntEnum):
    """
    Numbers.
    """

    ONE = 1


class Point(NamedTuple):
    """
    A point.
    """

    x: object
    y: object


class RepresentTestCase(SynchronousTestCase):
    """
    A test of single values.
    """

    def plain(self, value: object) -> tuple[Plain, bool]:
        """
        Represent one value.

        :returns: its representation, and whether something in it was replaced.
        """
        message = represent({"field": value, "other": 1}, json_default)
        json.dumps(message, allow_nan=True, ensure_ascii=False).encode()
        replaced = message.pop("eliot:encoding", [])
        self.assertIn(replaced, ([], ["field"]))
        self.assertEqual(message.pop("other"), 1)
        [(name, plain)] = message.items()
        self.assertEqual(name, "field")
        return plain, bool(replaced)

    def assert_faithful(self, value: object, expected: object) -> None:
        """
        Fail unless a value is represented as expected, without being replaced.
        """
        self.assertEqual(self.plain(value), (expected, False))

    def assert_replaced(self, value: object, expected: object) -> None:
        """
        Fail unless a value is represented as expected, and named as replaced.
        """
        self.assertEqual(self.plain(value), (expected, True))


class FaithfulTests(RepresentTestCase):
    """
    What needs no replacing.
    """

    @given(JSON)
    def test_json(self, value: object) -> None:
        """
        What JSON knows is itself.
        """
        self.assert_faithful(value, value)

    @given(JSON)
    def test_copied(self, value: object) -> None:
        """
        No list or dictionary in the copy is one of the original.
        """

        def containers(value: object) -> set[int]:
            if not isinstance(value, (list, dict)):
                return set()
            inner = value.values() if isinstance(value, dict) else value
            return {id(value)}.union(*map(containers, inner))

        plain, _ = self.plain(value)
        self.assertEqual(containers(value) & containers(plain), set())

    def test_containers(self) -> None:
        """
        Other dictionaries, lists and tuples are what they hold.
        """
        self.assert_faithful(OrderedDict(a=1), {"a": 1})
        self.assert_faithful(defaultdict(int, a=1), {"a": 1})
        self.assert_faithful((1, (2, [3])), [1, [2, [3]]])
        self.assert_faithful(Point(1, "b"), [1, "b"])

    def test_default(self) -> None:
        """
        What the encoder's own function for unknown types can do is done, at any depth.
        """
        self.assert_faithful(
            [b"bytes", {1j}, {"a": ValueError("no")}],
            [
                "bytes",
                [{"real": 0.0, "imag": 1.0}],
                {"a": {"exception": "builtins.ValueError", "reason": "no"}},
            ],
        )

    def test_lies(self) -> None:
        """
        Values that lie are what they are.
        """
        self.assert_faithful(LyingDict(a=1), {"a": 1})
        self.assert_faithful(LyingList([1, 2]), [1, 2])
        self.assert_faithful(LyingTuple([1, 2]), [1, 2])
        self.assert_faithful(LyingInt(3), 3)
        self.assert_faithful(LyingFloat(1.5), 1.5)
        plain, replaced = self.plain(LyingStr("text"))
        self.assertIs(type(plain), str)
        self.assertEqual((plain, replaced), ("text", False))

    def test_exact(self) -> None:
        """
        Only exact built-in types are left.
        """
        for value in (LyingInt(3), LyingFloat(1.5), LyingStr("a"), LyingDict(), LyingList()):
            plain, _ = self.plain(value)
            self.assertIn(type(plain), (int, float, str, dict, list))

    def test_not_a_number(self) -> None:
        """
        Floats stay, also those that are no numbers: the encoder writes ``null`` for them.
        """
        plain, replaced = self.plain(math.nan)
        assert isinstance(plain, float)
        self.assertTrue(math.isnan(plain))
        self.assertFalse(replaced)

    def test_shared(self) -> None:
        """
        A value that occurs twice, but not in itself, is written twice.
        """
        shared = [1]
        self.assert_faithful([shared, {"a": shared}, shared], [[1], {"a": [1]}, [1]])


class ReplacedTests(RepresentTestCase):
    """
    What is replaced, alone.
    """

    def test_unknown(self) -> None:
        """
        An unknown value is its text; those beside it stay.
        """
        value = object()
        self.assert_replaced([1, {"a": value, "b": 2}, 3], [1, {"a": repr(value), "b": 2}, 3])

    def test_unhelpful(self) -> None:
        """
        So is one that cannot be shown: the text says so.
        """
        plain, replaced = self.plain(Hostile(""))
        assert isinstance(plain, str)
        self.assertIn("Hostile", plain)
        self.assertTrue(replaced)

    def test_surrogates(self) -> None:
        """
        Text that is not Unicode has escapes.
        """
        self.assert_replaced("a\ud800b", "a\\ud800b")

    @given(st.integers(2**64, 2**3000) | st.integers(-(2**3000), -(2**63) - 1))
    def test_large(self, value: int) -> None:
        """
        An integer beyond 64 bits is its digits.
        """
        self.assert_replaced(value, str(value))

    def test_bounds(self) -> None:
        """
        The bounds are those of 64 bits, with and without a sign.
        """
        self.assert_faithful([-(2**63), 2**64 - 1], [-(2**63), 2**64 - 1])
        self.assert_replaced([-(2**63) - 1, 2**64], [str(-(2**63) - 1), str(2**64)])

    def test_huge(self) -> None:
        """
        A huge integer is told by its size, since its digits would take for ever.
        """
        self.assert_replaced(1 << 10_000_000, "<int of 10000001 bits>")

    def test_cycles(self) -> None:
        """
        What contains itself is replaced where it does.
        """
        loop: list[object] = [1]
        loop.append(loop)
        self.assert_replaced(loop, [1, "<list: contains itself>"])
        ring: dict[str, object] = {"a": 1}
        ring["self"] = ({"deep": ring},)
        self.assert_replaced(ring, {"a": 1, "self": [{"deep": "<dict: contains itself>"}]})

    def test_deep(self) -> None:
        """
        What is nested too deeply is replaced from there on; what is not stays.
        """

        def nest(depth: int) -> object:
            value: object = "bottom"
            for _ in range(depth):
                value = [value]
            return value

        self.assert_faithful(nest(MAXIMUM_DEPTH), nest(MAXIMUM_DEPTH))
        plain, replaced = self.plain(nest(3000))
        self.assertTrue(replaced)
        depth = 0
        while isinstance(plain, list):
            [plain] = plain
            depth += 1
        self.assertEqual(depth, MAXIMUM_DEPTH)
        self.assertEqual(plain, f"<list: nested deeper than {MAXIMUM_DEPTH}>")

    def test_wide(self) -> None:
        """
        A field of very many values is cut, and says so: it does not get larger.
        """
        size = 300_000
        value = [0] * size + [object()]
        plain, replaced = self.plain(value)
        self.assertTrue(replaced)
        self.assertLess(len(json.dumps(plain)), 3 * size + 1000)

    def test_default_interrupted(self) -> None:
        """
        What is not an error passes through.
        """

        def default(value: object) -> object:
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, represent, {"field": object()}, default)

    def test_default_without_end(self) -> None:
        """
        A function for unknown types that never gets to a known one is given up.
        """
        message = represent({"field": object()}, lambda value: object())
        self.assertEqual(message["eliot:encoding"], ["field"])
        self.assertIsInstance(message["field"], str)


class KeyTests(RepresentTestCase):
    """
    Keys of dictionaries.
    """

    def test_faithful(self) -> None:
        """
        Keys that the standard library writes as text, and UTF-8 bytes, are the same text here.
        """
        self.assert_faithful(
            {None: 1, True: 2, 3: 4, 1.5: 5, "é": 6, b"caf\xc3\xa9": 7},
            {"null": 1, "true": 2, "3": 4, "1.5": 5, "é": 6, "café": 7},
        )

    def test_subclasses(self) -> None:
        """
        So are those of classes that are derived from text and integers, enumerations too.
        """
        value = {Word.YES: 1, Number.ONE: 2}
        self.assert_faithful(value, json.loads(json.dumps(value)))

    def test_replaced(self) -> None:
        """
        Others are their text, and the field is named.
        """
        self.assert_replaced({(1, 2): 1}, {"(1, 2)": 1})
        self.assert_replaced({"\ud800": 1}, {"\\ud800": 1})
        self.assert_replaced({b"\xff": 1}, {"\\xff": 1})
        self.assert_replaced({2**70: 1}, {str(2**70): 1})

    def test_same_text(self) -> None:
        """
        Keys of the same text are kept apart: none hides the other.
        """
        for value in ({1: "a", "1": "b"}, {"1": "b", 1: "a"}, {Same(): "a", Same(): "b"}):
            plain, replaced = self.plain(value)
            assert isinstance(plain, dict)
            self.assertEqual(sorted(plain.values(), key=str), ["a", "b"])
            self.assertTrue(replaced)

    def test_many_of_the_same_text(self) -> None:
        """
        So are many of them.
        """
        plain, _ = self.plain({Same(): number for number in range(3000)})
        assert isinstance(plain, dict)
        self.assertEqual(set(map(str, plain.values())), set(map(str, range(3000))))

    def test_lying(self) -> None:
        """
        A key that lies does no harm.
        """
        plain, _ = self.plain({LyingStr("key"): 1})
        self.assertEqual(plain, {"key": 1})


class MessageTests(SynchronousTestCase):
    """
    Whole messages.
    """

    def test_unchanged(self) -> None:
        """
        The original stays as it is.
        """
        message: dict[str, object] = {"a": [object()], "b": {1: 2}}
        before = {name: repr(value) for name, value in message.items()}
        represent(message, json_default)
        self.assertEqual({name: repr(value) for name, value in message.items()}, before)

    def test_named(self) -> None:
        """
        The fields in which something was replaced are named, and no others, in order.
        """
        message = represent({"a": "\ud800", "b": 1, "c": [{2: [2**70]}]}, json_default)
        self.assertEqual(message["eliot:encoding"], ["a", "c"])

    def test_nothing_to_name(self) -> None:
        """
        Where nothing was replaced, nothing is named.
        """
        self.assertEqual(
            represent({"a": b"1", "b": {1: 1}}, json_default), {"a": "1", "b": {"1": 1}}
        )

    def test_users_field(self) -> None:
        """
        A user's field of the reserved name loses, but only where something was replaced.
        """
        message = represent({"eliot:encoding": "mine", "a": "\ud800"}, json_default)
        self.assertEqual(message["eliot:encoding"], ["a"])
        message = represent({"eliot:encoding": "mine", "a": b"1"}, json_default)
        self.assertEqual(message["eliot:encoding"], "mine")

    def test_names_as_bytes(self) -> None:
        """
        Field names in UTF-8 bytes are text.
        """
        message: dict[object, object] = {b"caf\xc3\xa9": 1}
        self.assertEqual(represent(message, json_default), {"café": 1})  # type: ignore[arg-type]  # as well

    def test_framework_wins(self) -> None:
        """
        A field whose name only looks like one of the framework's does not take its place, whichever
        comes first.
        """
        for name in (b"task_uuid", Looking()):
            message: dict[object, object] = {name: "mine", "task_uuid": "real"}
            plain = represent(message, json_default)  # type: ignore[arg-type]  # as well
            self.assertEqual(plain["task_uuid"], "real")
            self.assertIn("mine", plain.values())

    def test_values_of_one_field(self) -> None:
        """
        One field's excess is not another's.
        """
        message = represent({"a": [[object()] * 150_000], "b": [1, 2]}, json_default)
        self.assertEqual(message["b"], [1, 2])
        self.assertEqual(message["eliot:encoding"], ["a"])
