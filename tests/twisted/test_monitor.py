"""
Tests of :mod:`eliot.twisted._monitor`.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import NoReturn

from twisted.application.service import IService, MultiService
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import current_action, start_action
from eliot.twisted import ReactorMonitor
from tests.helpers import Fields, record, run_child
from tests.twisted.helpers import FakeReactor, HeldThread, HeldThreads

#: A program that blocks its reactor in many ways, each until that has been told, which a machine
#: may be too busy for.  It prints what was logged.
BLOCKING = """
import json, os, signal, subprocess, sys, time

if sys.argv[1] == "asyncio":
    from twisted.internet import asyncioreactor
    asyncioreactor.install()

from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import deferLater
from eliot import add_destinations, log_call, start_action
from eliot.twisted import DeferredContext, ReactorMonitor, inline_callbacks

children = []
messages = []
add_destinations(messages.append)

def told(text, action):
    tasks = {
        each["task_uuid"]: each["action_type"]
        for each in messages
        if each.get("action_status") == "started"
    }
    return any(
        text in str(each.get("stack", each.get("message_type")))
        and tasks.get(each["task_uuid"]) == action
        for each in messages
    )

# Real functions that block, which is what is looked for: nothing waits for them to be over.
def sleep():
    time.sleep(0.15)

def loop():
    end = time.monotonic() + 0.15
    while time.monotonic() < end:
        pass

def hold():
    sum(range(10_000_000))

def block():
    with start_action(action_type="app:block"):
        sleep()

@log_call(action_type="app:call")
def logged():
    loop()

def callback():
    with start_action(action_type="app:callback").context():
        context = DeferredContext(deferLater(reactor, 0))
        context.addCallback(lambda _: hold())
        return context.addActionFinish()

@inline_callbacks
def generator():
    with start_action(action_type="app:generator"):
        yield deferLater(reactor, 0)
        in_generator()

async def coroutine():
    with start_action(action_type="app:coroutine"):
        await deferLater(reactor, 0)
        in_coroutine()

def in_generator():
    time.sleep(0.15)

def in_coroutine():
    time.sleep(0.15)

def outside():
    time.sleep(0.15)

async def main():
    await until("in block", "app:block", lambda: reactor.callLater(0, block))
    await until("in logged", "app:call", lambda: reactor.callLater(0, logged))
    await until("in hold", "app:callback", callback)
    await until("in generator", "app:generator", generator)
    await until("in coroutine", "app:coroutine", lambda: ensureDeferred(coroutine()))
    await until("in outside", None, lambda: reactor.callLater(0, outside))
    await until("stood_still", None, stand_still)
    service.stopService()
    assert signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
    reactor.stop()

async def until(text, action, function):
    for _ in range(100):
        function()
        await deferLater(reactor, 0.25)
        if told(text, action):
            return
    raise TimeoutError(text)

def stand_still():
    children.append(subprocess.Popen(
        ["sh", "-c", f"kill -STOP {os.getpid()}; sleep 0.2; kill -CONT {os.getpid()}"]
    ))

def failed(failure):
    print(failure, file=sys.stderr)
    reactor.stop()

number = signal.SIGUSR1 if sys.argv[2:] else None
service = ReactorMonitor(reactor, 0.04, signal=number)
service.startService()
reactor.callWhenRunning(lambda: ensureDeferred(main()).addErrback(failed))
reactor.run()
for child in children:
    child.wait()
