"""
Answers whose bodies are read inside the action of the request, and bodies that are made there.
"""

from __future__ import annotations

import gc
from typing import cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IConsumer, IProtocol, ITransport
from twisted.internet.protocol import Protocol
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.client import ResponseDone, ResponseFailed
from twisted.web.iweb import IBodyProducer, IResponse
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import Action, current_action, log_message, start_action
from eliot.twisted._request_out import RequestOptions, RequestOut
from eliot.twisted._response import BodyProducer, BodyReader, LoggedResponse
from tests.helpers import Fields, of_type, record
from tests.twisted.agents import FakeResponse, as_response


class Reader(Protocol):
    """
    Logs what it is told.

    :param error: what the named method raises.
    """

    def __init__(self, **errors: Exception) -> None:
        self.errors = errors
        self.told: list[str] = []
        self.actions: list[Action | None] = []

    def tell(self, what: str) -> None:
        """
        Remember, and log, what was called; or raise.
        """
        self.told.append(what)
        self.actions.append(current_action())
        log_message("told")
        if what in self.errors:
            raise self.errors[what]

    def connectionMade(self) -> None:
        """
        The body begins.
        """
        self.tell("made")

    def dataReceived(self, data: bytes) -> None:
        """
        Some of it has come.
        """
        self.tell(data.decode())

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008
        """
        It has ended.
        """
        self.tell(type(reason.value).__name__)


def request() -> RequestOut:
    """
    Make a request.
    """
    return RequestOut(b"GET", b"http://example.com/", None, RequestOptions())


