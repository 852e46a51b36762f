"""
The link checker without Twisted, against a server in this process.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import ActionNode, read_tasks
from tests.examples.running import EXAMPLES, read_log, run
from tests.helpers import scratch


class Handler(BaseHTTPRequestHandler):
    """
    Knows one page, which is ``/``.
    """

    def do_GET(self) -> None:
        """
        Answer a request.
        """
        found = self.path == "/"
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """
        Keep quiet.
        """


class LinkcheckTests(SynchronousTestCase):
    """
    What the script says, and what it logs.
    """

    def setUp(self) -> None:
        """
        Serve pages on a free port.
        """
        self.folder = scratch(self)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.site = f"http://127.0.0.1:{server.server_port}"

    def root(self) -> ActionNode:
        """
        Read the one task that was logged.
        """
        (task,) = read_tasks(read_log(self.folder / "linkcheck.log"))
        self.assertTrue(task.is_complete)
        return task.root

    def check(self, *links: str) -> tuple[int, str, str]:
        """
        Run the script.

        :returns: its exit status, output and errors.
        """
        script = run(self.folder, str(EXAMPLES / "linkcheck.py"), *links)
        return script.returncode, script.stdout, script.stderr

    def test_valid(self) -> None:
        """
        Where all links are valid, the check succeeds, with one download for each link.
        """
        links = [f"{self.site}/", f"{self.site}/"]
        self.assertEqual(self.check(*links), (0, "", ""))
        root = self.root()
        self.assertEqual((root.type, root.status), ("check_links", "succeeded"))
        self.assertEqual(root.start and root.start.fields["urls"], links)
        downloads = list(root.actions.values())
        self.assertEqual([each.type for each in downloads], ["download"] * 2)
        self.assertEqual([each.end and each.end.fields["bytes"] for each in downloads], [2, 2])

    def test_broken(self) -> None:
        """
        A broken link is the end of the check, which fails as the download does.
        """
        links = [f"{self.site}/", f"{self.site}/nope", f"{self.site}/"]
        self.assertEqual(self.check(*links), (1, "", "Not all links were valid.\n"))
        root = self.root()
        self.assertEqual(root.status, "failed")
        assert root.end is not None
        self.assertEqual(root.end.fields["exception"], "builtins.ValueError")
        good, bad = root.actions.values()
        self.assertEqual((good.status, bad.status), ("succeeded", "failed"))
        assert bad.end is not None
        self.assertEqual(bad.end.fields["exception"], "urllib.error.HTTPError")
        self.assertIn("404", str(bad.end.fields["reason"]))

    def test_no_link(self) -> None:
        """
        What is no link at all is a link that is not valid.
        """
        self.assertEqual(self.check("nonsense"), (1, "", "Not all links were valid.\n"))
        (download,) = self.root().actions.values()
        assert download.end is not None
        self.assertEqual(download.end.fields["exception"], "builtins.ValueError")
