"""
The demo, run for real: two processes, whose logs tell one story.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, ActionNode, Gap, Message, draw_task
from tests.examples.running import run, run_demo
from tests.helpers import scratch


def fields_of(message: Message | None) -> dict[str, JSON]:
    """
    Get the fields of a message that must be there.
    """
    assert message is not None
    return message.fields


def path_of(download: ActionNode) -> str:
    """
    Say which page was downloaded; where nobody listens there is none.
    """
    url = fields_of(download.start)["url"]
    assert isinstance(url, str)
    return urlsplit(url).path


class DemoTests(SynchronousTestCase):
    """
    What the two logs say.
    """

    def setUp(self) -> None:
        """
        Find the root, and the downloads of the links.
        """
        self.demo = run_demo()
        (self.task,) = self.demo.tasks()
        self.root = self.task.root
        self.downloads = list(self.root.actions.values())

    def download(self, path: str) -> ActionNode:
        """
        Find the download of a page on the site.
        """
        (found,) = [each for each in self.downloads[:-1] if path_of(each) == path]
        return found

    def request(self, download: ActionNode) -> ActionNode:
        """
        Find the one request that a download has caused.
        """
        (found,) = [each for each in download.actions.values() if each.type == "site:request"]
        return found

    def assert_failed(self, action: ActionNode, exception: str, reason: str) -> None:
        """
        Assert that an action has failed, and says why.
        """
        self.assertEqual(action.status, "failed")
        fields = fields_of(action.end)
        self.assertEqual((fields["exception"], fields["reason"]), (exception, reason))

    def test_one_task(self) -> None:
        """
        All messages of both processes belong to one task, whose root is the check.
        """
        self.assertEqual(self.root.type, "checker:check_links")
        logged = self.demo.checker + self.demo.site
        self.assertEqual(len(list(self.task.messages())), len(logged))
        self.assertEqual({each.task_uuid for each in logged}, {self.task.task_uuid})

    def test_two_processes(self) -> None:
        """
        Each process has logged its own part, to a file of its own.
        """
        for log, prefix in ((self.demo.checker, "checker:"), (self.demo.site, "site:")):
            self.assertGreater(len(log), 0)
            self.assertEqual([each for each in log if not each.type.startswith(prefix)], [])

    def test_unique(self) -> None:
        """
        No two messages have the same place.
        """
        levels = [each.level for each in self.demo.checker + self.demo.site]
        self.assertEqual(len(set(levels)), len(levels))

    def test_nothing_lost(self) -> None:
        """
        All that was started has ended, and its end is in the file, although one of the processes
        was ended by a signal.
        """
        for log in (self.demo.checker, self.demo.site):
            started = [each.level[:-1] for each in log if each.status == "started"]
            ended = [each.level[:-1] for each in log if each.status in {"succeeded", "failed"}]
            self.assertEqual(sorted(started), sorted(ended))

    def test_joined(self) -> None:
        """
        What the site did for a link stands right below what the checker did with it.
        """
        for download in self.downloads[:-1]:
            request = fields_of(self.request(download).start)
            self.assertEqual(request["path"], path_of(download))

    def test_good_pages(self) -> None:
        """
        What is there has been downloaded.
        """
        for path in ("/", "/about"):
            download = self.download(path)
            self.assertEqual(download.status, "succeeded")
            self.assertEqual(fields_of(self.request(download).end)["status"], 200)

    def test_redirect(self) -> None:
        """
        Where a page is elsewhere, the download of that is a part of the first one.
        """
        download = self.download("/info")
        self.assertEqual(fields_of(self.request(download).end)["status"], 302)
        (further,) = [each for each in download.actions.values() if each.type == "checker:download"]
        self.assertEqual(path_of(further), "/about")
        self.assertEqual(fields_of(self.request(further).end)["status"], 200)

    def test_not_found(self) -> None:
        """
        A page that does not exist is a failure of the checker, and none of the site.
        """
        download = self.download("/nowhere")
        self.assert_failed(download, "examples.demo.checker.BadStatus", "404 Not Found")
        request = self.request(download)
        self.assertEqual(request.status, "succeeded")
        self.assertEqual(fields_of(request.end)["status"], 404)

    def test_error_of_the_site(self) -> None:
        """
        Below a status of 500 stands the exception that caused it, where it was raised.
        """
        download = self.download("/offers")
        self.assert_failed(download, "examples.demo.checker.BadStatus", "500 Internal Server Error")
        request = self.request(download)
        (average,) = request.actions.values()
        for action in (request, average):
            self.assert_failed(action, "builtins.ZeroDivisionError", "division by zero")
        self.assertEqual(fields_of(average.start)["prices"], [])

    def test_timeout(self) -> None:
        """
        A page that is too slow fails on both sides, and the site says that the client has left.
        """
        download = self.download("/archive")
        self.assert_failed(download, "twisted.internet.defer.TimeoutError", "no answer within 1 s")
        request = self.request(download)
        self.assert_failed(request, "twisted.internet.defer.CancelledError", "")
        self.assertEqual(request.messages[2].type, "site:client_left")

    def test_refused(self) -> None:
        """
        Where nobody listens, the place that was kept for the answer is empty.
        """
        download = self.downloads[-1]
        self.assertEqual(download.status, "failed")
        fields = fields_of(download.end)
        self.assertEqual(fields["exception"], "twisted.internet.error.ConnectionRefusedError")
        self.assertIn("refused", str(fields["reason"]))
        places = [child.item for child in download.children()]
        self.assertEqual([each for each in places if isinstance(each, Gap)], [Gap(2, 2)])

    def test_result(self) -> None:
        """
        The check succeeds: its result is which links are broken.
        """
        self.assertEqual(self.root.status, "succeeded")
        links = [fields_of(each.start)["url"] for each in self.downloads]
        self.assertEqual(fields_of(self.root.start)["links"], links)
        self.assertEqual(fields_of(self.root.end)["broken"], links[-4:])

    def test_prints_tree(self) -> None:
        """
        The tree is printed, as both logs together give it, and then where they are.
        """
        self.assertIn("\n".join(draw_task(self.task)), self.demo.output)
        self.assertTrue(
            self.demo.output.endswith("    demo-logs/checker.log\n    demo-logs/site.log\n")
        )


class FailureTests(SynchronousTestCase):
    """
    What the demo says when it cannot run.
    """

    def test_no_folder(self) -> None:
        """
        Where the folder cannot be made, the demo says so, and ends.
        """
        folder = scratch(self)
        (folder / "taken").touch()
        demo = run(folder, "-m", "examples.demo", "taken")
        self.assertEqual((demo.returncode, demo.stdout), (1, ""))
        self.assertRegex(demo.stderr, "^The demo has failed. .*'taken'\n$")
