"""
Requests as actions, without agents.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionLost, ConnectionRefusedError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers

from eliot import start_action
from eliot._ids import parse
from eliot.twisted._request_out import RequestOptions, RequestOut
from tests.helpers import Fields, level_of, of_type, record, said
from tests.twisted.agents import FakeResponse, as_response

URL = b"http://user:password@example.com/path?secret=1"


class RequestOutTests(SynchronousTestCase):
    """
    The life of a request.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def request(
        self, headers: Headers | None = None, options: RequestOptions | None = None
    ) -> RequestOut:
        """
        Make a request.
        """
        return RequestOut(b"GET", URL, headers, options or RequestOptions())

    def sent(self, request: RequestOut, name: str = "X-Eliot-Task-Id") -> list[str]:
        """
        Get the values of a header to send.
        """
        return list(request.headers.getRawHeaders(name, []))

    def requests(self) -> list[Fields]:
        """
        Get the messages that start and end requests.
        """
        return of_type(self.messages, "eliot:http_request")

    def test_start(self) -> None:
        """
        The action starts inside the current one, with the method and the address, without what is
        secret in that.
        """
        with start_action(action_type="outer") as outer:
            self.request()
        start = self.requests()[0]
        self.assertEqual(said(start), {"method": "GET", "url": "http://example.com/path"})
        self.assertEqual(start["task_uuid"], outer.task_uuid)
        self.assertEqual(level_of(start), [2, 1])

    def test_task(self) -> None:
        """
        Outside of all actions, it is a task.
        """
        self.request()
        self.assertEqual(level_of(self.requests()[0]), [1])

    def test_asked_for(self) -> None:
        """
        The query and some headers are logged if that is asked for.
        """
        headers = Headers({b"Accept": [b"a", b"\xff"], b"Authorization": [b"secret"]})
        self.request(headers, RequestOptions("mine", query=True, headers=("accept", "X-No")))
        (start,) = of_type(self.messages, "mine")
        self.assertEqual(start["url"], "http://example.com/path?secret=1")
        self.assertEqual(start["headers"], {"accept": ["a", "\\xff"], "X-No": []})

    def test_headers(self) -> None:
        """
        Headers are sent that say where the task goes on: in the action; those that were given are
        sent as well, and stay as they are.
        """
        given = Headers({"Accept": ["a"], "X-Eliot-Task-Id": ["old"], "traceparent": ["old"]})
        request = self.request(given)
        (task_id,) = self.sent(request)
        self.assertEqual(parse(task_id), (request.action.task_uuid, [2]))
        (traceparent,) = self.sent(request, "traceparent")
        self.assertIn(request.action.task_uuid.replace("-", ""), traceparent)
        self.assertEqual(self.sent(request, "Accept"), ["a"])
        self.assertEqual(given.getRawHeaders("X-Eliot-Task-Id"), ["old"])

    def test_not_propagated(self) -> None:
        """
        No headers are sent, and no place is taken, if that is not wanted.
        """
        request = self.request(None, RequestOptions(propagate=False))
        request.answered(as_response(FakeResponse(length=0)))
        self.assertEqual(list(request.headers.getAllRawHeaders()), [])
        self.assertEqual([level_of(each) for each in self.messages], [[1], [2]])

    def test_predicate(self) -> None:
        """
        A function can decide that for each address.  If it raises, nothing is sent, and the
        action says why.
        """
        asked = []

        def ours(url: str) -> bool:
            asked.append(url)
            return url.startswith("http://example.com/")

        def broken(url: str) -> bool:
            raise ZeroDivisionError(url)

        self.assertEqual(len(self.sent(self.request(None, RequestOptions(propagate=ours)))), 1)
        self.assertEqual(asked, ["http://example.com/path"])
        request = self.request(None, RequestOptions(propagate=broken))
        self.assertEqual(self.sent(request), [])
        (traceback,) = of_type(self.messages, "eliot:traceback")
        self.assertEqual(traceback["task_uuid"], request.action.task_uuid)

    def test_shared(self) -> None:
        """
        What is sent can be good for any number of those who read it.
        """
        request = self.request(None, RequestOptions(shared=True))
        (task_id,) = self.sent(request)
        self.assertTrue(task_id.endswith("@/2/"))
        request.answered(as_response(FakeResponse()))
        self.assertEqual(of_type(self.messages, "eliot:not_continued"), [])

    def test_succeeded(self) -> None:
        """
        The end says the status, how much came, and how long it took.  A body of which nobody
        knows where it ends has ended with the connection.
        """
        for reason in (ResponseDone(), PotentialDataLoss()):
            request = self.request()
            request.answered(as_response(FakeResponse(404)))
            self.assertTrue(request.begin_reading())
            request.got(b"abc")
            request.got(b"de")
            request.body_ended(Failure(reason))
            end = self.requests()[-1]
            self.assertEqual(end["action_status"], "succeeded")
            self.assertIsInstance(end.pop("eliot:duration"), float)
            self.assertEqual(said(end), {"status": 404, "bytes": 5})

    def test_lost(self) -> None:
        """
        The action fails if the connection is lost before the end, and says how far it has come.
        """
        request = self.request()
        request.answered(as_response(FakeResponse()))
        request.begin_reading()
        request.got(b"abc")
        request.body_ended(Failure(ConnectionLost()))
        end = self.requests()[-1]
        self.assertEqual((end["status"], end["bytes"]), (200, 3))
        self.assertEqual(end["exception"], "twisted.internet.error.ConnectionLost")

    def test_no_body(self) -> None:
        """
        Where there is no body, it ends with the answer; reading nothing is no part of it.
        """
        request = self.request()
        request.answered(as_response(FakeResponse(204, length=0)))
        self.assertFalse(request.begin_reading())
        self.assertEqual(self.requests()[-1]["bytes"], 0)

    def test_redirects(self) -> None:
        """
        It ends with an answer that redirects; but not with one that does not say where to.
        """
        request = self.request()
        request.answered(as_response(FakeResponse(302)))
        self.assertEqual(len(self.requests()), 1)
        request = self.request()
        request.answered(as_response(FakeResponse(302, headers={"location": "/"})))
        end = self.requests()[-1]
        self.assertEqual((end["status"], "bytes" in end), (302, False))

    def test_abandoned(self) -> None:
        """
        It ends if nobody will read the body; while somebody reads it, it does not.
        """
        request = self.request()
        request.answered(as_response(FakeResponse()))
        request.begin_reading()
        request.abandoned()
        self.assertEqual(len(self.requests()), 1)
        request = self.request()
        request.answered(as_response(FakeResponse()))
        request.abandoned()
        end = self.requests()[-1]
        self.assertEqual((end["action_status"], "bytes" in end), ("succeeded", False))

    def test_ends_once(self) -> None:
        """
        Whatever comes after the end is not logged.
        """
        request = self.request()
        request.answered(as_response(FakeResponse()))
        request.begin_reading()
        request.body_ended(Failure(ResponseDone()))
        before = len(self.messages)
        request.fail(ValueError())
        request.abandoned()
        request.body_ended(Failure(ResponseDone()))
        self.assertEqual(len(self.messages), before)

    def test_no_secrets(self) -> None:
        """
        The secrets of the address are not in what the failure says.
        """
        self.request().fail(ValueError(URL))
        self.assertNotIn("secret", str(self.requests()))
        self.assertNotIn("password", str(self.requests()))


