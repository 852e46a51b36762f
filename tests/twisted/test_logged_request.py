"""
Tests of requests that are actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from twisted.internet.defer import CancelledError, Deferred, inlineCallbacks
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import Clock, deferLater
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http import HTTPChannel
from twisted.web.iweb import INonQueuedRequestFactory
from twisted.web.resource import EncodingResourceWrapper, Resource
from twisted.web.server import NOT_DONE_YET, GzipEncoderFactory, Request, Site
from twisted.web.test.requesthelper import DummyChannel
from zope.interface import directlyProvides, provider

from eliot import current_action, log_message, start_action, start_task
from eliot.twisted import DeferredContext
from eliot.twisted._logged_request import Factory, LoggedRequest
from eliot.twisted.web import LoggedSite, log_requests, request_action
from tests.helpers import Fields, level_of, of_type, record, said
from tests.twisted.sites import Connection, Page, Waiting, request_bytes, site_of

ANSWER = "eliot:http_answer"


class RequestTestCase(SynchronousTestCase):
    """
    What is logged of requests.
    """

    def setUp(self) -> None:
        """
        Record it.
        """
        self.messages = record(self)

    def answers(self) -> list[tuple[Fields, Fields]]:
        """
        Get the start and end messages of the requests, in the order in which they came.
        """
        both = of_type(self.messages, ANSWER)
        starts = [each for each in both if each["action_status"] == "started"]
        ends = {each["task_uuid"]: each for each in both if each["action_status"] != "started"}
        return [(start, ends[start["task_uuid"]]) for start in starts]

    def answer(self) -> tuple[Fields, Fields]:
        """
        Get those of the only request.
        """
        [answer] = self.answers()
        return answer

    def assert_inside(self, message: Fields, answer: tuple[Fields, Fields]) -> None:
        """
        Assert that a message is inside an action.
        """
        start, end = answer
        self.assertEqual(message["task_uuid"], start["task_uuid"])
        self.assertLess(level_of(start), level_of(message))
        self.assertLess(level_of(message), level_of(end))


class AnswersTests(RequestTestCase):
    """
    From a request to its response.
    """

    def test_plain(self) -> None:
        """
        A resource is rendered in the action, which ends with the response.
        """

        def render(request: Request) -> bytes:
            log_message("rendered")
            return b"Ahoy!"

        response = Connection(site_of(render)).get("/ferry?x")
        self.assertTrue(response.endswith(b"\r\n\r\nAhoy!"))
        start, end = self.answer()
        self.assertEqual(said(start), {"method": "GET", "path": "/ferry", "peer": "192.0.2.1:4321"})
        self.assertEqual(end["action_status"], "succeeded")
        self.assertEqual((end["status"], end["bytes"]), (200, 5))
        [rendered] = of_type(self.messages, "rendered")
        self.assert_inside(rendered, (start, end))

    def test_getting_there(self) -> None:
        """
        So is what finds the resource.
        """

        class Root(Resource):
            def getChild(self, path: bytes, request: Request) -> Resource:
                log_message("finding")
                return Page(lambda _: b"")

        Connection(LoggedSite(Root(), reactor=Clock())).get("/ferry")
        self.assert_inside(of_type(self.messages, "finding")[0], self.answer())

    def test_missing(self) -> None:
        """
        A page that is not there is an answer as good as any.
        """

        def render(request: Request) -> bytes:
            request.setResponseCode(404)
            return b""

        Connection(site_of(render)).get("/nowhere")
        _, end = self.answer()
        self.assertEqual((end["action_status"], end["status"]), ("succeeded", 404))

    def test_asterisk(self) -> None:
        """
        A request for the server as a whole is one.
        """
        Connection(site_of(lambda _: b"")).send(request_bytes("*", "OPTIONS"))
        start, end = self.answer()
        self.assertEqual((start["path"], end["status"]), ("*", 200))

    def test_head(self) -> None:
        """
        For one that wants no body, none is counted.
        """
        Connection(site_of(lambda _: b"Ahoy!")).send(request_bytes(method="HEAD"))
        _, end = self.answer()
        self.assertEqual((end["status"], end["bytes"]), (200, 0))

    def test_faked_head(self) -> None:
        """
        Nor where the resource knows only how to answer others.
        """

        class Getting(Resource):
            isLeaf = True  # noqa: N815 (Twisted's name)

            def render_GET(self, request: Request) -> bytes:
                log_message("rendered")
                return b"Ahoy!"

        site = LoggedSite(Getting(), reactor=Clock())
        Connection(site).send(request_bytes(method="HEAD"))
        start, end = self.answer()
        self.assertEqual((start["method"], end["status"], end["bytes"]), ("HEAD", 200, 0))
        Connection(site).send(request_bytes(method="BREW"))
        [_, (_, refused)] = self.answers()
        self.assertEqual((refused["action_status"], refused["status"]), ("failed", 501))
        # Of how Twisted makes that answer.
        self.flushWarnings()

    def test_encoded(self) -> None:
        """
        The bytes are those that are sent.
        """
        page = EncodingResourceWrapper(Page(lambda _: b"a" * 10_000), [GzipEncoderFactory()])
        response = Connection(LoggedSite(page, reactor=Clock())).get(Accept_Encoding="gzip")
        _, end = self.answer()
        self.assertIn(b"gzip", response)
        self.assertLess(int(str(end["bytes"])), 1_000)
        self.assertGreater(int(str(end["bytes"])), 0)

    def test_body(self) -> None:
        """
        The action begins when the body has come.
        """

        def render(request: Request) -> bytes:
            assert request.content is not None
            body: bytes = request.content.read()
            return body

        connection = Connection(site_of(render))
        whole = request_bytes(method="POST", body=b"Ahoy!")
        connection.send(whole[:-1])
        self.assertEqual(self.messages, [])
        connection.send(whole[-1:])
        self.assertEqual(self.answer()[0]["method"], "POST")

    def test_hung_up_early(self) -> None:
        """
        What never came as a whole was no request.
        """
        connection = Connection(site_of(lambda _: b""))
        connection.send(request_bytes(method="POST", body=b"Ahoy!")[:-1])
        connection.lose()
        self.assertEqual(self.messages, [])

    def test_malformed(self) -> None:
        """
        Nor was what Twisted refuses.
        """
        connection = Connection(site_of(lambda _: b""))
        connection.send(b"HELLO\r\n")
        self.assertIn(b"400", connection.received())
        self.assertEqual(self.messages, [])


class LaterTests(RequestTestCase):
    """
    Responses that take their time.
    """

    def test_callbacks(self) -> None:
        """
        Callbacks that are kept with their action run in it; the action lasts until the response is
        complete.
        """
        clock = Clock()

        def render(request: Request) -> int:
            def write(_: object) -> None:
                log_message("writing")
                request.write(b"Ahoy!")
                request.finish()

            DeferredContext(deferLater(clock, 1)).addCallback(write)
            return NOT_DONE_YET

        connection = Connection(site_of(render))
        self.assertEqual(connection.get(), b"")
        self.assertEqual(len(self.messages), 1)
        clock.advance(1)
        self.assertIn(b"Ahoy!", connection.received())
        self.assert_inside(of_type(self.messages, "writing")[0], self.answer())

    def test_generator(self) -> None:
        """
        Generators and coroutines run in it by themselves.
        """
        clock = Clock()

        @inlineCallbacks
        def generate(request: Request):  # type: ignore[no-untyped-def]  # a generator for Twisted
            with start_action(action_type="work"):
                yield deferLater(clock, 1)
            log_message("worked")
            request.finish()

        async def work(request: Request) -> None:
            with start_action(action_type="work"):
                await deferLater(clock, 1)
            log_message("worked")
            request.finish()

        for function in (generate, lambda request: Deferred.fromCoroutine(work(request))):

            def render(request: Request, function: object = function) -> int:
                function(request)  # type: ignore[operator]
                return NOT_DONE_YET

            self.messages.clear()
            Connection(site_of(render)).get()
            clock.advance(1)
            self.assertEqual(
                [level_of(each) for each in self.messages], [[1], [2, 1], [2, 2], [3], [4]]
            )
            self.assertEqual(self.messages[3]["message_type"], "worked")

    def test_elsewhere(self) -> None:
        """
        It does not matter in which action the response is finished.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        with start_task(action_type="other"):
            waiting.requests[0].finish()
            self.assertEqual(getattr(current_action(), "action_type", None), "other")
        _, end = self.answer()
        self.assertEqual(end["action_status"], "succeeded")

    def test_finished_twice(self) -> None:
        """
        The first end counts.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        [request] = waiting.requests
        request.finish()
        request.finish()
        self.assertEqual(len(self.flushWarnings()), 1)
        self.assertEqual(len(of_type(self.messages, ANSWER)), 2)

    def test_notify_finish(self) -> None:
        """
        Who waits for the end is told in the action, before that ends.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        [request] = waiting.requests
        told = request.notifyFinish()
        told.addCallback(lambda result: log_message("told", result=result))
        cancelled = request.notifyFinish()
        cancelled.addErrback(lambda failure: failure.trap(CancelledError))
        cancelled.cancel()
        request.finish()
        [message] = of_type(self.messages, "told")
        self.assertEqual(said(message), {"result": None})
        self.assert_inside(message, self.answer())
        self.assertIs(self.successResultOf(cancelled), CancelledError)

    def test_producer(self) -> None:
        """
        A producer is asked for more in the action.
        """

        class Producer:
            def __init__(self) -> None:
                self.called: list[tuple[str, object]] = []

            def resumeProducing(self) -> None:  # noqa: N802
                self.called.append(("resume", current_action()))

            def pauseProducing(self) -> None:  # noqa: N802
                self.called.append(("pause", current_action()))

            def stopProducing(self) -> None:  # noqa: N802
                self.called.append(("stop", current_action()))

        waiting = Waiting()
        connection = Connection(site_of(waiting))
        connection.get()
        [request] = waiting.requests
        producer = Producer()
        request.registerProducer(cast("IPushProducer", producer), True)
        channel = cast("IPushProducer", connection.transport.producer)
        for call in (channel.pauseProducing, channel.resumeProducing, channel.stopProducing):
            call()
            self.assertIsNone(current_action())
        request.unregisterProducer()
        action = request_action(request)
        self.assertEqual(producer.called, [("pause", action), ("resume", action), ("stop", action)])
        request.finish()


