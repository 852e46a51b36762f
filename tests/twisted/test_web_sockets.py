"""
Tests of logged requests over real sockets, in a process of their own on each reactor.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import Task, read_tasks
from tests.examples.running import read_log
from tests.helpers import Fields, of_type, run_child, scratch, text_of
from tests.twisted.helpers import messages_in

#: Makes all requests at the same time, each inside a task of its own, to an application of Klein
#: that trusts it.
PROGRAM = """
import sys
from twisted.application.reactors import installReactor
log_path, reactor_name = sys.argv[1:]
reactor = installReactor(reactor_name)

from klein import Klein
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred, gatherResults, inlineCallbacks
from twisted.internet.task import deferLater, react
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from eliot import current_action, log_message, start_task, to_file
from eliot._propagation import headers_for
from eliot.twisted import DeferredContext
from eliot.twisted.web import LoggedSite

file = open(log_path, "ab")
to_file(file)

app = Klein()
arrived = {}
left = {}


@app.route("/coroutine/<int:n>")
async def coroutine(request, n):
    log_message("served", n=n)
    await deferLater(reactor, n % 7 / 1000)
    log_message("served", n=n)
    return "Ahoy!"


@app.route("/generator/<int:n>")
@inlineCallbacks
def generator(request, n):
    log_message("served", n=n)
    yield deferLater(reactor, n % 7 / 1000)
    log_message("served", n=n)
    return "Ahoy!"


@app.route("/callback/<int:n>")
def callback(request, n):
    def done(_):
        log_message("served", n=n)
        return "Ahoy!"

    log_message("served", n=n)
    return DeferredContext(deferLater(reactor, n % 7 / 1000)).addCallback(done).result


@app.route("/fails/<int:n>")
async def fails(request, n):
    log_message("served", n=n)
    await deferLater(reactor, n % 7 / 1000)
    log_message("served", n=n)
    raise ZeroDivisionError(n)


@app.route("/waits/<int:n>")
async def waits(request, n):
    log_message("served", n=n)
    request.notifyFinish().addErrback(lambda _: left[n].callback(None))
    arrived[n].callback(None)
    try:
        await Deferred()
    except CancelledError:
        log_message("served", n=n)
        raise


class Slowly(Resource):
    isLeaf = True

    def render_GET(self, request):
        async def answer():
            log_message("served", n=n)
            for part in (b"Ah", b"oy", b"!"):
                request.write(part)
                await deferLater(reactor, n % 7 / 1000)
            log_message("served", n=n)
            request.finish()

        n = int(request.postpath[0])
        Deferred.fromCoroutine(answer())
        return NOT_DONE_YET


@app.route("/resource/", branch=True)
def resource(request):
    return Slowly()


async def ask(http, site, kind, n):
    with start_task(action_type="ask", n=n) as action:
        asked = http.get(f"{site}/{kind}/{n}?secret", headers=headers_for(action))
        if kind == "waits":
            await arrived[n]
            asked.cancel()
            try:
                await asked
            except Exception:
                pass
            await left[n]
            return
        response = await asked
        text = await response.text()
        [told] = response.headers.getRawHeaders("X-Eliot-Task-Id")
        assert told == f"{action.task_uuid}@/2", told
        log_message("got", n=n, status=response.code, good=text == "Ahoy!")


async def main(reactor):
    port = reactor.listenTCP(0, LoggedSite(app.resource(), trusted=True), interface="127.0.0.1")
    site = f"http://127.0.0.1:{port.getHost().port}"
    pool = HTTPConnectionPool(reactor)
    pool.maxPersistentPerHost = 20
    http = HTTPClient(Agent(reactor, pool=pool))
    kinds = ["coroutine", "generator", "callback", "fails", "waits", "resource"]
    # Some find a connection that was there before them.
    for round in range(4):
        numbers = range(round * 60, round * 60 + 60)
        for n in numbers:
            arrived[n], left[n] = Deferred(), Deferred()
        await gatherResults(
            [Deferred.fromCoroutine(ask(http, site, kinds[n % 6], n)) for n in numbers]
        )
    await pool.closeCachedConnections()
    await port.stopListening()
    # What was cancelled ends with the next turn at the latest.
    await deferLater(reactor, 0)


def start(reactor):
    done = Deferred.fromCoroutine(main(reactor))
    # What the event loop calls afterwards is in no action.
    done.addCallback(lambda _: print(current_action()))
    return done


react(start)
"""


class SocketsTests(SynchronousTestCase):
    """
    Requests of all kinds, at the same time.
    """

    def check(self, reactor: str) -> None:
        """
        Make the requests.
        """
        log = scratch(self) / "log"
        process = run_child(PROGRAM, str(log), reactor)
        # Twisted prints what nobody else takes: the exceptions of handlers.
        self.assertEqual((process.returncode, process.stdout), (0, "None\n"), process.stderr)
        messages = messages_in(log.read_bytes())
        tasks = list(read_tasks(read_log(log)))
        self.assertEqual(len(tasks), 240)
        self.assertTrue(all(task.is_complete for task in tasks))
        self.check_places(messages, tasks)
        self.check_ends(messages)
        self.assertNotIn(b"secret", log.read_bytes())

    def check_places(self, messages: list[Fields], tasks: list[Task]) -> None:
        """
        Each message is in the task of its own request.
        """
        uuids = {
            each["n"]: each["task_uuid"]
            for each in messages
            if "action_type" in each and "n" in each
        }
        self.assertEqual(len(uuids), 240)
        served = of_type(messages, "served")
        self.assertEqual(Counter(each["n"] for each in served), dict.fromkeys(range(240), 2))
        for each in [*served, *of_type(messages, "got")]:
            self.assertEqual(each["task_uuid"], uuids[each["n"]])
        for each in served:
            level = each["task_level"]
            assert isinstance(level, list)
            self.assertEqual((level[0], len(level)), (2, 2))

    def check_ends(self, messages: list[Fields]) -> None:
        """
        Each request has ended as it did.
        """
        ends = [
            each
            for each in of_type(messages, "eliot:http_answer")
            if each["action_status"] != "started"
        ]
        how = Counter(
            (text_of(each, "action_status"), each.get("status"), each["bytes"])
            for each in ends
            if each.get("status") != 500
        )
        self.assertEqual(how, {("succeeded", 200, 5): 160, ("failed", None, 0): 40})
        failed = [each for each in ends if each.get("status") == 500]
        self.assertEqual({each["exception"] for each in failed}, {"builtins.ZeroDivisionError"})
        self.assertEqual(len(failed), 40)

    @skipUnless(find_spec("klein"), "Klein is not installed")
    def test_epoll(self) -> None:
        """
        On the reactor that Twisted has for Linux.
        """
        self.check("epoll")

    @skipUnless(find_spec("klein"), "Klein is not installed")
    def test_asyncio(self) -> None:
        """
        On the reactor for asyncio.
        """
        self.check("asyncio")
