"""
Tests of :mod:`eliot.read._searching`.
"""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, Selection
from eliot.read._searching import text_condition
from tests.read.selecting import ended, fits, hostile, message, started, task, values


def found(pattern: str, log: Message, *, ignore_case: bool = False, fixed: bool = False) -> bool:
    """
    Ask whether a pattern is found in a message.
    """
    selection = Selection()
    selection.search(pattern, ignore_case=ignore_case, fixed=fixed)
    return fits(selection, log)


class SearchTests(SynchronousTestCase):
    """
    Searching messages for text.
    """

    def test_where(self) -> None:
        """
        Types, names of fields and values are searched, however deep they stand.
        """
        log = message(
            message_type="shop:note", price=12.5, ok=True, no=None, deep=[{"inner": ["here"]}]
        )
        for pattern in ["shop:note", "pric.", "price", "12.5", r"12\.5$", "true", "null"]:
            self.assertTrue(found(pattern, log), pattern)
        for pattern in ["inner", "here", "inn.r", "her.", log.task_uuid]:
            self.assertTrue(found(pattern, log), pattern)
        for pattern in ["absent", "abs.nt", "Shop", "price.*12"]:
            self.assertFalse(found(pattern, log), pattern)

    def test_framework(self) -> None:
        """
        What every message has is not found: the framework's names, the level, the time.
        """
        log = message(level=[1], timestamp=4242.0, message_type="m")
        for pattern in ["task_level", "timestamp", "message_type", "task_uuid", "4242", "424."]:
            self.assertFalse(found(pattern, log), pattern)

    def test_as_seen(self) -> None:
        """
        Values are searched as people see them, not as JSON.
        """
        log = message(text='say "ä\u2028\t\\n"\nnext\x7f\x80', numbers=[1e-07, 1e22, float("nan")])
        for text in ['"ä', "\t", "\\n", "\nnext", "next\x7f", "\x80", "1e-07", "e+22", "07", "NaN"]:
            self.assertTrue(found(text, log, fixed=True), text)
        self.assertTrue(found("^next", log))
        self.assertFalse(found("u2028", log))

    def test_case(self) -> None:
        """
        Upper and lower case may be the same.
        """
        for text in ["straße", "naN", "ÄRGER", "kelvin", "INF"]:
            log = message(a=[text.swapcase()], b=float("inf"))
            self.assertTrue(found(text.swapcase(), log, ignore_case=True), text)
        self.assertTrue(found("K", message(a="\u212a"), ignore_case=True))
        self.assertFalse(found("K", message(a="k")))

    def test_fixed(self) -> None:
        """
        A pattern may be the very text.
        """
        self.assertTrue(found("[::1]", message(a="at [::1]:80"), fixed=True))
        self.assertFalse(found("a.c", message(a="abc"), fixed=True))

    def test_not_encodable(self) -> None:
        """
        What the quick way cannot encode is searched as well.
        """
        odd_ones: list[JSON] = [2**80, "\ud800"]
        for odd in odd_ones:
            self.assertTrue(found("needle", message(a=odd, b="a needle")))

    def test_many_names(self) -> None:
        """
        There may be any number of names.
        """
        log = message({str(number): 0 for number in range(20_000)})
        self.assertTrue(found("^19999$", log))
        self.assertFalse(found("^20000$", log))

    def test_same_node(self) -> None:
        """
        The rest of what is asked for must hold of the same node.
        """
        log = task(started(path="/a"), {"message_type": "m", "text": "needle"}, ended("failed"))
        selection = Selection(statuses=["failed"])
        selection.search("needle")
        self.assertFalse(fits(selection, *log))
        selection = Selection(statuses=["failed"])
        selection.search("/a")
        self.assertTrue(fits(selection, *log))

    def test_invert(self) -> None:
        """
        Those tasks can be chosen that would be if it were not searched, and are not since it is.
        """
        log = task(started(path="/a"), ended("failed"))
        for statuses, pattern, expected in [
            ((), "/a", False),
            ((), "/b", True),
            (["failed"], "/a", False),
            (["failed"], "/b", True),
            (["succeeded"], "/b", False),
        ]:
            selection = Selection(statuses=statuses)
            selection.search(pattern, invert=True)
            self.assertFalse(selection.is_everything)
            self.assertEqual(fits(selection, *log), expected, (statuses, pattern))

    def test_refused(self) -> None:
        """
        What is no regular expression is refused.
        """
        error = self.assertRaises(ValueError, Selection().search, "(")
        self.assertIn("'(' is no regular expression: ", str(error))

    @given(hostile | st.dictionaries(st.text(), values), st.data(), st.booleans())
    def test_quick(self, fields: dict[str, JSON], data: st.DataObject, ignore_case: bool) -> None:
        """
        The quick way for very texts finds the same as the slow one.
        """
        log = message()
        log.fields.update((k, v) for k, v in fields.items() if k not in log.fields)
        shown = [each for each in fields.values() if isinstance(each, str)]
        text = data.draw(
            st.sampled_from(["nan", "e-", *fields, *shown, *map(str, fields.values())])
        )
        start = data.draw(st.integers(0, len(text)))
        text = text[start : start + data.draw(st.integers(0, 5))]
        _, quick = text_condition(text, fixed=True, ignore_case=ignore_case)
        _, slow = text_condition(f"(?:{re.escape(text)})", ignore_case=ignore_case)
        assert quick.of_message is not None and slow.of_message is not None
        self.assertEqual(quick.of_message(log), slow.of_message(log))
