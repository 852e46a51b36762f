"""
Agents whose requests are actions.
"""

from __future__ import annotations

from typing import cast

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionLost, ConnectionRefusedError
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.client import RedirectAgent, readBody
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse
from zope.interface.verify import verifyObject

from eliot import Action, current_action, start_action
from eliot.twisted._agent import LoggedAgent
from eliot.twisted._response import BodyProducer
from tests.helpers import Fields, level_of, of_type, record
from tests.twisted.agents import FakeAgent, FakeResponse, as_response

URL = b"http://example.com/"


class LoggedAgentTests(SynchronousTestCase):
    """
    Requests.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)
        self.below = FakeAgent()
        self.agent = LoggedAgent(self.below)

    def requests(self) -> list[Fields]:
        """
        Get the messages that start and end requests.
        """
        return of_type(self.messages, "eliot:http_request")

    def test_interface(self) -> None:
        """
        It is an agent as any other.
        """
        verifyObject(IAgent, self.agent)
        self.assertIn(repr(self.below), repr(self.agent))

    def test_request(self) -> None:
        """
        The other agent is asked inside the action, for the same, with further headers.
        """
        with start_action(action_type="outer"):
            self.agent.request(b"PUT", URL, Headers({"Accept": ["a"]}))
        (sent,) = self.below.sent
        self.assertEqual((sent.method, sent.uri, sent.producer), (b"PUT", URL, None))
        self.assertEqual(sent.header("Accept"), ["a"])
        self.assertEqual(len(sent.header("X-Eliot-Task-Id")), 1)
        assert sent.action is not None
        self.assertEqual(sent.action.action_type, "eliot:http_request")
        self.assertEqual(level_of(self.requests()[0]), [2, 1])

    def test_options(self) -> None:
        """
        What is logged and sent can be chosen.
        """
        agent = LoggedAgent(
            self.below, action_type="mine", query=True, headers=["Accept"], propagate=False
        )
        agent.request(b"GET", URL + b"?a", Headers({"Accept": ["a"]}))
        self.assertEqual(self.messages[0]["url"], "http://example.com/?a")
        self.assertEqual(self.messages[0]["headers"], {"Accept": ["a"]})
        self.assertEqual(self.below.sent[0].header("traceparent"), [])
        LoggedAgent(self.below, shared=True).request(b"GET", URL)
        self.assertTrue(self.below.sent[1].header("X-Eliot-Task-Id")[0].endswith("/"))

    def test_producer(self) -> None:
        """
        The body of the request is made inside the action.
        """
        self.agent.request(b"PUT", URL, None, cast("IBodyProducer", object()))
        self.assertIsInstance(self.below.sent[0].producer, BodyProducer)

    def test_answer(self) -> None:
        """
        The answer comes in the context of the request, and its body in the action; what fires
        it sees its own context again.
        """
        seen: list[Action | None] = []
        with start_action(action_type="outer").context() as outer:
            waiting = self.agent.request(b"GET", URL)

        def look(response: IResponse) -> IResponse:
            seen.append(current_action())
            return response

        waiting.addCallback(look)
        fake = FakeResponse()
        with start_action(action_type="other") as other:
            self.below.sent[0].answer.callback(as_response(fake))
            self.assertIs(current_action(), other)
        self.assertEqual(seen, [outer])
        body = readBody(self.successResultOf(waiting))
        fake.comes(b"abc")
        self.assertEqual(self.successResultOf(body), b"abc")
        self.assertEqual(self.requests()[-1]["bytes"], 3)

    def test_failure(self) -> None:
        """
        The failure comes in the context of the request, too, after the action has failed.
        """
        seen: list[Action | None] = []
        with start_action(action_type="outer").context() as outer:
            waiting = self.agent.request(b"GET", URL)

        def look(reason: Failure) -> Failure:
            seen.append(current_action())
            return reason

        waiting.addErrback(look)
        self.below.sent[0].answer.errback(ConnectionLost())
        self.failureResultOf(waiting, ConnectionLost)
        self.assertEqual(seen, [outer])
        self.assertEqual(self.requests()[-1]["action_status"], "failed")
        self.assertEqual(of_type(self.messages, "eliot:not_continued"), [])

    def test_refused(self) -> None:
        """
        Where nobody is reached, nothing is missing.
        """
        waiting = self.agent.request(b"GET", URL)
        self.below.sent[0].answer.errback(ConnectionRefusedError())
        self.failureResultOf(waiting, ConnectionRefusedError)
        self.assertEqual(len(of_type(self.messages, "eliot:not_continued")), 1)

    def test_raises(self) -> None:
        """
        If the other agent raises, so does this one, and the action has failed.
        """
        agent = LoggedAgent(FakeAgent(ZeroDivisionError("so")))
        self.assertRaises(ZeroDivisionError, agent.request, b"GET", URL)
        self.assertEqual(self.requests()[-1]["reason"], "so")
        self.assertEqual(len(of_type(self.messages, "eliot:not_continued")), 1)
        self.assertIsNone(current_action())

    def test_at_once(self) -> None:
        """
        An answer, or a failure, may be there at once.
        """

        class Hasty(FakeAgent):
            def request(
                self,
                method: bytes,
                uri: bytes,
                headers: Headers | None = None,
                bodyProducer: IBodyProducer | None = None,  # noqa: N803
            ) -> Deferred[IResponse]:
                answer = FakeAgent.request(self, method, uri, headers, bodyProducer)
                if method == b"GET":
                    answer.callback(as_response(FakeResponse(length=0)))
                else:
                    answer.errback(ZeroDivisionError())
                return answer

        agent = LoggedAgent(Hasty())
        self.assertEqual(self.successResultOf(agent.request(b"GET", URL)).code, 200)
        self.failureResultOf(agent.request(b"PUT", URL), ZeroDivisionError)
        statuses = [each["action_status"] for each in self.requests()]
        self.assertEqual(statuses, ["started", "succeeded", "started", "failed"])
        # The failed one was not sent.
        self.assertEqual(len(of_type(self.messages, "eliot:not_continued")), 2)

    def test_cancelled(self) -> None:
        """
        Who cancels cancels the request, and its action fails; the other side may have gone on.
        """
        waiting = self.agent.request(b"GET", URL)
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        end = self.requests()[-1]
        self.assertEqual(end["exception"], "twisted.internet.defer.CancelledError")
        self.assertEqual(of_type(self.messages, "eliot:not_continued"), [])

    def test_cancel_not_heeded(self) -> None:
        """
        Who cancels too late has the answer.
        """
        fake = FakeResponse(length=0)
        waiting = self.agent.request(b"GET", URL)
        self.below.sent[0].answer._canceller = lambda it: it.callback(as_response(fake))
        waiting.cancel()
        self.assertEqual(self.successResultOf(waiting).code, 200)
        self.assertEqual(self.requests()[-1]["action_status"], "succeeded")

    def test_cancelled_later(self) -> None:
        """
        Where the other agent does not come to an end when it is cancelled, the action does once
        it has.
        """
        waiting = self.agent.request(b"GET", URL)
        answer = self.below.sent[0].answer
        answer.pause()
        waiting.cancel()
        self.failureResultOf(waiting, CancelledError)
        self.assertEqual(len(self.requests()), 1)
        answer.unpause()
        self.assertEqual(self.requests()[-1]["action_status"], "failed")


class RedirectTests(SynchronousTestCase):
    """
    An agent that follows redirects, around one that logs, and inside.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)
        self.below = FakeAgent()

    def follow(self, agent: IAgent) -> Action:
        """
        Have a request redirected once, then answered.

        :returns: the action in which it was made.
        """
        with start_action(action_type="outer").context() as outer:
            waiting = agent.request(b"GET", URL, Headers({}), None)
        moved = FakeResponse(302, headers={"Location": "http://example.org/"})
        self.below.sent[0].answer.callback(as_response(moved))
        self.below.sent[1].answer.callback(as_response(FakeResponse(length=0)))
        self.successResultOf(waiting)
        return outer

    def test_below(self) -> None:
        """
        Around one that logs, each hop is an action inside that which was current where the first
        was made, with an identifier of its own.
        """
        outer = self.follow(cast("IAgent", RedirectAgent(LoggedAgent(self.below))))
        sent = [each.header("X-Eliot-Task-Id") for each in self.below.sent]
        task = outer.task_uuid
        self.assertEqual(sent, [[f"{task}@/2/2"], [f"{task}@/3/2"]])

    def test_both(self) -> None:
        """
        Between two that log, each hop is inside the action of the whole, where nothing is missing.
        """
        agent = LoggedAgent(RedirectAgent(LoggedAgent(self.below)))
        outer = self.follow(cast("IAgent", agent))
        task = outer.task_uuid
        sent = [each.header("X-Eliot-Task-Id") for each in self.below.sent]
        self.assertEqual(sent, [[f"{task}@/2/2/2"], [f"{task}@/2/3/2"]])
        numbers = {level_of(each)[1] for each in self.messages if level_of(each)[0] == 2}
        self.assertEqual(numbers, {1, 2, 3, 4})

    def test_above(self) -> None:
        """
        Inside of one that logs, a shared identifier serves all hops.
        """
        agent = LoggedAgent(RedirectAgent(self.below), shared=True)
        outer = self.follow(cast("IAgent", agent))
        sent = [each.header("X-Eliot-Task-Id") for each in self.below.sent]
        self.assertEqual(sent, [[f"{outer.task_uuid}@/2/2/"]] * 2)
