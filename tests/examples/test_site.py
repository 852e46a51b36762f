"""
The demo's web site, in memory.
"""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http_headers import Headers

from eliot import start_task
from examples.demo import TASK_ID_HEADER
from examples.demo.site import all_pages
from tests.examples.memory import client_of
from tests.helpers import Fields, level_of, of_type, record


class SiteTests(SynchronousTestCase):
    """
    How requests are answered and logged.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)
        self.http = client_of(all_pages(Clock()))

    def get(self, path: str, task_id: bytes | None = None) -> tuple[int, Fields, Fields]:
        """
        Request a page.

        :param path: which.
        :param task_id: what the client says it works on.
        :returns: the status of the answer, and the messages that start and end the request.
        """
        headers: Headers = Headers({} if task_id is None else {TASK_ID_HEADER: [task_id]})
        response = self.successResultOf(
            self.http.get(f"http://example.com{path}", headers=headers, allow_redirects=False)
        )
        start, end = of_type(self.messages, "site:request")
        return response.code, start, end

    def test_continues(self) -> None:
        """
        A request that says which task it belongs to is logged at that very place.
        """
        client = start_task(action_type="client")
        status, start, end = self.get("/", client.serialize_task_id())
        self.assertEqual(status, 200)
        self.assertEqual(start["task_uuid"], client.task_uuid)
        self.assertEqual((level_of(start), level_of(end)), ([2, 1], [2, 2]))

    def test_no_task(self) -> None:
        """
        One that does not say is a task of its own.
        """
        status, start, end = self.get("/about")
        self.assertEqual(status, 200)
        self.assertEqual((level_of(start), level_of(end)), ([1], [2]))
        self.assertNotIn("ignored_task_id", start)

    def test_malformed(self) -> None:
        """
        One that says nonsense gets its answer and is a task of its own, which says what was wrong.
        """
        status, start, _ = self.get("/", b"nonsense")
        self.assertEqual(status, 200)
        self.assertEqual(level_of(start), [1])
        self.assertIn("nonsense", str(start["ignored_task_id"]))

    def test_missing(self) -> None:
        """
        A page that is not there is answered with 404, also below one that is.
        """
        status, _, end = self.get("/about/nothing")
        self.assertEqual(status, 404)
        self.assertEqual((end["action_status"], end["status"]), ("succeeded", 404))

    def test_failure(self) -> None:
        """
        An exception in the site's code is answered with 500, and is why the request has failed.
        """
        status, _, end = self.get("/offers")
        self.assertEqual(status, 500)
        self.assertEqual(end["exception"], "builtins.ZeroDivisionError")
