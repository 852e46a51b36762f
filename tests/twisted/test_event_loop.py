"""
Tests of :mod:`eliot.twisted._event_loop`, in processes of their own: there is one reactor in each.
"""

from __future__ import annotations

import json
import os
from typing import Final
from unittest import SkipTest

from twisted.internet import reactor
from twisted.internet.error import ReactorAlreadyInstalledError
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted import install_asyncio_reactor
from tests.helpers import run_child
from tests.testing.running import run_suite

#: How the reactor is installed.
TWISTED: Final = "from twisted.internet import asyncioreactor\nasyncioreactor.install()\n"
OURS: Final = "from eliot.twisted import install_asyncio_reactor\ninstall_asyncio_reactor()\n"
NAMED: Final = (
    "from twisted.application.reactors import installReactor\ninstallReactor('eliot-asyncio')\n"
)

#: Prints which actions were current, and where.
PROGRAM: Final = """
import asyncio, json, socket, warnings
from contextvars import Context
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater, react
from twisted.internet.threads import deferToThread
from eliot import add_destination, current_action, start_action

seen = {}

def see(where):
    action = current_action()
    seen[where] = None if action is None else action.action_type

class Server(Protocol):
    def connectionMade(self):
        see("accepts")

    def dataReceived(self, data):
        see("serves")
        self.transport.write(data)

class Client(Protocol):
    def __init__(self):
        self.times = 0
        self.got = Deferred()
        self.gone = Deferred()

    def connectionMade(self):
        # Twice, so that the second time comes when the first has been written.
        self.transport.registerProducer(self, False)

    def resumeProducing(self):
        self.times += 1
        if self.times < 3:
            self.transport.write(b"x")
            return
        see("produces")
        self.transport.unregisterProducer()

    def stopProducing(self):
        pass

    def dataReceived(self, data):
        see("receives")
        self.got.callback(None)
        self.transport.loseConnection()

    def connectionLost(self, reason):
        see("loses")
        self.gone.callback(None)

def ring(rung):
    see("timer")
    reactor.callLater(0.01, ring_again, rung)

def ring_again(rung):
    see("next timer")
    rung.callback(None)

def in_thread():
    with start_action(action_type="in thread"):
        reactor.callFromThread(see, "from thread")

async def main(reactor):
    with start_action(action_type="listens"):
        server = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port = await server.listen(Factory.forProtocol(Server))
    with start_action(action_type="connects"):
        client = TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        protocol = await connectProtocol(client, Client())
    await protocol.got
    # This is not called by a timer: otherwise the next would be in the context of that.  And one
    # that is set meanwhile may take the others along.
    rung = Deferred()
    with start_action(action_type="calls later"):
        reactor.callLater(0.01, ring, rung)
    await rung
    see("coroutine")
    await protocol.gone
    await port.stopListening()

    await deferToThread(in_thread)
    await deferLater(reactor, 0.01)

    # What belongs to asyncio.
    loop = asyncio.get_running_loop()
    one, other = socket.socketpair()
    with start_action(action_type="asyncio"):
        loop.call_later(0.01, see, "asyncio timer")
        loop.call_soon_threadsafe(see, "asyncio thread")
        loop.call_soon_threadsafe(see, "other context", context=Context())
        loop.add_reader(one, lambda: (see("asyncio reader"), one.recv(1)))
        loop.add_writer(one, lambda: (see("asyncio writer"), loop.remove_writer(one)))
        task = loop.create_task(asyncio.sleep(0.02))
        task.add_done_callback(lambda _: see("asyncio task"))
    other.send(b"x")
    await deferLater(reactor, 0.05)
    loop.remove_reader(one)
    one.close()
    other.close()
    print(json.dumps(seen), type(loop).__name__)

# Twisted keeps this open as soon as it has listened.
warnings.filterwarnings("ignore", "unclosed file .*/dev/null", ResourceWarning)
add_destination(lambda message: None)
react(lambda reactor: Deferred.fromCoroutine(main(reactor)))
"""

#: What runs on behalf of the reactor, and the actions that it leaks into on an ordinary loop.
LEAKS: Final = {
    "accepts": "listens",
    "serves": "listens",
    "produces": "connects",
    "receives": "connects",
    "loses": "connects",
    "timer": "calls later",
    "next timer": "calls later",
    "from thread": "in thread",
}

#: What is kept everywhere.
KEPT: Final = {
    "coroutine": None,
    "asyncio timer": "asyncio",
    "asyncio thread": "asyncio",
    "asyncio reader": "asyncio",
    "asyncio writer": "asyncio",
    "asyncio task": "asyncio",
    "other context": None,
}


def run(install: str) -> tuple[dict[str, object], str]:
    """
    Run the program.

    :returns: what was current where, and the name of the class of the loop.
    """
    done = run_child(install + PROGRAM)
    assert (done.returncode, done.stderr) == (0, ""), done
    text, name = done.stdout.rsplit(None, 1)
    return json.loads(text), name


class InstallTests(SynchronousTestCase):
    """
    Twisted's reactor runs on an event loop that leaks no actions.
    """

    maxDiff = None

    def test_leak(self) -> None:
        """
        On an ordinary event loop, what the reactor calls is in the actions of whoever was there
        when it was set up.
        """
        # Once this fails, Twisted has mended it.
        seen, _ = run(TWISTED)
        self.assertEqual(seen, {**LEAKS, **KEPT})

    def test_no_leak(self) -> None:
        """
        On ours it is in none; what asyncio itself calls is where it was.
        """
        seen, name = run(OURS)
        self.assertEqual(seen, {**dict.fromkeys(LEAKS), **KEPT})
        self.assertEqual(name, "ReactorEventLoop")

    def test_by_name(self) -> None:
        """
        It is found by its name, as by twistd.
        """
        seen, name = run(NAMED)
        self.assertEqual(seen, {**dict.fromkeys(LEAKS), **KEPT})
        self.assertEqual(name, "ReactorEventLoop")

    def test_trial(self) -> None:
        """
        Trial finds it by its name, and runs tests on it, those of asyncio as well.
        """
        if os.environ.get("ELIOT_SOURCE_TREE") is None:
            raise SkipTest("ELIOT_SOURCE_TREE is not set: this may be the source tree itself")
        outcome = run_suite(
            self,
            "trial-eliot-asyncio",
            """
            import asyncio

            from twisted.internet import reactor
            from twisted.internet.defer import Deferred
            from twisted.internet.task import deferLater
            from twisted.trial.unittest import TestCase

            class Tests(TestCase):
                async def test_loop(self):
                    await deferLater(reactor, 0)
                    loop = asyncio.get_running_loop()
                    self.assertEqual(type(loop).__name__, "ReactorEventLoop")
                    await Deferred.fromFuture(loop.create_task(asyncio.sleep(0)))
            """,
        )
        self.assertEqual(outcome.tests, {"test_loop": "passed"}, outcome.output)

    def test_too_late(self) -> None:
        """
        Where there is a reactor already, nothing is done.
        """
        self.assertIsNotNone(reactor)
        self.assertRaises(ReactorAlreadyInstalledError, install_asyncio_reactor)

    def test_loop_of_thread(self) -> None:
        """
        The loop is that of the main thread from then on.
        """
        done = run_child(OURS + "import asyncio\nprint(type(asyncio.get_event_loop()).__name__)\n")
        self.assertEqual((done.stdout, done.stderr), ("ReactorEventLoop\n", ""))
