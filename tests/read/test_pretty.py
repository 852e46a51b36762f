"""
Tests of :mod:`eliot.read._pretty`, :mod:`eliot.read._heads` and :mod:`eliot.read._painted`.
"""

from __future__ import annotations

import os
import time
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, Role, TextOptions
from eliot.read._compact import compact_format
from eliot.read._painted import CompactText, PrettyText
from eliot.read._pretty import pretty_format
from tests.read.test_literal import TEXTS, VALUES

#: Whatever a JSON object can hold, with the names that matter among its own.
OBJECTS: st.SearchStrategy[dict[str, JSON]] = st.dictionaries(
    st.sampled_from(["task_uuid", "task_level", "timestamp", "action_type", "message_type"])
    | st.sampled_from(["action_status", "exception", "reason", "traceback", "log_level"])
    | TEXTS,
    VALUES,
    max_size=8,
)

LEVELS: st.SearchStrategy[JSON] = st.lists(st.integers(1, 2**63), min_size=1, max_size=5)

#: Messages, whatever is in their other fields.
MESSAGES = st.builds(
    lambda fields, task_uuid, level, timestamp: {
        **fields,
        "task_uuid": task_uuid,
        "task_level": level,
        "timestamp": timestamp,
    },
    OBJECTS,
    TEXTS,
    LEVELS,
    st.floats(-(10.0**12), 10.0**12) | st.integers(0, 2**40) | st.floats(1.7e9, 1.8e9),
)

MESSAGE: dict[str, JSON] = {
    "zone": {"b": [1, 2], "a": "x"},
    "task_uuid": "one",
    "task_level": [3, 2],
    "timestamp": 1.5,
    "action_status": "failed",
    "action_type": "ferry:cross",
    "exception": "builtins.OSError",
    "reason": "no such pier:\nNorderney",
    "price": 2.5,
    "seats": None,
}

PRETTY = """\
one -> /3/2
1970-01-01T00:00:01.500000Z
  action_type: 'ferry:cross'
  action_status: 'failed'
  exception: 'builtins.OSError'
  price: 2.5
  reason: 'no such pier:
        |  Norderney'
  seats: None
  zone: {'a': 'x', 'b': [1, 2]}
"""

COMPACT = (
    "one/3/2 1970-01-01T00:00:01.500000Z"
    ' action_type="ferry:cross" action_status="failed" exception="builtins.OSError" price=2.5'
    ' reason="no such pier:\\nNorderney" seats=null zone={"b":[1,2],"a":"x"}'
)


class FormatTests(SynchronousTestCase):
    """
    Messages are formatted in either layout.
    """

    def test_pretty(self) -> None:
        """
        The type and the status come first, then the other fields, sorted.
        """
        self.assertEqual(pretty_format(MESSAGE), PRETTY)

    def test_compact(self) -> None:
        """
        The same in one line, where values are JSON.
        """
        self.assertEqual(compact_format(MESSAGE), COMPACT)

    def test_divided(self) -> None:
        """
        Values that are too long are divided, and stand below each other.
        """
        shown = pretty_format({**MESSAGE, "reason": "word " * 10})
        self.assertIn(
            "  reason: ('word word word word word word word '\n        |  'word word word ')\n",
            shown,
        )

    def test_ascii(self) -> None:
        """
        The compact layout is ASCII; control characters and lone surrogates are escapes.
        """
        shown = compact_format({**MESSAGE, "reason": "ü\x1b\x7f\ud800", "x\n": 1})
        self.assertIn(r'reason="\u00fc\u001b\u007f\ud800"', shown)
        self.assertIn(r"x\n=1", shown)

    def test_local_timezone(self) -> None:
        """
        The time can be that of the local time zone, in which no letter follows it.
        """
        before = os.environ.get("TZ")

        def put_back() -> None:
            if before is None:
                del os.environ["TZ"]
            else:
                os.environ["TZ"] = before
            time.tzset()

        self.addCleanup(put_back)
        os.environ["TZ"] = "XYZ-05:30"
        time.tzset()
        self.assertIn("\n1970-01-01T05:30:01.500000\n", pretty_format(MESSAGE, True))
        self.assertIn(" 1970-01-01T05:30:01.500000 ", compact_format(MESSAGE, local_timezone=True))

    def test_times(self) -> None:
        """
        A whole second has no fraction, and microseconds are rounded; what no calendar has is shown
        as it is.
        """
        times: list[tuple[JSON, str]] = [
            (1, "1970-01-01T00:00:01Z"),
            (1.9999999, "1970-01-01T00:00:02Z"),
            (-0.5, "1969-12-31T23:59:59.500000Z"),
            (1e20, "1e+20"),
            (float("nan"), "nan"),
            (10**400, str(10**400)),
            ("soon\x1b", r"soon\x1b"),
            (None, "None"),
        ]
        for timestamp, shown in times:
            self.assertIn(f"\n{shown}\n", pretty_format({**MESSAGE, "timestamp": timestamp}))

    def test_places(self) -> None:
        """
        A place that is none is shown as it is.
        """
        levels: list[tuple[JSON, str]] = [
            ([], "/"),
            (5, "/5"),
            (["a\n", 2.5, [1], True, 1.0], r"/a\n/2.5/[1]/1/1"),
        ]
        for level, shown in levels:
            text = pretty_format({**MESSAGE, "task_level": level})
            self.assertEqual(text.partition("\n")[0], f"one -> {shown}")
        self.assertIn("[1, 2] -> /3/2\n", pretty_format({**MESSAGE, "task_uuid": [1, 2]}))

    def test_missing(self) -> None:
        """
        What is missing is named.
        """
        self.assertEqual(pretty_format({}), "(no task_uuid) -> /(no task_level)\n(no timestamp)\n")
        self.assertEqual(compact_format({}), "(no task_uuid)/(no task_level) (no timestamp) ")

    def test_deep(self) -> None:
        """
        A value that is nested deeper than an encoder goes is shown as well.
        """
        deep: JSON = []
        for _ in range(100_000):
            deep = [deep]
        self.assertIn("x=[[[[", compact_format({**MESSAGE, "x": deep}))
        self.assertIn("x: [[[[", pretty_format({**MESSAGE, "x": deep}))

    def test_long_name(self) -> None:
        """
        A long name does not push its value to the right.
        """
        shown = pretty_format({"x" * 100_000: "a\n" * 100})
        self.assertLess(len(shown), 150_000)

    @given(OBJECTS)
    def test_anything(self, fields: dict[str, JSON]) -> None:
        """
        Any object is formatted, without control characters but line ends.
        """
        self.assertTrue(pretty_format(fields).replace("\n", "").isprintable())
        self.assertTrue(compact_format(fields).isprintable())

    @given(MESSAGES)
    def test_names(self, fields: dict[str, JSON]) -> None:
        """
        Each field whose name is printable is shown by that.
        """
        for text in [pretty_format(fields), compact_format(fields)]:
            for name in fields.keys() - {"task_uuid", "task_level", "timestamp"}:
                if name.isprintable():
                    self.assertIn(name, text)


