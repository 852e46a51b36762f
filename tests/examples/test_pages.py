"""
The pages of the documentation: what they have people type works, and what they show was printed.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.pages import assert_page

#: The pages about logging.  Each is tested by a method of its own name below.
PAGES = ("why", "messages", "deferreds", "coroutines")


class PageTests(SynchronousTestCase):
    """
    Each page, from top to bottom.
    """

    def test_why(self) -> None:
        """
        Why actions.
        """
        assert_page(self, "why")

    def test_messages(self) -> None:
        """
        Messages.
        """
        assert_page(self, "messages")

    def test_deferreds(self) -> None:
        """
        Actions and Deferreds.
        """
        assert_page(self, "deferreds")

    def test_coroutines(self) -> None:
        """
        Coroutines.
        """
        assert_page(self, "coroutines")