print(json.dumps(messages))
"""


class ServiceTests(SynchronousTestCase):
    """
    The service.
    """

    def setUp(self) -> None:
        """
        Make one whose thread does nothing by itself.
        """
        self.messages = record(self)
        self.reactor = FakeReactor()
        self.threads = HeldThreads()
        self.now = 0.0

    def monitor(self, number: int | None = None) -> ReactorMonitor:
        """
        Make a service.
        """
        return ReactorMonitor(
            self.reactor,
            1,
            signal=number,
            start_thread=self.threads,
            clock=lambda: self.now,
        )

    def test_interface(self) -> None:
        """
        It is a service as others.
        """
        verifyObject(IService, self.monitor())

    def test_started(self) -> None:
        """
        A thread is started with the service, which ends at once when that stops; it can be started
        again.
        """
        service = self.monitor()
        parent = MultiService()
        service.setServiceParent(parent)  # type: ignore[no-untyped-call]  # Twisted's
        parent.privilegedStartService()
        self.assertEqual(self.threads.started, [])
        for count in (1, 2):
            parent.startService()
            service.startService()
            self.assertEqual(len(self.threads.started), count)
            self.reactor.turn()
            parent.stopService()
            service.stopService()
            self.threads.started[-1].run()
        self.assertEqual(self.messages, [])

    def test_in_no_action(self) -> None:
        """
        The thread is in no action, whoever starts the service.
        """
        found: list[object] = []

        def start(function: Callable[[], None]) -> HeldThread:
            found.append(current_action())
            return self.threads(function)

        with start_action(action_type="app:start"):
            service = ReactorMonitor(self.reactor, 1, start_thread=start)
            service.startService()
        service.stopService()
        self.assertEqual(found, [None])

    def test_refused(self) -> None:
        """
        What is no time is refused, and what is no signal for this.
        """
        for wrong in (0, -1.0, float("nan"), float("inf")):
            error = self.assertRaises(ValueError, ReactorMonitor, self.reactor, wrong)
            self.assertIn(repr(wrong), str(error))
        self.assertRaises(ValueError, self.monitor, signal.SIGTERM)

    def test_no_thread(self) -> None:
        """
        Where no thread can be started, the signal is as it was before.
        """
        before = signal.getsignal(signal.SIGUSR1)

        def fail(function: Callable[[], None]) -> NoReturn:
            raise RuntimeError("can't start new thread")

        for number in (None, signal.SIGUSR1):
            service = ReactorMonitor(self.reactor, signal=number, start_thread=fail)
            self.assertRaises(RuntimeError, service.startService)
        self.assertIs(signal.getsignal(signal.SIGUSR1), before)


class RealReactorTests(SynchronousTestCase):
    """
    Real programs are blocked.
    """

    def run_program(self, *arguments: str) -> None:
        """
        Run the program, and see that everything is told in its place.
        """
        child = run_child(BLOCKING, *arguments)
        self.assertEqual((child.stderr, child.returncode), ("", 0))
        messages: list[Fields] = json.loads(child.stdout)
        types = {
            str(each["task_uuid"]): each["action_type"]
            for each in messages
            if each.get("action_status") == "started"
        }
        found = {
            (types.get(str(each["task_uuid"])), name)
            for each in messages
            if each.get("message_type") == "eliot:reactor_blocked"
            for name in ("block", "logged", "hold", "generator", "coroutine", "outside")
            if f"in {name}" in str(each["stack"])
        }
        # Seen just when the action ends, it may be outside of that; never in another one.
        self.assertEqual(
            {each for each in found if each[0] is not None or each[1] == "outside"},
            {
                ("app:block", "block"),
                ("app:call", "logged"),
                ("app:callback", "hold"),
                ("app:generator", "generator"),
                ("app:coroutine", "coroutine"),
                (None, "outside"),
            },
        )
        ends: dict[object, list[int]] = {}
        for each in messages:
            level = each["task_level"]
            assert isinstance(level, list)
            ends.setdefault(each["task_uuid"], []).append(level[0])
        # No place was taken that nobody has filled, and no action was over.
        for levels in ends.values():
            self.assertEqual(sorted(levels), list(range(1, len(levels) + 1)))
        for each in messages:
            if each.get("message_type") == "eliot:reactor_blocked":
                self.assertGreaterEqual(float(str(each["duration"])), 0.04)
                self.assertNotIn("_beats.py", str(each["stack"]))

    def test_epoll(self) -> None:
        """
        On Twisted's own reactor: by waiting, by computing, by code that gives no way; in blocks,
        functions, callbacks, generators, coroutines, and outside of all actions.
        """
        self.run_program("epoll")

    def test_asyncio(self) -> None:
        """
        The same on that of asyncio.
        """
        self.run_program("asyncio")

    def test_signal(self) -> None:
        """
        The same with a signal.
        """
        self.run_program("epoll", "signal")