class PlaceTests(SynchronousTestCase):
    """
    What stands in the place that the other side was told of.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def request(self) -> RequestOut:
        """
        Make a request.
        """
        return RequestOut(b"GET", URL, None, RequestOptions())

    def not_continued(self) -> list[Fields]:
        """
        Get the messages that stand in such places.
        """
        return of_type(self.messages, "eliot:not_continued")

    def answered(self, template: str | None) -> list[Fields]:
        """
        Have a request answered.

        :param template: what the answer says of where it was logged.
        :returns: what then stands in the place.
        """
        request = self.request()
        (task_id,) = request.headers.getRawHeaders("X-Eliot-Task-Id", [])
        headers = {}
        if template is not None:
            headers["X-Eliot-Task-Id"] = template.format(
                task_id=task_id, task=request.action.task_uuid
            )
        before = len(self.not_continued())
        request.answered(as_response(FakeResponse(headers=headers)))
        return self.not_continued()[before:]

    def test_continued(self) -> None:
        """
        Nothing, where the answer says that the other side has gone on there.
        """
        for answer in ("{task_id}", "{task_id}/", "{task_id}/3", "{task}", "{task}@/"):
            self.assertEqual(self.answered(answer), [])

    def test_not_continued(self) -> None:
        """
        A message, where the answer says nothing.
        """
        (message,) = self.answered(None)
        self.assertEqual(level_of(message), [2])
        self.assertEqual(said(message), {})

    def test_elsewhere(self) -> None:
        """
        A message that says where the request was logged, if that is in another task, or in
        another place; what is said of that is bounded.
        """
        for answer in ("other@/1", "{task_id}5", "{task}@/7", "garbage"):
            (message,) = self.answered(answer)
            self.assertEqual(level_of(message), [2])
            self.assertIsInstance(message["remote_task_id"], str)
        (message,) = self.answered("x" * 100_000)
        self.assertLess(len(str(message)), 1000)

    def test_not_sent(self) -> None:
        """
        A message, if nobody has been reached.
        """
        self.request().fail(ConnectionRefusedError())
        self.request().fail(ValueError(), unsent=True)
        self.assertEqual(len(self.not_continued()), 2)

    def test_unknown(self) -> None:
        """
        Nothing, if nobody knows whether the other side has got the request: readers shall miss
        what it logs.
        """
        self.request().fail(Failure(CancelledError()))
        self.assertEqual(self.not_continued(), [])

    def test_taken_over(self) -> None:
        """
        A request that is made for another one, and with its headers, is in the place that this
        one has meant for the other side: the first time.
        """
        outer = self.request()
        with outer.action.context():
            levels = [
                RequestOut(b"GET", URL, outer.headers, RequestOptions()).action.task_level
                for _ in range(2)
            ]
        self.assertEqual(levels, [[2], [3]])
        outer.answered(as_response(FakeResponse()))
        self.assertEqual(self.not_continued(), [])

    def test_not_taken_over(self) -> None:
        """
        A request with other headers is not, nor is one that sends them on.
        """
        outer = self.request()
        with outer.action.context():
            for headers, options in (
                (None, RequestOptions()),
                (outer.headers, RequestOptions(propagate=False)),
            ):
                inner = RequestOut(b"GET", URL, headers, options)
                self.assertGreater(inner.action.task_level, [2])
        outer.answered(as_response(FakeResponse()))
        self.assertEqual([level_of(each) for each in self.not_continued()], [[2]])
