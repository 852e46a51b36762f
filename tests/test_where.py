"""
Which line of the program it was.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import _where, current_action, start_action
from eliot._where import where


class WhereTests(SynchronousTestCase):
    """
    Finding the line.
    """

    def test_here(self) -> None:
        """
        It is told by file, line and function.
        """
        place = where()
        assert place is not None
        self.assertRegex(place, rf"^{__file__}:\d+ in WhereTests\.test_here$")

    def test_not_ours(self) -> None:
        """
        Lines of the framework do not count.
        """
        place = start_action(action_type="x").run(where)
        assert place is not None
        self.assertIn("WhereTests.test_not_ours", place)
        self.assertIsNone(current_action())

    def test_nowhere(self) -> None:
        """
        Where there are no lines but the framework's, there is none.
        """
        self.patch(_where, "_OUR_FOLDER", "")
        self.assertIsNone(where())
