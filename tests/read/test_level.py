"""
Tests of :mod:`eliot.read._level`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read._level import TaskLevel

#: What stands in levels: small numbers, so that levels meet, and those of shared identifiers.
NUMBERS = st.integers(1, 4) | st.integers(2**52, 2**53 - 1)
LEVELS = st.lists(NUMBERS, max_size=5).map(TaskLevel)


class TaskLevelTests(SynchronousTestCase):
    """
    A level is a path from the root.
    """

    def test_path(self) -> None:
        """
        The path can be had as a tuple, and as a list of one's own.
        """
        level = TaskLevel(level=[1, 3])
        self.assertEqual(level.level, (1, 3))
        self.assertEqual(level.as_list(), [1, 3])
        level.as_list().append(5)
        self.assertEqual(level.as_list(), [1, 3])
        self.assertEqual(repr(level), "TaskLevel([1, 3])")

    def test_not_a_level(self) -> None:
        """
        What is no path is refused.
        """
        strange: list[list[object]] = [[0], [1, -1], [1.0], [True], ["1"], [None]]
        for numbers in strange:
            self.assertRaises(ValueError, TaskLevel, numbers)
        self.assertRaises(ValueError, TaskLevel, "12")

    def test_does_not_change(self) -> None:
        """
        A level is not changed by chance.
        """
        self.assertRaises(AttributeError, setattr, TaskLevel([1]), "level", (2,))

    def test_as_text(self) -> None:
        """
        As text, each number stands after a slash.  Slashes are read generously.
        """
        self.assertEqual(TaskLevel([1, 3]).to_string(), "/1/3")
        self.assertEqual(TaskLevel([]).to_string(), "/")
        for text in ("/1/3", "1/3", "/1//3/"):
            self.assertEqual(TaskLevel.from_string(text), TaskLevel([1, 3]))
        for text in ("/", ""):
            self.assertEqual(TaskLevel.from_string(text), TaskLevel([]))

    def test_wrong_text(self) -> None:
        """
        A text that is no level is refused, and shown as far as that is harmless.
        """
        for text in ("/a", "/1/ 3", "/-1", "/1.5", "/1_000", "/\u0663", "/0", "/" + "9" * 5000):
            self.assertRaises(ValueError, TaskLevel.from_string, text)
        error = self.assertRaises(ValueError, TaskLevel.from_string, "\n" * 100)
        self.assertEqual(str(error), f"Not a level such as '/1/3': {chr(10) * 60!a}....")

    @given(LEVELS)
    def test_round_trip(self, level: TaskLevel) -> None:
        """
        Text and lists give the level that they were made of.
        """
        self.assertEqual(TaskLevel.from_string(level.to_string()), level)
        self.assertEqual(TaskLevel(level.as_list()), level)

    @given(LEVELS)
    def test_family(self, level: TaskLevel) -> None:
        """
        Children, parents and siblings are where they belong.
        """
        child = level.child()
        self.assertEqual(child.as_list(), [*level.as_list(), 1])
        self.assertEqual(child.parent(), level)
        sibling = child.next_sibling()
        self.assertEqual(sibling.as_list(), [*level.as_list(), 2])
        self.assertTrue(sibling.is_sibling_of(child))
        self.assertTrue(level.is_sibling_of(level))
        self.assertFalse(level.is_sibling_of(child))
        self.assertFalse(child.is_sibling_of(level))

    def test_cousins(self) -> None:
        """
        Levels of different parents are no siblings.
        """
        self.assertFalse(TaskLevel([1, 2]).is_sibling_of(TaskLevel([2, 2])))

    def test_root(self) -> None:
        """
        The root has neither a parent nor a sibling.
        """
        root = TaskLevel([])
        self.assertIsNone(root.parent())
        self.assertRaises(IndexError, root.next_sibling)

    @given(LEVELS, LEVELS)
    def test_order(self, one: TaskLevel, two: TaskLevel) -> None:
        """
        Levels are equal, hashed and sorted as their paths are.
        """
        first, second = one.as_list(), two.as_list()
        self.assertEqual(one == two, first == second)
        self.assertEqual(one != two, first != second)
        self.assertEqual(one < two, first < second)
        self.assertEqual(one <= two, first <= second)
        self.assertEqual(one > two, first > second)
        self.assertEqual(one >= two, first >= second)
        self.assertEqual(len({one, two}), 1 if first == second else 2)

    def test_others(self) -> None:
        """
        Whatever is no level is not equal to one, and cannot be sorted with levels.
        """
        level = TaskLevel([1])
        others: list[object] = [[1], (1,), 1, "/1", None]
        for other in others:
            self.assertNotEqual(level, other)
            for compare in (level.__lt__, level.__le__, level.__gt__, level.__ge__):
                self.assertIs(compare(other), NotImplemented)