class PaintedTests(SynchronousTestCase):
    """
    Messages are shown with paint, and within limits.
    """

    def show(self, options: TextOptions, **fields: JSON) -> list[str]:
        """
        Show a message in both layouts.
        """
        message = Message({**MESSAGE, **fields})
        return [
            "\n".join(PrettyText(options).lines(message)),
            CompactText(options).line(message),
        ]

    def test_plain(self) -> None:
        """
        Without paint, the layouts are those that everybody knows.
        """
        self.assertEqual(self.show(TextOptions()), [PRETTY, COMPACT])

    def test_painted(self) -> None:
        """
        The parts that matter are painted, each by its role.
        """
        options = TextOptions(styles={role: (f"<{role}>", "</>") for role in get_args(Role)})
        for shown in self.show(options):
            self.assertIn("<heading>one</>", shown)
            self.assertIn("<time>1970-01-01T00:00:01.500000Z</>", shown)
            self.assertIn("<name>price</>", shown)
            self.assertRegex(shown, "<type>['\"]ferry:cross['\"]</>")
            self.assertRegex(shown, "<failed>['\"]failed['\"]</>")

    def test_field_limit(self) -> None:
        """
        Values are cut in their middle, unless there is no limit.
        """
        for shown in self.show(TextOptions(field_limit=30), reason="a" * 98):
            self.assertIn("a (70 characters more) a", shown)
        for shown in self.show(TextOptions(field_limit=0), reason="a" * 5_000):
            self.assertIn("a" * 5_000, shown)

    def test_ascii(self) -> None:
        """
        What is not ASCII is shown as an escape if that is asked for.
        """
        for shown in self.show(TextOptions(ascii_only=True), ü="ü", task_uuid="ü"):
            self.assertTrue(shown.isascii())
            self.assertIn("\\xfc", shown)

    @given(MESSAGES, st.booleans(), st.integers(0, 100))
    def test_anything(self, fields: dict[str, JSON], ascii_only: bool, limit: int) -> None:
        """
        Any message is shown, without control characters.
        """
        message = Message(fields)
        options = TextOptions(ascii_only=ascii_only, field_limit=limit)
        for line in PrettyText(options).lines(message):
            self.assertTrue(line.replace("\n", "").isprintable())
        self.assertTrue(CompactText(options).line(message).isprintable())

    def test_many_names(self) -> None:
        """
        Any number of names is shown, although not all are remembered.
        """
        pretty = PrettyText(TextOptions())
        for number in range(1_100):
            message = Message({**MESSAGE, f"n{number}": 1})
            self.assertIn(f"  n{number}: 1", pretty.lines(message))

    def test_no_numbers(self) -> None:
        """
        Numbers that are none are what each language calls them.
        """
        pretty, compact = self.show(TextOptions(), price=float("nan"))
        self.assertIn("  price: nan\n", pretty)
        self.assertIn(" price=NaN ", compact)