class UpgradesTests(RequestTestCase):
    """
    Connections that speak another protocol from some request on.
    """

    def check(self, take_over: Callable[[HTTPChannel], object]) -> None:
        """
        Have a resource take over the connection.
        """

        def render(request: Request) -> int:
            take_over(request.channel)
            return NOT_DONE_YET

        connection = Connection(site_of(render))
        connection.get()
        _, end = self.answer()
        self.assertEqual((end["action_status"], end["upgraded"]), ("succeeded", True))
        self.assertNotIn("status", end)
        self.assertEqual(connection.received(), b"")

    def test_twisted(self) -> None:
        """
        As Twisted does it.
        """
        told: list[object] = []
        self.check(lambda channel: vars(channel).update(connectionLost=told.append))

    def test_autobahn(self) -> None:
        """
        As Autobahn does.
        """
        self.check(lambda channel: vars(channel).update(transport=None))

    def test_hung_up(self) -> None:
        """
        One that is lost meanwhile is not taken over.
        """
        connections: list[Connection] = []

        def render(request: Request) -> int:
            connections[0].lose()
            return NOT_DONE_YET

        connections.append(Connection(site_of(render)))
        connections[0].get()
        _, end = self.answer()
        self.assertEqual(end["exception"], "twisted.internet.error.ConnectionLost")


