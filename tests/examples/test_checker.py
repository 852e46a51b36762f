"""
The demo's link checker, in memory.
"""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import Request

from examples.demo.checker import LinkChecker
from examples.demo.site import all_pages
from tests.examples.memory import client_of
from tests.helpers import Fields, of_type, record


class Circle(Resource):
    """
    Redirects to itself.
    """

    isLeaf = True  # noqa: N815  # the name is Twisted's

    def render_GET(self, request: Request) -> bytes:
        """
        Answer a request.
        """
        request.redirect(b"/circle")
        return b""


class NotModified(Resource):
    """
    Has a status between those of pages and errors, and leads nowhere.
    """

    isLeaf = True  # noqa: N815  # the name is Twisted's

    def render_GET(self, request: Request) -> bytes:
        """
        Answer a request.
        """
        request.setResponseCode(304)
        return b""


class LinkCheckerTests(SynchronousTestCase):
    """
    Which links are broken, and why.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def check(self, root: Resource, link: str) -> list[str]:
        """
        Check a link.

        :returns: the broken ones.
        """
        checker = LinkChecker(client_of(root), Clock())
        return self.successResultOf(checker.check_links([link]))

    def failed_downloads(self) -> list[Fields]:
        """
        List the messages that end downloads that have failed.
        """
        downloads = of_type(self.messages, "checker:download")
        return [each for each in downloads if each["action_status"] == "failed"]

    def test_circle(self) -> None:
        """
        A link that leads round in a circle is followed for a while, and then is broken.
        """
        link = "http://example.com/circle"
        self.assertEqual(self.check(Circle(), link), [link])
        failed = self.failed_downloads()
        self.assertEqual(
            [each["exception"] for each in failed], ["examples.demo.checker.TooManyRedirects"] * 6
        )

    def test_leads_nowhere(self) -> None:
        """
        A status that is neither good nor bad is no redirect where it leads nowhere.
        """
        self.assertEqual(self.check(NotModified(), "http://example.com/"), [])

    def test_timeout(self) -> None:
        """
        A link is broken after one second without an answer, and not before.
        """
        clock = Clock()
        link = "http://example.com/archive"
        checked = LinkChecker(client_of(all_pages(clock)), clock).check_links([link])
        clock.advance(0.99)
        self.assertNoResult(checked)
        clock.advance(0.01)
        self.assertEqual(self.successResultOf(checked), [link])
        (failed,) = self.failed_downloads()
        self.assertEqual(failed["reason"], "no answer within 1 s")

    def test_no_links(self) -> None:
        """
        Where there is nothing to check, nothing is broken.
        """
        checker = LinkChecker(client_of(Circle()), Clock())
        self.assertEqual(self.successResultOf(checker.check_links([])), [])