class LoggedResponseTests(SynchronousTestCase):
    """
    Answers.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def answer(self, fake: FakeResponse) -> tuple[LoggedResponse, Action]:
        """
        Make a request, and answer it.
        """
        made = request()
        made.answered(as_response(fake))
        return LoggedResponse(as_response(fake), made), made.action

    def ends(self) -> list[Fields]:
        """
        Get the messages that end requests.
        """
        return of_type(self.messages, "eliot:http_request")[1:]

    def test_interface(self) -> None:
        """
        It is an answer as any other, and has what the original has.
        """
        fake = FakeResponse(headers={"a": "b"})
        response, action = self.answer(fake)
        verifyObject(IResponse, response)
        for name in ("version", "code", "phrase", "headers", "length", "request"):
            self.assertIs(getattr(response, name), getattr(fake, name))
        fake.special = 3  # type: ignore[attr-defined]
        self.assertEqual(response.special, 3)
        self.assertFalse(hasattr(response, "other"))
        self.assertFalse(hasattr(response, "_other"))
        self.assertIn(repr(action), repr(response))

    def test_previous(self) -> None:
        """
        What came before a redirect is set, and found.
        """
        response, _ = self.answer(FakeResponse())
        previous, _ = self.answer(FakeResponse())
        response.setPreviousResponse(previous)
        self.assertIs(response.previousResponse, previous)

    def test_set(self) -> None:
        """
        What others change is changed, as by those who unpack it.
        """
        fake = FakeResponse()
        response, _ = self.answer(fake)
        response.length = 5
        self.assertEqual(fake.length, 5)

    def test_copied(self) -> None:
        """
        Half of an answer, as copying makes it, has nothing.
        """
        half = LoggedResponse.__new__(LoggedResponse)
        self.assertFalse(hasattr(half, "other"))
        half._request = request()

    def test_reading(self) -> None:
        """
        All that comes of the body comes inside the action; that it has ended, the reader is told
        after the action has, in the context in which it began to read.  Whoever calls sees the
        context that there was before.
        """
        fake = FakeResponse()
        response, action = self.answer(fake)
        reader = Reader()
        with start_action(action_type="reading").context() as reading:
            response.deliverBody(reader)
        del response
        gc.collect()
        self.assertEqual(self.ends(), [])
        fake.comes(b"a", b"bc")
        self.assertEqual(reader.told, ["made", "a", "bc", "ResponseDone"])
        self.assertEqual(reader.actions, [action] * 3 + [reading])
        self.assertIsNone(current_action())
        self.assertEqual(self.ends()[0]["bytes"], 3)
        self.assertIs(self.messages[-2], self.ends()[0])

    def test_lost(self) -> None:
        """
        The action fails with what the reader is told.
        """
        fake = FakeResponse()
        response, _ = self.answer(fake)
        reader = Reader()
        response.deliverBody(reader)
        fake.comes(b"a", reason=ResponseFailed([]))
        self.assertEqual(reader.told[-1], "ResponseFailed")
        self.assertEqual(self.ends()[0]["exception"], "twisted.web._newclient.ResponseFailed")

    def test_reader_raises(self) -> None:
        """
        What the reader raises is raised; if it cannot even begin, the action fails.
        """
        fake = FakeResponse()
        response, _ = self.answer(fake)
        response.deliverBody(Reader(a=ZeroDivisionError(), ResponseDone=KeyError("lost")))
        self.assertRaises(ZeroDivisionError, fake.comes, b"a")
        self.assertEqual(self.ends(), [])
        self.assertRaises(KeyError, fake.comes)
        self.assertEqual(self.ends()[0]["action_status"], "succeeded")
        response, _ = self.answer(FakeResponse())
        self.assertRaises(KeyError, response.deliverBody, Reader(made=KeyError("made")))
        self.assertEqual(self.ends()[-1]["reason"], "'made'")
        self.assertIsNone(current_action())

    def test_second_reader(self) -> None:
        """
        A second one gets what the original does then, and ends nothing.
        """
        fake = FakeResponse()
        response, _ = self.answer(fake)
        response.deliverBody(Reader())
        self.assertRaises(RuntimeError, response.deliverBody, Reader())
        self.assertEqual(self.ends(), [])
        fake.comes()
        self.assertEqual(self.ends()[0]["action_status"], "succeeded")

    def test_after_the_end(self) -> None:
        """
        A body that is read after the action has ended is read outside of that.
        """
        fake = FakeResponse(302, headers={"Location": "/"})
        response, _ = self.answer(fake)
        self.assertEqual(len(self.ends()), 1)
        reader = Reader()
        response.deliverBody(reader)
        fake.comes(b"a")
        self.assertEqual(reader.actions, [None] * 3)

    def test_dropped(self) -> None:
        """
        The action ends when the answer is gone without having been read.
        """
        response, _ = self.answer(FakeResponse())
        self.assertEqual(self.ends(), [])
        del response
        gc.collect()
        self.assertEqual(self.ends()[0]["action_status"], "succeeded")


class BodyReaderTests(SynchronousTestCase):
    """
    What stands between an answer and its reader.
    """

    def test_interface(self) -> None:
        """
        It is a protocol.
        """
        record(self)
        reader = BodyReader(Reader(), request())
        verifyObject(IProtocol, reader)
        reader.connectionMade()

    def test_transport(self) -> None:
        """
        The reader has the transport of the answer.
        """
        record(self)
        reader, transport = Reader(), cast("ITransport", StringTransport())
        BodyReader(reader, request()).makeConnection(transport)
        self.assertIs(reader.transport, transport)


@implementer(IBodyProducer)
class Producer:
    """
    Remembers what was called, and inside which action.
    """

    length = 17

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.done: Deferred[None] = Deferred()

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:  # noqa: N802
        """
        Begin.
        """
        self.told.append(("start", consumer, current_action()))
        return self.done

    def pauseProducing(self) -> None:  # noqa: N802
        """
        Wait.
        """
        self.told.append(("pause", current_action()))

    def resumeProducing(self) -> None:  # noqa: N802
        """
        Go on.
        """
        self.told.append(("resume", current_action()))

    def stopProducing(self) -> None:  # noqa: N802
        """
        Stop.
        """
        self.told.append(("stop", current_action()))


class BodyProducerTests(SynchronousTestCase):
    """
    Bodies of requests.
    """

    def test_within(self) -> None:
        """
        All that a producer does for a request it does inside its action.
        """
        record(self)
        original, action = Producer(), request().action
        producer = BodyProducer(original, action)
        verifyObject(IBodyProducer, producer)
        consumer = cast("IConsumer", StringTransport())
        self.assertEqual(producer.length, 17)
        self.assertIs(producer.startProducing(consumer), original.done)
        producer.pauseProducing()
        producer.resumeProducing()
        producer.stopProducing()
        expected = [
            ("start", consumer, action),
            *((name, action) for name in ("pause", "resume", "stop")),
        ]
        self.assertEqual(original.told, expected)
        self.assertIsNone(current_action())