class FailuresTests(RequestTestCase):
    """
    When something goes wrong.
    """

    def test_raises(self) -> None:
        """
        What a resource raises is why the action has failed; the client gets what Twisted answers,
        and can ask about it.
        """

        def render(request: Request) -> bytes:
            raise ZeroDivisionError("no lines")

        response = Connection(site_of(render)).get()
        self.assertIn(b"500 Internal Server Error", response)
        start, end = self.answer()
        self.assertIn(str(start["task_uuid"]).encode(), response)
        self.assertEqual(end["exception"], "builtins.ZeroDivisionError")
        self.assertEqual((end["reason"], end["status"]), ("no lines", 500))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_fails_later(self) -> None:
        """
        It is the same where the failure is handed to the request later, by whomever; Twisted's
        log hears of it inside the action.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        [request] = waiting.requests
        within: list[object] = []

        @provider(ILogObserver)
        def observe(event: LogEvent) -> None:
            within.append(current_action())

        globalLogPublisher.addObserver(observe)
        self.addCleanup(globalLogPublisher.removeObserver, observe)
        request.processingFailed(Failure(ZeroDivisionError("no lines")))
        _, end = self.answer()
        self.assertEqual(end["reason"], "no lines")
        self.assertEqual(within, [request_action(request)])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_error_status(self) -> None:
        """
        A resource that answers with an error status by itself has failed, too.
        """

        def render(request: Request) -> bytes:
            request.setResponseCode(503)
            return b""

        Connection(site_of(render)).get()
        _, end = self.answer()
        self.assertEqual(
            (end["action_status"], end["reason"]), ("failed", "503 Service Unavailable")
        )

    def test_client_leaves(self) -> None:
        """
        If the client does not wait for the response, the action fails with the reason, after those
        were told that asked to be, in the action.
        """
        waiting = Waiting()
        connection = Connection(site_of(waiting))
        connection.get()
        [request] = waiting.requests
        request.notifyFinish().addErrback(lambda _: log_message("told"))
        connection.lose()
        start, end = self.answer()
        self.assertEqual(end["exception"], "twisted.internet.error.ConnectionLost")
        self.assertNotIn("status", end)
        self.assert_inside(of_type(self.messages, "told")[0], (start, end))
        self.assertRaises(RuntimeError, request.finish)
        self.assertEqual(len(of_type(self.messages, ANSWER)), 2)

    def test_client_leaves_midway(self) -> None:
        """
        If it leaves in the midst of the response, the action says what it got.
        """
        waiting = Waiting()
        connection = Connection(site_of(waiting))
        connection.get()
        waiting.requests[0].write(b"Ah")
        connection.lose()
        _, end = self.answer()
        self.assertEqual((end["status"], end["bytes"]), (200, 2))
        self.assertEqual(end["action_status"], "failed")

    def test_process_raises(self) -> None:
        """
        What a request of somebody else's class raises goes on its way, and is why the action fails
        when the connection is closed for it.
        """

        class Odd(Request):
            def process(self) -> None:
                raise ZeroDivisionError("odd")

        connection = Connection(site_of(lambda _: b"", requestFactory=Odd))
        self.assertRaises(ZeroDivisionError, connection.get)
        connection.lose()
        _, end = self.answer()
        self.assertEqual(end["reason"], "odd")

    def test_finish_raises(self) -> None:
        """
        Where the response cannot be finished, the action goes on until the connection is lost.
        """
        waiting = Waiting()
        connection = Connection(site_of(waiting))
        connection.get()
        [request] = waiting.requests

        def refuse() -> None:
            raise ZeroDivisionError

        self.patch(connection.transport, "writeSequence", lambda _: refuse())
        self.assertRaises(ZeroDivisionError, request.finish)
        self.assertIsNone(current_action())
        self.assertEqual(len(self.messages), 1)
        connection.lose()
        self.assertEqual(self.answer()[1]["action_status"], "failed")


class KeepAliveTests(RequestTestCase):
    """
    One request after the other on the same connection.
    """

    def test_each(self) -> None:
        """
        Each is an action of its own.
        """
        connection = Connection(site_of(lambda request: request.path))
        for number in range(3):
            self.assertIn(b"200 OK", connection.get(f"/{number}"))
        answers = self.answers()
        self.assertEqual([start["path"] for start, _ in answers], ["/0", "/1", "/2"])
        self.assertTrue(all(level_of(start) == [1] for start, _ in answers))

    def test_pipelined(self) -> None:
        """
        Those that are sent at once are answered one after the other, and logged so: the
        action of one has ended when the next one begins.
        """
        connection = Connection(site_of(lambda request: request.path))
        connection.send(b"".join(request_bytes(f"/{number}") for number in range(5)))
        self.assertEqual(connection.received().count(b"200 OK"), 5)
        self.assertEqual(len(self.answers()), 5)
        statuses = [each["action_status"] for each in self.messages]
        self.assertEqual(statuses, ["started", "succeeded"] * 5)

    def test_pipelined_later(self) -> None:
        """
        So it is where each takes its time.
        """
        waiting = Waiting()
        connection = Connection(site_of(waiting))
        connection.send(b"".join(request_bytes(f"/{number}") for number in range(3)))
        for number in range(3):
            self.assertEqual(len(waiting.requests), number + 1)
            waiting.requests[number].write(b"Ahoy!")
            with start_task(action_type="other"):
                waiting.requests[number].finish()
        self.assertEqual([start["path"] for start, _ in self.answers()], ["/0", "/1", "/2"])
        self.assertTrue(all(end["bytes"] == 5 for _, end in self.answers()))

    def test_nested(self) -> None:
        """
        A request that comes in the midst of the end of another one does not end that too early.
        """
        site = site_of(lambda request: request.path)
        second = Connection(site)
        waiting = Waiting()
        first_site = log_requests(Site(Page(waiting), reactor=Clock()))
        self.assertIsNot(first_site.requestFactory, site.requestFactory)
        first = Connection(first_site)
        first.get("/first")
        [request] = waiting.requests
        self.patch(first.transport, "writeSequence", lambda _: second.send(request_bytes("/2")))
        request.finish()
        order = [each["action_status"] for each in self.messages]
        self.assertEqual(order, ["started", "started", "succeeded", "succeeded"])


class TrustTests(RequestTestCase):
    """
    Whose task it is.
    """

    def setUp(self) -> None:
        """
        Begin with a task somewhere else.
        """
        super().setUp()
        self.caller = start_task(action_type="caller")
        self.task_id = self.caller.serialize_task_id().decode()

    def test_not_trusted(self) -> None:
        """
        By default nobody is trusted.
        """
        Connection(site_of(lambda _: b"")).get(X_Eliot_Task_Id=self.task_id)
        start, _ = self.answer()
        self.assertNotEqual(start["task_uuid"], self.caller.task_uuid)
        self.assertEqual(start["remote_task_id"], self.task_id)

    def test_trusted(self) -> None:
        """
        A caller that is trusted finds the request in its own task, and is told where.
        """
        response = Connection(site_of(lambda _: b"", trusted=True)).get(
            X_Eliot_Task_Id=self.task_id
        )
        start, end = of_type(self.messages, ANSWER)
        self.assertEqual(start["task_uuid"], self.caller.task_uuid)
        self.assertEqual((level_of(start), level_of(end)), ([2, 1], [2, 2]))
        self.assertIn(f"X-Eliot-Task-Id: {self.caller.task_uuid}@/2\r\n".encode(), response)

    def test_predicate(self) -> None:
        """
        A function may decide by the request.
        """
        site = site_of(
            lambda _: b"", trusted=lambda request: request.getHeader("X-Key") == "friend"
        )
        connection = Connection(site)
        connection.get(X_Eliot_Task_Id=self.task_id, X_Key="stranger")
        connection.get(X_Eliot_Task_Id=self.task_id, X_Key="friend")
        [first, _, second, _] = of_type(self.messages, ANSWER)
        self.assertNotEqual(first["task_uuid"], self.caller.task_uuid)
        self.assertEqual(second["task_uuid"], self.caller.task_uuid)

    def test_current(self) -> None:
        """
        Whatever is current where a request comes in, it is none of its business.
        """
        site = site_of(lambda _: b"")
        with start_task(action_type="listening"):
            Connection(site).get()
        start, _ = self.answer()
        self.assertEqual(level_of(start), [1])


class FactoriesTests(RequestTestCase):
    """
    What makes requests.
    """

    def test_class(self) -> None:
        """
        A class of somebody else's is subclassed.
        """

        class Mine(Request):
            """
            Mine.
            """

            def process(self) -> None:
                log_message("mine")
                Request.process(self)

        site = site_of(lambda request: type(request).__name__.encode(), requestFactory=Mine)
        response = Connection(site).get()
        self.assertTrue(response.endswith(b"LoggedMine"))
        self.assert_inside(of_type(self.messages, "mine")[0], self.answer())
        made = site.requestFactory
        self.assertTrue(issubclass(made, Mine))
        self.assertEqual((made.__doc__, made.__module__), (Mine.__doc__, __name__))

    def test_function(self) -> None:
        """
        What a function makes is logged as well.
        """
        calls: list[int] = []

        def make(channel: HTTPChannel, queued: int) -> Request:
            calls.append(queued)
            return Request(channel, queued)

        connection = Connection(site_of(lambda _: b"Ahoy!", requestFactory=make))
        connection.get()
        connection.get()
        self.assertEqual(calls, [0, 0])
        self.assertEqual(len(self.answers()), 2)

    def test_not_queued(self) -> None:
        """
        One that says that it takes only the channel gets no more.
        """
        calls: list[tuple[object, ...]] = []

        def make(*args: object) -> Request:
            calls.append(args)
            return Request(*args)

        class Mine(Request):
            def __init__(self, channel: HTTPChannel) -> None:
                Request.__init__(self, channel)

        directlyProvides(make, INonQueuedRequestFactory)
        directlyProvides(Mine, INonQueuedRequestFactory)
        Connection(site_of(lambda _: b"", requestFactory=make)).get()
        Connection(site_of(lambda _: b"", requestFactory=Mine)).get()
        self.assertEqual(len(calls[0]), 1)
        self.assertEqual(len(self.answers()), 2)

    def test_odd(self) -> None:
        """
        What is no request of Twisted's is let alone.
        """
        odd = object()
        site = site_of(lambda _: b"", requestFactory=lambda: odd)
        factory = cast("Factory", site.requestFactory)
        self.assertIs(factory(), odd)

    def test_before(self) -> None:
        """
        A request that nobody has begun to process is like any other.
        """
        waiting = Waiting()
        site = site_of(waiting)
        Connection(site).get()
        made = cast("type[LoggedRequest]", type(waiting.requests[0]))
        request = made(waiting.requests[0].channel)
        self.assertIsNone(request_action(request))
        told = request.notifyFinish()
        request.render(Page(lambda _: NOT_DONE_YET))
        request.registerProducer(cast("IPushProducer", None), True)
        request.unregisterProducer()  # type: ignore[no-untyped-call]
        request.connectionLost(Failure(ZeroDivisionError()))
        self.failureResultOf(told, ZeroDivisionError)
        self.assertEqual(len(self.messages), 1)
        early = made(DummyChannel(), False)
        early.site = site
        with start_task(action_type="other"):
            early.render(Page(lambda _: NOT_DONE_YET))
            early.processingFailed(Failure(ZeroDivisionError()))
        self.flushLoggedErrors(ZeroDivisionError)
        self.assertTrue(early.finished)
        self.assertEqual(len(of_type(self.messages, ANSWER)), 1)

    def test_copied(self) -> None:
        """
        To another process, a request looks as Twisted's own class does, and the action stays here.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        request = cast("LoggedRequest", waiting.requests[0])
        self.assertEqual(request.getTypeToCopy(), "twisted.web.server.Request")
        state = request.getStateToCopyFor(None)
        self.assertEqual(state["uri"], b"/")
        self.assertEqual([name for name in state if "eliot" in name], [])


class ManyTests(RequestTestCase):
    """
    Requests at the same time.
    """

    def test_interleaved(self) -> None:
        """
        Each message is in the action of its own request, in whichever order they go on.
        """
        clock = Clock()

        async def work(request: Request) -> None:
            for step in range(3):
                await deferLater(clock, (hash(request.path) >> step) % 7)
                log_message("step", path=request.path.decode())
            request.finish()

        def render(request: Request) -> int:
            Deferred.fromCoroutine(work(request))
            return NOT_DONE_YET

        site = site_of(render)
        connections = [Connection(site) for _ in range(50)]
        for number, connection in enumerate(connections):
            connection.get(f"/{number}")
        clock.pump([1] * 20)
        answers = self.answers()
        self.assertEqual(len({start["task_uuid"] for start, _ in answers}), 50)
        paths = {start["task_uuid"]: start["path"] for start, _ in answers}
        steps = of_type(self.messages, "step")
        self.assertEqual(len(steps), 150)
        for each in steps:
            self.assertEqual(each["path"], paths[each["task_uuid"]])
