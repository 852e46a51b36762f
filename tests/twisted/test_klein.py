"""
Tests of logged requests to applications of Klein.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from unittest import skipUnless

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.internet.task import Clock, deferLater
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource
from twisted.web.server import Request

from eliot import current_action, log_message
from eliot.twisted import DeferredContext
from eliot.twisted.web import LoggedSite, in_request, request_action
from tests.helpers import Fields, level_of, of_type, record
from tests.twisted.sites import Connection, Page, request_bytes

KLEIN = find_spec("klein")

if TYPE_CHECKING or KLEIN:
    from klein import Klein


class NoSuchFerry(Exception):
    """
    There is none.
    """


@skipUnless(KLEIN, "Klein is not installed")
class KleinTests(SynchronousTestCase):
    """
    Handlers of all kinds.
    """

    def setUp(self) -> None:
        """
        Make an application.
        """
        self.messages = record(self)
        self.clock = Clock()
        self.app = Klein()
        self.site = LoggedSite(self.app.resource(), reactor=Clock())

    def get(self, path: str = "/") -> bytes:
        """
        Request a page, and wait for a second.
        """
        connection = Connection(self.site)
        connection.send(request_bytes(path))
        self.clock.advance(1)
        self.assertIsNone(current_action())
        return connection.received()

    def assert_logged(self, *types: str, status: int = 200) -> Fields:
        """
        Assert that there was one request, and messages in its action, and nothing else.

        :returns: the end message.
        """
        start, *inside, end = self.messages
        self.assertEqual([each.get("message_type") for each in inside], list(types))
        self.assertEqual(level_of(start), [1])
        self.assertEqual({each["task_uuid"] for each in inside} - {start["task_uuid"]}, set())
        self.assertEqual((level_of(end), end["status"]), ([len(self.messages)], status))
        self.assertEqual(end["action_type"], "eliot:http_answer")
        return end

    def handle(self, handler: Callable[..., Any]) -> None:
        """
        Have all requests handled by a function.
        """
        self.app.route("/<path:path>")(handler)

    def test_plain(self) -> None:
        """
        A handler runs in the action of the request.
        """

        def handler(request: Request, path: str) -> str:
            log_message("handled")
            return "Ahoy!"

        self.handle(handler)
        self.assertIn(b"Ahoy!", self.get("/ferry"))
        self.assertEqual(self.messages[0]["path"], "/ferry")
        end = self.assert_logged("handled")
        self.assertEqual((end["action_status"], end["bytes"]), ("succeeded", 5))

    def test_coroutine(self) -> None:
        """
        So does a coroutine, to its end, which the action waits for.
        """

        async def handler(request: Request, path: str) -> str:
            log_message("before")
            await deferLater(self.clock, 1)
            log_message("after")
            return "Ahoy!"

        self.handle(handler)
        self.assertIn(b"Ahoy!", self.get("/ferry"))
        self.assert_logged("before", "after")

    def test_generator(self) -> None:
        """
        So does a generator.
        """

        @inlineCallbacks
        def handler(request: Request, path: str) -> Generator[Deferred[Any], Any, str]:
            log_message("before")
            yield deferLater(self.clock, 1)
            log_message("after")
            return "Ahoy!"

        self.handle(handler)
        self.assertIn(b"Ahoy!", self.get("/ferry"))
        self.assert_logged("before", "after")

    def test_deferred(self) -> None:
        """
        So do callbacks that are kept with their action.
        """

        def handler(request: Request, path: str) -> Deferred[str]:
            def after(_: object) -> str:
                log_message("after")
                return "Ahoy!"

            log_message("before")
            return DeferredContext(deferLater(self.clock, 1)).addCallback(after).result

        self.handle(handler)
        self.assertIn(b"Ahoy!", self.get("/ferry"))
        self.assert_logged("before", "after")

    def test_gives_resource(self) -> None:
        """
        A resource that a handler gives, even late, is rendered in the action.
        """

        def render(request: Request) -> bytes:
            log_message("rendered")
            return b"Ahoy!"

        async def handler(request: Request, path: str) -> Resource:
            await deferLater(self.clock, 1)
            return Page(render)

        self.handle(handler)
        self.assertIn(b"Ahoy!", self.get("/ferry"))
        self.assert_logged("rendered")

    def test_missing(self) -> None:
        """
        A path without a route is an answer as good as any.
        """
        self.assertIn(b"404", self.get("/ferry"))
        self.assertEqual(self.assert_logged(status=404)["action_status"], "succeeded")

    def test_raises(self) -> None:
        """
        What a handler raises is why the action has failed.
        """

        async def handler(request: Request, path: str) -> str:
            await deferLater(self.clock, 1)
            raise NoSuchFerry(path)

        self.handle(handler)
        self.assertIn(b"500 Internal", self.get("/Gull"))
        end = self.assert_logged(status=500)
        self.assertEqual((end["action_status"], end["reason"]), ("failed", "Gull"))
        self.assertEqual(len(self.flushLoggedErrors(NoSuchFerry)), 1)

    def test_handles_errors(self) -> None:
        """
        Functions that handle errors run in the action if they are decorated, however late they are
        called.
        """

        async def handler(request: Request, path: str) -> str:
            if path == "later":
                await deferLater(self.clock, 1)
            raise NoSuchFerry(path)

        @in_request
        def sorry(request: Request, failure: Failure) -> str:
            log_message("sorry")
            request.setResponseCode(404)
            return "There is no such ferry."

        @in_request
        async def sorry_later(request: Request, failure: Failure) -> str:
            await deferLater(self.clock, 0)
            return sorry(request, failure)

        for path in ("now", "later"):
            functions: list[Callable[..., Any]] = [sorry, sorry_later]
            for function in functions:
                self.messages.clear()
                self.app = Klein()
                self.site = LoggedSite(self.app.resource(), reactor=Clock())
                self.handle(handler)
                self.app.handle_errors(NoSuchFerry)(function)
                connection = Connection(self.site)
                connection.send(request_bytes(f"/{path}"))
                self.clock.pump([1, 1])
                self.assertIn(b"no such ferry", connection.received())
                self.assert_logged("sorry", status=404)

    def test_handled_error(self) -> None:
        """
        Where such a function answers that something has gone wrong with the server, the action
        fails with what it was given; otherwise it has succeeded.
        """

        def handler(request: Request, path: str) -> str:
            raise NoSuchFerry(path)

        @in_request
        def sorry(request: IRequest, failure: Failure) -> str:
            request.setResponseCode(int(str(failure.value)))
            return "Sorry."

        self.handle(handler)
        self.app.handle_errors(NoSuchFerry)(sorry)
        self.get("/404")
        self.assertEqual(self.assert_logged(status=404)["action_status"], "succeeded")
        self.messages.clear()
        self.get("/503")
        end = self.assert_logged(status=503)
        self.assertEqual((end["action_status"], end["reason"]), ("failed", "503"))
        self.assertEqual(end["exception"], f"{__name__}.NoSuchFerry")

    def test_client_leaves(self) -> None:
        """
        A handler is cancelled when the client leaves, in the action, which has failed.
        """

        async def handler(request: Request, path: str) -> str:
            try:
                await deferLater(self.clock, 1)
            except CancelledError:
                log_message("cancelled")
                raise
            return "Ahoy!"

        self.handle(handler)
        connection = Connection(self.site)
        connection.get("/ferry")
        connection.lose()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        [_, message, end] = self.messages
        self.assertEqual(message["message_type"], "cancelled")
        self.assertEqual(end["exception"], "twisted.internet.error.ConnectionLost")

    def test_request(self) -> None:
        """
        The request that a handler is given is the one that is logged, also in applications that
        belong to objects.
        """

        class Harbour:
            app = Klein()

            @app.route("/")
            def page(self, request: Request) -> bytes:
                assert request_action(request) is current_action()
                return b"Ahoy!"

        self.site = LoggedSite(Harbour().app.resource(), reactor=Clock())
        self.assertIn(b"Ahoy!", self.get())
        self.assertEqual(len(of_type(self.messages, "eliot:http_answer")), 2)
