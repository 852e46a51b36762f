"""
Tests of the actions of requests.
"""

from __future__ import annotations

import gc
import sys
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.interfaces import IAddress
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http_headers import Headers
from twisted.web.server import Request
from twisted.web.test.requesthelper import DummyChannel

from eliot import start_task
from eliot._propagation import TASK_ID_HEADER, TRACEPARENT_HEADER
from eliot.twisted._answer import Asked, ErrorStatus
from eliot.twisted._trust import MEMORY, all_places
from tests.helpers import Fields, fresh_destinations, of_type, record, said, text_of

#: How requests are logged if nothing else is asked for.
USUAL = Asked(False, "answer", False, (), True)


def request_for(
    uri: bytes = b"/", method: bytes = b"GET", headers: Headers | None = None
) -> Request:
    """
    Make a request that has come.
    """
    request = Request(DummyChannel(), False)
    request.method, request.uri = method, uri
    request.path = uri.partition(b"?")[0]
    if headers is not None:
        request.requestHeaders = headers
    return request


class AskedTests(SynchronousTestCase):
    """
    The start of the action of a request.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def started(self, request: Request, asked: Asked = USUAL) -> Fields:
        """
        Start an action.

        :returns: what its start message says.
        """
        self.messages.clear()
        asked.begin(request)
        return said(self.messages[0])

    def test_fields(self) -> None:
        """
        It says what was requested, and by whom, but neither the query nor any header.
        """
        request = request_for(b"/a%20b?password=x", b"POST", Headers({"Cookie": ["secret"]}))
        self.assertEqual(
            self.started(request), {"method": "POST", "path": "/a%20b", "peer": "192.168.1.1:12344"}
        )

    def test_query(self) -> None:
        """
        The query is there if it is asked for, and the request has one.
        """
        asked = USUAL._replace(query=True)
        self.assertEqual(self.started(request_for(b"/?a=b?c"), asked)["query"], "a=b?c")
        self.assertEqual(self.started(request_for(b"/?"), asked)["query"], "")
        self.assertNotIn("query", self.started(request_for(b"/"), asked))

    def test_headers(self) -> None:
        """
        So are the headers that are asked for, each with all its values.
        """
        headers = Headers({b"User-Agent": [b"Gull"], b"Accept": [b"a", b"\xff"], b"Cookie": [b"c"]})
        asked = USUAL._replace(headers=("user-agent", "Accept", "Origin"))
        self.assertEqual(
            self.started(request_for(headers=headers), asked)["headers"],
            {"user-agent": ["Gull"], "Accept": ["a", "\\xff"]},
        )

    def test_odd_bytes(self) -> None:
        """
        Bytes that are no text are shown as escapes.
        """
        started = self.started(request_for(b"/\xff\xc3\xa4", b"G\xfe"))
        self.assertEqual((started["path"], started["method"]), ("/\\xffä", "G\\xfe"))

    def test_credentials(self) -> None:
        """
        Where the path is a whole URL, as for a proxy, or a host, as for a tunnel, the user and the
        password in it are left out.
        """
        for uri, path in {
            b"http://user:secret@example.com/a@b?c@d": "http://example.com/a@b",
            b"https://a@b:secret@example.com": "https://example.com",
            b"user:secret@example.com:443": "example.com:443",
            b"http://example.com/@": "http://example.com/@",
            b"/user:password@host": "/user:password@host",
            b"//user:password@host": "//user:password@host",
            b"*": "*",
        }.items():
            self.assertEqual(self.started(request_for(uri))["path"], path)

    def test_incident_id(self) -> None:
        """
        The response says where the request is found, unless that is not wanted.
        """
        request = request_for()
        answer = USUAL.begin(request)
        told = [f"{answer.task_uuid}@/"]
        self.assertEqual(request.responseHeaders.getRawHeaders(TASK_ID_HEADER), told)
        request = request_for()
        USUAL._replace(incident_id=False).begin(request)
        self.assertIsNone(request.responseHeaders.getRawHeaders(TASK_ID_HEADER))

    def test_trusted_caller(self) -> None:
        """
        Whoever is trusted, and gone on with, is told in any case.
        """
        caller = start_task(action_type="caller")
        headers: Headers = Headers({TASK_ID_HEADER.encode(): [caller.serialize_task_id()]})
        request = request_for(headers=headers)
        USUAL._replace(trusted=True, incident_id=False).begin(request)
        told = [f"{caller.task_uuid}@/2"]
        self.assertEqual(request.responseHeaders.getRawHeaders(TASK_ID_HEADER), told)

    def test_long(self) -> None:
        """
        What is very long is cut.
        """
        asked = USUAL._replace(query=True, headers=["A"])
        headers: Headers = Headers({b"A": [b"c" * 10_000]})
        started = self.started(
            request_for(b"/" + b"a" * 9_999 + b"?" + b"b" * 10_000, headers=headers), asked
        )
        self.assertEqual(len(repr(started)) // 1000, 6)
        self.assertIn("(10000 characters)", str(started["path"]))

    def test_request_raises(self) -> None:
        """
        A request of somebody else's that cannot be described is an action all the same, in which
        that is told.
        """

        class Odd(Request):
            def getClientAddress(self) -> IAddress:  # noqa: N802
                raise ZeroDivisionError("nowhere")

        request = Odd(DummyChannel(), False)
        request.method, request.path = b"GET", b"/"
        answer = USUAL.begin(request)
        start, traceback = self.messages
        self.assertEqual(said(start), {})
        self.assertEqual(traceback["task_uuid"], answer.task_uuid)
        self.assertEqual(traceback["reason"], "nowhere")


class EndTests(SynchronousTestCase):
    """
    The end of the action of a request.
    """

    def setUp(self) -> None:
        """
        Begin.
        """
        self.messages = record(self)
        self.request = request_for()
        self.answer = USUAL.begin(self.request)

    def ended(self) -> Fields:
        """
        End the action.

        :returns: its end message.
        """
        self.answer.end(self.request)
        _, end = self.messages
        self.assertGreaterEqual(float(str(end.pop("eliot:duration"))), 0)
        return end

    def test_succeeded(self) -> None:
        """
        The end message says how it was answered, and what else was to be said.
        """
        self.request.startedWriting = 1
        self.request.code, self.request.sentLength = 404, 12
        self.answer.add_success_fields(ferry="Gull")
        end = self.ended()
        self.assertEqual(end["action_status"], "succeeded")
        self.assertEqual(said(end), {"status": 404, "bytes": 12, "ferry": "Gull"})

    def test_cause(self) -> None:
        """
        So it does where the action has failed.
        """
        self.request.startedWriting = 1
        self.request.code = 500
        self.answer.cause = ZeroDivisionError("oh")
        end = self.ended()
        self.assertEqual(end["action_status"], "failed")
        self.assertEqual(
            said(end),
            {
                "status": 500,
                "bytes": 0,
                "exception": "builtins.ZeroDivisionError",
                "reason": "oh",
            },
        )
        self.assertIsNone(self.answer.cause)

    def test_error_status(self) -> None:
        """
        With a status of 500 or above it has failed, also if nobody knows why.
        """
        self.request.startedWriting = 1
        self.request.setResponseCode(503)
        end = self.ended()
        self.assertEqual(end["exception"], "eliot.twisted.web.ErrorStatus")
        self.assertEqual((end["reason"], end["status"]), ("503 Service Unavailable", 503))

    def test_nothing_sent(self) -> None:
        """
        Where nothing was sent, there is no status.
        """
        self.assertEqual(said(self.ended()), {"bytes": 0})

    def test_odd_status(self) -> None:
        """
        A status may be anything that somebody has set.
        """
        self.request.startedWriting = 1
        self.request.code = "odd"  # type: ignore[assignment]
        self.assertEqual(said(self.ended()), {"status": "odd", "bytes": 0})

    def test_once(self) -> None:
        """
        It ends once.
        """
        self.ended()
        self.answer.end(self.request)
        self.assertEqual(len(self.messages), 2)

    def test_exception(self) -> None:
        """
        The exception knows the status.
        """
        self.assertEqual(ErrorStatus(502, "Bad Gateway").status, 502)


#: What a stranger may put into a header: anything, or something that is nearly right.
HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=20).map(lambda data: data * 500),
    st.from_regex(rb"[0-9a-f]{0,40}@?(/[0-9]{0,20}){0,4}/?", fullmatch=True),
    st.from_regex(rb"[0-9a-f]{2}-[0-9a-f]{31,33}-[0-9a-f]{15,17}-[0-9a-f]{2}", fullmatch=True),
)


class HostileTests(SynchronousTestCase):
    """
    Headers of strangers.
    """

    @given(st.lists(HOSTILE, max_size=3), st.lists(HOSTILE, max_size=3), st.booleans())
    def test_any(self, task_ids: list[bytes], traceparents: list[bytes], trusted: bool) -> None:
        """
        Whatever the headers are, the request is an action, and what is said of them is short.
        """
        messages = record(self)
        headers: Headers = Headers(
            {TASK_ID_HEADER.encode(): task_ids, TRACEPARENT_HEADER.encode(): traceparents}
        )
        request = request_for(headers=headers)
        answer = USUAL._replace(trusted=trusted).begin(request)
        self.assertEqual(messages[0]["task_uuid"], answer.task_uuid)
        for told in of_type(messages, "eliot:malformed_task_id"):
            self.assertLess(len(text_of(told, "reason")), 1_500)
            self.assertTrue(text_of(told, "reason").isascii())
            self.assertTrue(text_of(told, "reason").isprintable())
        answer.end(request)
        self.assertEqual(messages[-1]["action_status"], "succeeded")
        self.doCleanups()

    def test_no_growth(self) -> None:
        """
        A hundred thousand of them leave nothing behind, also if they are trusted.
        """
        random = Random(6)
        asked = USUAL._replace(trusted=True)
        good = b"0af76519-16cd-43dd-8448-eb211c80319c@/2/3"
        fresh_destinations(self).add(lambda message: None)
        request = request_for()

        def ask(times: int) -> None:
            for _ in range(times):
                task_id = bytearray(good)
                for _ in range(random.randrange(3)):
                    task_id[random.randrange(len(task_id))] = random.randrange(32, 256)
                headers = request.requestHeaders
                headers.setRawHeaders(TASK_ID_HEADER, [bytes(task_id)] * random.choice([1, 1, 2]))
                headers.setRawHeaders(TRACEPARENT_HEADER, [random.randbytes(20)])
                asked.begin(request).end(request)

        # It remembers no more than that of any number.
        for number in range(1, MEMORY + 1):
            all_places.take(f"full@/{number}")
        ask(1_000)
        gc.collect()
        before = sys.getallocatedblocks()
        ask(99_000)
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 2_000)
