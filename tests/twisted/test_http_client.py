"""
The client of treq whose requests are actions, with real connections.
"""

from __future__ import annotations

import gc
import gzip
import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, cast

import treq
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase
from twisted.web.client import ResponseFailed, ResponseNeverReceived
from twisted.web.http_headers import Headers
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request

from eliot import Action, current_action, start_action
from eliot.parse import Parser, Task
from eliot.read import JSON
from eliot.twisted.client import LoggedHTTPClient
from tests.helpers import Fields, level_of, of_type, record
from tests.twisted.agents import address_of, real_agent


class Page(Resource):
    """
    What a function answers.
    """

    isLeaf = True  # noqa: N815 (Twisted's name)

    def __init__(self, answer: Callable[[Request], bytes | int]) -> None:
        Resource.__init__(self)
        self._answer = answer

    def render(self, request: Request) -> bytes | int:
        """
        Answer a request.
        """
        return self._answer(request)


def trees(messages: list[Fields]) -> list[Task]:
    """
    Put messages together.
    """
    return list(Parser.parse_stream(cast("list[Mapping[str, JSON]]", messages)))


class LoggedHTTPClientTests(TestCase):
    """
    Requests to a site in this process.
    """

    timeout = 60

    def setUp(self) -> None:
        """
        Record what is logged, and serve a site.
        """
        self.messages = record(self)
        self.root = Resource()
        self.address = address_of(self, self.root)
        self.client = LoggedHTTPClient(real_agent())

    def page(self, path: str, answer: Callable[[Request], bytes | int]) -> str:
        """
        Serve a page.

        :returns: its address.
        """
        self.root.putChild(path.encode(), Page(answer))
        return f"{self.address}/{path}"

    def ends(self) -> list[Fields]:
        """
        Get the messages that end requests.
        """
        return [
            each
            for each in of_type(self.messages, "eliot:http_request")
            if each["action_status"] != "started"
        ]

    def test_surface(self) -> None:
        """
        It is a client of treq, and takes what that takes.
        """
        self.assertIsInstance(self.client, HTTPClient)
        jar = self.client._cookiejar
        made = LoggedHTTPClient(real_agent(), jar, data_to_body_producer=lambda _: None)
        self.assertIs(made._cookiejar, jar)

    async def test_methods(self) -> None:
        """
        Each method is a request, an action inside the current one, which has its method.
        """

        def echo(request: Request) -> bytes:
            assert request.content is not None
            content: bytes = request.content.read()
            return request.method + b" " + content

        url = self.page("echo", echo)
        with start_action(action_type="outer"):
            for name in ("get", "head", "put", "post", "patch", "delete"):
                response = await getattr(self.client, name)(url)
                expected = b"" if name == "head" else f"{name.upper()} ".encode()
                self.assertEqual(await response.content(), expected)
            response = await self.client.request("REPORT", url, data=b"abc")
            self.assertEqual(await response.text(), "REPORT abc")
        starts = [each for each in self.messages if each.get("method")]
        methods = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "REPORT"]
        self.assertEqual([each["method"] for each in starts], methods)
        self.assertEqual([len(level_of(each)) for each in starts], [2] * 7)
        self.assertEqual([each["bytes"] for each in self.ends()], [4, 0, 4, 5, 6, 7, 10])

    async def test_arguments(self) -> None:
        """
        Parameters, forms, files, JSON, headers, cookies and passwords arrive; nothing of them is
        logged.
        """
        seen: list[tuple[dict[str, Any], bytes, bytes]] = []

        def look(request: Request) -> bytes:
            assert request.content is not None
            headers = {
                name.decode().lower(): values[0]
                for name, values in request.requestHeaders.getAllRawHeaders()
            }
            seen.append((headers, request.uri, request.content.read()))
            return b""

        url = self.page("look", look)
        await self.client.post(
            url,
            params={"q": "secret"},
            json={"a": "secret"},
            headers=Headers({"X-Mine": ["secret"]}),
            cookies={"biscuit": "secret"},
            auth=("user", "secret"),
        )
        file: Any = BytesIO(b"secret")
        await self.client.post(url, files={"f": ("secret", "text/plain", file)})
        await self.client.post(url, data={"a": "secret"})
        headers, uri, content = seen[0]
        self.assertEqual((uri, json.loads(content)), (b"/look?q=secret", {"a": "secret"}))
        self.assertEqual(headers["x-mine"], b"secret")
        self.assertIn(b"biscuit", headers["cookie"])
        self.assertIn(b"Basic", headers["authorization"])
        self.assertIn(b"filename", seen[1][2])
        self.assertEqual(seen[2][2], b"a=secret")
        self.assertNotIn("secret", str(self.messages))

    async def test_reading(self) -> None:
        """
        The action has ended with the body when somebody has that, by the methods of answers and by
        treq's functions.
        """
        url = self.page("json", lambda request: b'{"a": 1}')

        async def ask() -> Any:
            return await self.client.get(url)

        with start_action(action_type="outer"):
            self.assertEqual(await (await ask()).json(), {"a": 1})
            self.assertEqual(await treq.json_content(await ask()), {"a": 1})
            self.assertEqual(await (await ask()).text(), '{"a": 1}')
            self.assertEqual(await treq.text_content(await ask()), '{"a": 1}')
            self.assertEqual(await (await ask()).content(), b'{"a": 1}')
            self.assertEqual(await treq.content(await ask()), b'{"a": 1}')
            self.assertEqual([each["bytes"] for each in self.ends()], [8] * 6)
        self.assertEqual([each.is_complete() for each in trees(self.messages)], [True])

    async def test_again(self) -> None:
        """
        A body that has been read can be read again, as treq has it.
        """
        response = await self.client.get(self.page("again", lambda request: b"abc"))
        self.assertEqual([await response.text() for _ in range(2)], ["abc"] * 2)
        self.assertEqual(len(self.ends()), 1)

    async def test_waiting(self) -> None:
        """
        Plain callbacks on the body run in the action in which somebody began to read it.
        """
        response = await self.client.get(self.page("waiting", lambda request: b"abc"))
        with start_action(action_type="reading").context() as reading:
            waiting = response.text().addCallback(lambda _: current_action())
        self.assertIs(await waiting, reading)

    async def test_streaming(self) -> None:
        """
        Who collects parts does so inside the action, which ends after the last.
        """
        requests: list[Request] = []

        def begin(request: Request) -> int:
            request.write(b"a")
            requests.append(request)
            return NOT_DONE_YET

        url = self.page("stream", begin)
        for collect in (lambda response, to: response.collect(to), treq.collect):
            response = await self.client.get(url, unbuffered=True)
            parts: list[tuple[bytes, Action | None]] = []

            def take(part: bytes, parts: list[tuple[bytes, Action | None]] = parts) -> None:
                parts.append((part, current_action()))
                if part == b"a":
                    requests[-1].write(b"b")
                    requests[-1].finish()

            await collect(response, take)
            self.assertEqual([each[0] for each in parts], [b"a", b"b"])
            actions = {each[1] for each in parts}
            self.assertEqual(len(actions - {None}), 1)
            self.assertEqual(self.ends()[-1]["bytes"], 2)

    async def test_compressed(self) -> None:
        """
        What is counted is what has come, not what it means.
        """
        packed = gzip.compress(b"a" * 10_000)

        def pack(request: Request) -> bytes:
            request.setHeader(b"Content-Encoding", b"gzip")
            return packed

        response = await self.client.get(self.page("packed", pack))
        self.assertEqual(len(await response.content()), 10_000)
        self.assertEqual(self.ends()[0]["bytes"], len(packed))

    async def test_redirects(self) -> None:
        """
        Each hop is an action inside the current one, with an identifier of its own.
        """
        seen: list[str | None] = []

        def moved(request: Request) -> bytes:
            seen.append(request.getHeader("X-Eliot-Task-Id"))
            request.redirect(b"/here")
            return b"moved"

        def here(request: Request) -> bytes:
            seen.append(request.getHeader("X-Eliot-Task-Id"))
            return b"here"

        self.page("here", here)
        url = self.page("moved", moved)
        for like_browsers in (False, True):
            with start_action(action_type="outer") as outer:
                response = await self.client.get(url, browser_like_redirects=like_browsers)
                self.assertEqual(await response.content(), b"here")
            self.assertEqual(len(response.history()), 1)
            task = outer.task_uuid
            self.assertEqual(seen[-2:], [f"{task}@/2/2", f"{task}@/3/2"])
        self.assertEqual([each["status"] for each in self.ends()], [302, 200] * 2)

    async def test_continued(self) -> None:
        """
        Where the other side goes on, and says so, all is one tree, of which nothing is missing.
        """

        def go_on(request: Request) -> bytes:
            task_id = request.getHeader("X-Eliot-Task-Id")
            assert task_id is not None
            with Action.continue_task(task_id=task_id, action_type="served"):
                request.setHeader("X-Eliot-Task-Id", task_id)
                return b"done"

        url = self.page("go_on", go_on)
        with start_action(action_type="outer"):
            for _ in range(3):
                await (await self.client.get(url)).content()
        (task,) = trees(self.messages)
        self.assertTrue(task.is_complete())
        self.assertEqual(len(of_type(self.messages, "served")), 6)
        self.assertEqual(of_type(self.messages, "eliot:not_continued"), [])

    async def test_many(self) -> None:
        """
        Of requests at the same time, each has its own place, and what waits for it sees its own
        action.
        """
        waiting: list[Request] = []

        def hold(request: Request) -> int:
            waiting.append(request)
            if len(waiting) == 20:
                for each in reversed(waiting):
                    each.write(each.uri)
                    each.finish()
            return NOT_DONE_YET

        url = self.page("hold", hold)

        async def ask(number: int) -> None:
            with start_action(action_type="ask", number=number) as asking:
                response = await self.client.get(url, params={"n": str(number)})
                self.assertIs(current_action(), asking)
                self.assertEqual(await response.text(), f"/hold?n={number}")
                self.assertIs(current_action(), asking)

        for each in [Deferred.fromCoroutine(ask(number)) for number in range(20)]:
            await each
        tasks = trees(self.messages)
        self.assertEqual((len(tasks), {each.is_complete() for each in tasks}), (20, {True}))

    async def test_callbacks(self) -> None:
        """
        Plain callbacks on the answer run in the action in which the request was made.
        """
        url = self.page("plain", lambda request: b"")
        with start_action(action_type="outer").context() as outer:
            waiting = self.client.get(url).addCallback(lambda _: current_action())
        self.assertIs(await waiting, outer)

    async def test_timeout(self) -> None:
        """
        A request that takes too long is cancelled, and its action fails.
        """
        clock, come = Clock(), Deferred[Request]()
        pretended: Any = clock

        def hang(request: Request) -> int:
            come.callback(request)
            return NOT_DONE_YET

        url = self.page("hang", hang)
        with start_action(action_type="outer").context():
            waiting = self.client.get(url, timeout=5, reactor=pretended)
        gone = (await come).notifyFinish()
        clock.advance(5)
        await self.assertFailure(waiting, CancelledError, ResponseNeverReceived)
        await gone.addErrback(lambda _: None)
        (end,) = self.ends()
        self.assertEqual(end["action_status"], "failed")

    async def test_lost(self) -> None:
        """
        If the connection is lost in the middle of the body, the action fails.
        """

        def break_off(request: Request) -> int:
            request.setHeader(b"Content-Length", b"100")
            request.write(b"a" * 50)
            assert request.channel is not None
            request.channel.loseConnection()
            return NOT_DONE_YET

        response = await self.client.get(self.page("break_off", break_off))
        await self.assertFailure(response.content(), ResponseFailed)
        end = self.ends()[0]
        self.assertEqual((end["status"], end["bytes"]), (200, 50))
        self.assertEqual(end["exception"], "twisted.web._newclient.ResponseFailed")

    async def test_no_answer(self) -> None:
        """
        If the connection is lost before the answer, the action fails.
        """

        def drop(request: Request) -> int:
            assert request.channel is not None
            request.channel.loseConnection()
            return NOT_DONE_YET

        await self.assertFailure(self.client.post(self.page("drop", drop)), ResponseNeverReceived)
        self.assertEqual(self.ends()[0]["action_status"], "failed")

    async def test_unread(self) -> None:
        """
        If nobody reads the body, the action ends when the answer is gone.
        """
        response = await self.client.get(self.page("unread", lambda request: b"abc"))
        self.assertEqual(self.ends(), [])
        del response
        # Until this coroutine waits again, Twisted holds what it was given.
        await self.client.head(self.page("other", lambda request: b""))
        gc.collect()
        end = self.ends()[0]
        self.assertEqual((end["status"], "bytes" in end), (200, False))
