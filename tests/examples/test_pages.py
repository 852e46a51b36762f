"""
The pages of the documentation: what they have people type works, and what they show was printed.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.util import find_spec
from unittest import skipIf, skipUnless

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.installed import with_harbour
from tests.examples.pages import DOCS, assert_page
from tests.examples.running import EXAMPLES

#: The release of Twisted that is installed.
TWISTED = tuple(int(each) for each in version("twisted").split(".")[:2])


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

    def test_actions(self) -> None:
        """
        Actions.
        """
        assert_page(self, "actions")

    def test_errors(self) -> None:
        """
        Errors.
        """
        assert_page(self, "errors")

    def test_levels(self) -> None:
        """
        Levels.
        """
        assert_page(self, "levels")

    def test_types(self) -> None:
        """
        Types.
        """
        assert_page(self, "types")

    def test_testing(self) -> None:
        """
        Testing.
        """
        assert_page(self, "testing")

    def test_threads_and_processes(self) -> None:
        """
        Threads and processes.
        """
        assert_page(self, "threads-and-processes")

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

    def test_http(self) -> None:
        """
        Requests over HTTP.
        """
        assert_page(self, "http")

    def test_following(self) -> None:
        """
        The action follows the work.
        """
        assert_page(self, "following")

    def test_connections(self) -> None:
        """
        Connections and services.
        """
        assert_page(self, "connections")

    @skipUnless(find_spec("klein"), "Klein is not installed")
    def test_http_server(self) -> None:
        """
        Requests to a server.
        """
        assert_page(self, "http-server")

    def test_amp(self) -> None:
        """
        Over AMP.
        """
        assert_page(self, "amp")

    @skipIf(TWISTED < (24, 10), "the tracebacks of this Twisted show callers, too")
    def test_twisted_logger(self) -> None:
        """
        Twisted's own log.
        """
        assert_page(self, "twisted-logger")

    def test_services(self) -> None:
        """
        Running a Twisted service with it.
        """
        assert_page(self, "services", with_harbour())

    def test_blocked_reactor(self) -> None:
        """
        When the reactor is blocked.  Where the machine is so busy that it is blocked for another
        reason as well, that is told, too: then it is tried again.
        """
        for _ in range(2):
            try:
                return assert_page(self, "blocked-reactor")
            except self.failureException as error:
                if "eliot:reactor_blocked" not in str(error):
                    raise
        return assert_page(self, "blocked-reactor")

    def test_migrating(self) -> None:
        """
        From Python's logging.
        """
        assert_page(self, "migrating")


class ExamplesTests(SynchronousTestCase):
    """
    The examples of the ferry line.
    """

    def test_shown(self) -> None:
        """
        Each of them is shown by a page.
        """
        folder = EXAMPLES / "ferry"
        shown = {
            name
            for page in DOCS.glob("*.rst")
            for name in re.findall(r"examples/ferry/(\w+\.py)", page.read_text(encoding="utf-8"))
        }
        self.assertEqual(shown, {path.name for path in folder.glob("*.py")} - {"__init__.py"})
