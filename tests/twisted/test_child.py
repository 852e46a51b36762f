"""
Tests of :mod:`eliot.twisted._child`, without processes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast

from twisted.internet.defer import CancelledError
from twisted.internet.error import ProcessDone, ProcessTerminated
from twisted.internet.interfaces import IProcessProtocol, IProcessTransport, IReactorProcess
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import Action, current_action, log_message, start_action
from eliot import _context as context_module
from eliot._environment import VARIABLE, task_environment
from eliot._ids import parse
from eliot._root import start_root_action
from eliot.twisted import LoggedProcess, spawn_logged
from eliot.twisted._child_lines import MAXIMUM_LINE
from tests.helpers import Fields, level_of, of_type, record, said

#: A message of the process.
_LINE = b'{"task_uuid":"one","task_level":[2,3],"timestamp":1.5,"message_type":"m"}\n'


class Transport:
    """
    A process that does nothing.
    """

    pid = 17


def transport() -> IProcessTransport:
    """
    Make a process that does nothing.
    """
    return cast("IProcessTransport", Transport())


class Reactor:
    """
    A reactor that remembers the processes that it should start.

    :param error: what it raises instead.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        #: What was given, by the names of parameters.
        self.given: Fields = {}
        #: The current action where it was called.
        self.action: Action | None = None

    def spawnProcess(  # noqa: N802 (Twisted's names)
        self,
        process: IProcessProtocol,
        executable: object,
        args: object,
        env: object,
        path: object,
        uid: object,
        gid: object,
        usePTY: object,  # noqa: N803
        childFDs: object,  # noqa: N803
    ) -> None:
        """
        Remember what is given, and say that the process has been started.
        """
        self.given = {**locals()}
        del self.given["self"], self.given["process"]
        self.action = current_action()
        if self.error is not None:
            raise self.error
        process.makeConnection(transport())

    @property
    def environment(self) -> Mapping[object, object]:
        """
        The environment of the process.
        """
        return cast("Mapping[object, object]", self.given["env"])


def as_reactor(fake: Reactor) -> IReactorProcess:
    """
    Take a fake for a reactor.
    """
    return cast("IReactorProcess", fake)


@implementer(IProcessProtocol)
class Protocol:
    """
    A user's protocol, which logs all that it is told, and keeps it; and raises, if it should.

    :param error: what each method raises.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.told: list[tuple[object, ...]] = []

    def _tell(self, *what: object) -> None:
        self.told.append(what)
        log_message("told", what=what[0])
        if self.error is not None:
            raise self.error

    def makeConnection(self, process: IProcessTransport) -> None:  # noqa: N802 (Twisted's names)
        """
        The process has been started.
        """
        self._tell("connection", process)

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: N803
        """
        Something has come.
        """
        self._tell("data", childFD, data)

    def childConnectionLost(self, childFD: int) -> None:  # noqa: N802, N803
        """
        Nothing will come any more.
        """
        self._tell("lost", childFD)

    def processExited(self, reason: Failure) -> None:
        """
        The process has exited.
        """
        self._tell("exited", reason)

    def processEnded(self, reason: Failure) -> None:
        """
        All has come.
        """
        self._tell("ended", reason)


DONE = Failure(ProcessDone(0))


class ChildTestCase(SynchronousTestCase):
    """
    A base for tests of processes.
    """

    def setUp(self) -> None:
        """
        Record messages; there is no root action.
        """
        self.messages = record(self)
        self.patch(context_module, "root", None)

    def output(self) -> list[Fields]:
        """
        Get what was logged of the process's output.
        """
        return [said(each) for each in of_type(self.messages, "eliot:process_output")]


class LoggedProcessTests(ChildTestCase):
    """
    A process is an action.
    """

    def test_interface(self) -> None:
        """
        It is a process protocol.
        """
        verifyObject(IProcessProtocol, LoggedProcess())

    def test_succeeds(self) -> None:
        """
        The action begins with the process, inside the one that was current when this was made, and
        ends when the process has ended.
        """
        with start_action(action_type="outer") as outer:
            process = LoggedProcess("sort", fields={"a": 1})
        process.makeConnection(transport())
        self.assertEqual(len(self.messages), 3)
        started = self.messages[-1]
        self.assertEqual((started["action_type"], said(started)), ("sort", {"a": 1, "pid": 17}))
        self.assertEqual((started["task_uuid"], level_of(started)), (outer.task_uuid, [2, 1]))
        process.processExited(DONE)
        self.assertEqual(len(self.messages), 3)
        self.assertNoResult(process.ended)
        process.processEnded(DONE)
        ended = self.messages[-1]
        self.assertEqual((ended["action_status"], said(ended)), ("succeeded", {"exit_code": 0}))
        self.assertIs(self.successResultOf(process.ended), DONE.value)

    def test_fails(self) -> None:
        """
        It fails where the process does, and says how; the Deferred fires all the same, so that who
        does not ask for it has no unhandled error.
        """
        cases: list[tuple[Exception, Fields]] = [
            (ProcessTerminated(3), {"exit_code": 3}),
            (ProcessTerminated(None, 9), {"signal": "SIGKILL"}),
            (ProcessTerminated(None, 1000), {"signal": 1000}),
            (OSError(5, "odd"), {"errno": 5}),
        ]
        for error, expected in cases:
            self.messages.clear()
            process = LoggedProcess()
            process.makeConnection(transport())
            process.processEnded(Failure(error))
            ended = self.messages[-1]
            self.assertEqual(ended["action_type"], "eliot:process")
            self.assertEqual(ended["action_status"], "failed")
            self.assertEqual(said(ended) | expected, said(ended))
            self.assertIs(self.successResultOf(process.ended), error)

    def test_task(self) -> None:
        """
        Outside of all actions it is a task; inside the root action of the process it is part of
        that.
        """
        self.assertEqual(LoggedProcess().action.task_level, [])
        root = start_root_action("root")
        process = LoggedProcess()
        self.assertEqual(process.action.task_uuid, root.task_uuid)
        self.assertEqual(process.action.task_level, [2])
        process.makeConnection(transport())
        process.processEnded(DONE)
        self.assertIs(current_action(), root)

    def test_lines(self) -> None:
        """
        Messages are written on, where the process logs; all else is output.
        """
        process = LoggedProcess()
        process.makeConnection(transport())
        process.childDataReceived(1, b"one\n" + _LINE + b"tw")
        process.childDataReceived(2, _LINE + b"err")
        process.childDataReceived(1, b"o\nthree")
        process.childConnectionLost(1)
        process.childDataReceived(5, b"five\n")
        process.processEnded(DONE)
        self.assertEqual(
            self.output(),
            [
                {"stream": "stdout", "text": "one"},
                {"stream": "stderr", "text": _LINE.decode().rstrip()},
                {"stream": "stdout", "text": "two"},
                {"stream": "stdout", "text": "three", "unfinished": True},
                {"stream": "5", "text": "five"},
                {"stream": "stderr", "text": "err", "unfinished": True},
            ],
        )
        [message] = of_type(self.messages, "m")
        self.assertEqual((message["task_uuid"], level_of(message)), ("one", [2, 3]))
        own = [each for each in self.messages if each is not message]
        levels = [level_of(each) for each in own]
        self.assertEqual(levels, [[number] for number in range(1, len(own) + 1)])
        self.assertEqual(len({each["task_uuid"] for each in own}), 1)

    def test_descriptors(self) -> None:
        """
        The process may log to another descriptor, or to none, and not all output need be logged.
        """
        process = LoggedProcess(log_descriptor=3, output=[2])
        process.makeConnection(transport())
        for descriptor in (1, 2, 3):
            process.childDataReceived(descriptor, _LINE + b"x\n")
        self.assertEqual(len(of_type(self.messages, "m")), 1)
        self.assertEqual([each["stream"] for each in self.output()], ["stderr", "stderr", "3"])
        self.messages.clear()
        process = LoggedProcess(log_descriptor=None)
        process.makeConnection(transport())
        process.childDataReceived(1, _LINE)
        self.assertEqual(of_type(self.messages, "m"), [])
        self.assertEqual(len(self.output()), 1)

    def test_bounded(self) -> None:
        """
        Of a line without an end little is held, and nothing is lost.
        """
        process = LoggedProcess()
        process.makeConnection(transport())
        for _ in range(5):
            process.childDataReceived(1, b"x" * (MAXIMUM_LINE // 2 + 1))
        self.assertEqual([each["piece"] for each in self.output()], [1, 2])
        process.processEnded(DONE)
        sizes = [len(str(each["text"])) for each in self.output()]
        self.assertEqual(sizes, [MAXIMUM_LINE, MAXIMUM_LINE, MAXIMUM_LINE // 2 + 5])

    def test_context(self) -> None:
        """
        Whatever comes, whoever calls sees the current action that it had before.
        """
        process = LoggedProcess(protocol=Protocol())
        with start_action(action_type="reactor's") as action:
            process.makeConnection(transport())
            process.childDataReceived(1, b"one\n")
            process.childConnectionLost(1)
            process.processExited(DONE)
            process.processEnded(DONE)
            self.assertIs(current_action(), action)
        for each in of_type(self.messages, "told"):
            self.assertEqual(each["task_uuid"], process.action.task_uuid)

    def test_protocol(self) -> None:
        """
        A user's protocol gets all that it would get, inside the action, also what is not logged.
        """
        protocol = Protocol()
        process = LoggedProcess(protocol=protocol, output=())
        connection = transport()
        process.makeConnection(connection)
        process.childDataReceived(2, b"o")
        process.childDataReceived(1, _LINE)
        process.childConnectionLost(1)
        process.processExited(DONE)
        process.processEnded(DONE)
        expected = [
            ("connection", connection),
            ("data", 2, b"o"),
            ("data", 1, _LINE),
            ("lost", 1),
            ("exited", DONE),
            ("ended", DONE),
        ]
        self.assertEqual(protocol.told, expected)
        self.assertEqual(len(of_type(self.messages, "told")), 6)
        self.assertEqual(self.messages[0]["action_status"], "started")
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")

    def test_protocol_raises(self) -> None:
        """
        What it raises is logged, inside the action, and changes nothing else.
        """
        process = LoggedProcess(protocol=Protocol(ZeroDivisionError()))
        process.makeConnection(transport())
        process.childDataReceived(1, b"one\n")
        process.childConnectionLost(1)
        process.processExited(DONE)
        process.processEnded(DONE)
        tracebacks = of_type(self.messages, "eliot:traceback")
        self.assertEqual(len(tracebacks), 5)
        self.assertEqual({each["task_uuid"] for each in tracebacks}, {process.action.task_uuid})
        self.assertEqual(self.output(), [{"stream": "stdout", "text": "one"}])
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")

    def test_protocol_interrupts(self) -> None:
        """
        What is not an error passes; the context is put back, and the action ends as it should.
        """
        process = LoggedProcess(protocol=Protocol(KeyboardInterrupt()))
        self.assertRaises(KeyboardInterrupt, process.makeConnection, transport())
        self.assertRaises(KeyboardInterrupt, process.processEnded, DONE)
        self.assertIsNone(current_action())
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")

    def test_no_process_id(self) -> None:
        """
        A transport need not know the number of its process.
        """
        process = LoggedProcess()
        process.makeConnection(cast("IProcessTransport", object()))
        self.assertEqual(said(self.messages[0]), {})

    def test_transport(self) -> None:
        """
        The transport is at hand as soon as there is one.
        """
        process = LoggedProcess()
        self.assertRaises(RuntimeError, lambda: process.transport)
        connection = transport()
        process.makeConnection(connection)
        self.assertIs(process.transport, connection)
        self.assertIn("Transport", repr(process))

    def test_cancelled(self) -> None:
        """
        Who does not wait any longer may cancel; the action goes on.
        """
        process = LoggedProcess()
        process.makeConnection(transport())
        process.ended.cancel()
        self.failureResultOf(process.ended, CancelledError)
        process.processEnded(DONE)
        self.assertEqual(self.messages[-1]["action_status"], "succeeded")


class SpawnLoggedTests(ChildTestCase):
    """
    Starting a process.
    """

    def spawn(self, reactor: Reactor, **options: object) -> LoggedProcess:
        """
        Start a process.
        """
        spawn: object = spawn_logged
        assert callable(spawn)
        process = spawn(as_reactor(reactor), "/bin/sort", **options)
        assert isinstance(process, LoggedProcess)
        return process

    def test_fields(self) -> None:
        """
        The action says what is run.
        """
        self.spawn(Reactor(), args=["sort", b"-r"], action_type="sort")
        self.assertEqual(self.messages[0]["action_type"], "sort")
        self.assertEqual(
            said(self.messages[0]),
            {"executable": "/bin/sort", "arguments": ["sort", b"-r"], "pid": 17},
        )

    def test_given(self) -> None:
        """
        The reactor gets what was given, and where nothing was, what is usual.
        """
        reactor = Reactor()
        self.spawn(reactor)
        environment = reactor.given.pop("env")
        expected: Fields = {
            "executable": "/bin/sort",
            "args": ["/bin/sort"],
            "path": None,
            "uid": None,
            "gid": None,
            "usePTY": False,
            "childFDs": None,
        }
        self.assertEqual(reactor.given, expected)
        assert isinstance(environment, dict)
        environment.pop(VARIABLE)
        self.assertEqual(environment, {k: v for k, v in os.environ.items() if k != VARIABLE})
        given: Fields = {
            "args": ["sort"],
            "path": "/tmp",
            "uid": 1,
            "gid": 2,
            "usePTY": True,
            "childFDs": {0: "w", 1: "r"},
        }
        self.spawn(reactor, **given)
        del reactor.given["env"]
        self.assertEqual(reactor.given, {"executable": "/bin/sort", **given})

    def test_log_descriptor(self) -> None:
        """
        The descriptor of the log is opened where it is not.
        """
        reactor = Reactor()
        self.spawn(reactor, log_descriptor=3)
        self.assertEqual(reactor.given["childFDs"], {0: "w", 1: "r", 2: "r", 3: "r"})
        self.spawn(reactor, log_descriptor=3, childFDs={0: 0})
        self.assertEqual(reactor.given["childFDs"], {0: 0, 3: "r"})
        self.spawn(reactor, log_descriptor=3, childFDs={3: "r"})
        self.assertEqual(reactor.given["childFDs"], {3: "r"})
        self.spawn(reactor, log_descriptor=None, childFDs={0: 0})
        self.assertEqual(reactor.given["childFDs"], {0: 0})

    def test_place(self) -> None:
        """
        The process gets the first place in the action, and none that was in its environment.
        """
        reactor = Reactor()
        for env in (None, {"A": "b", VARIABLE: "x"}, {b"A": b"b", VARIABLE.encode(): b"x"}):
            process = self.spawn(reactor, env=env)
            place = parse(str(reactor.environment[VARIABLE]))
            self.assertEqual(place, (process.action.task_uuid, [2]))
            self.assertNotIn(VARIABLE.encode(), reactor.environment)
        self.assertEqual(reactor.environment[b"A"], b"b")

    def test_not_continued(self) -> None:
        """
        A program that does not log gets no place, so that readers miss none.
        """
        reactor = Reactor()
        process = self.spawn(reactor, continued=False, env={VARIABLE: "x"})
        self.assertEqual(reactor.environment, {})
        process.processEnded(DONE)
        self.assertEqual(level_of(self.messages[-1]), [2])

    def test_shared(self) -> None:
        """
        Several programs may go on below a place of their own.
        """
        reactor = Reactor()
        process = self.spawn(reactor, shared=True)
        task_id = str(reactor.environment[VARIABLE])
        levels = [parse(task_id)[1] for _ in range(2)]
        self.assertEqual([each[:1] for each in levels], [[2], [2]])
        self.assertNotEqual(*levels)
        self.assertEqual(parse(task_id)[0], process.action.task_uuid)

    def test_by_hand(self) -> None:
        """
        Who has somebody else start the process takes the place by hand.
        """
        process = LoggedProcess()
        place = parse(task_environment(process.action)[VARIABLE])
        self.assertEqual(place, (process.action.task_uuid, [2]))

    def test_context(self) -> None:
        """
        Nothing that the event loop keeps is in the action of whoever starts the process, which has
        its action afterwards.
        """
        reactor = Reactor()
        with start_action(action_type="outer") as outer:
            self.spawn(reactor)
            self.assertIsNone(reactor.action)
            self.assertIs(current_action(), outer)

    def test_not_started(self) -> None:
        """
        What the reactor raises is raised, and is why the action has failed: as a whole, without a
        place that readers would miss.
        """
        for options in ({}, {"shared": True}, {"continued": False}):
            self.messages.clear()
            with start_action(action_type="outer") as outer:
                error = FileNotFoundError(2, "No such file")
                raised = self.assertRaises(FileNotFoundError, self.spawn, Reactor(error), **options)
                self.assertIs(raised, error)
                self.assertIs(current_action(), outer)
            started, *_ = of_type(self.messages, "eliot:process")
            ended = of_type(self.messages, "eliot:process")[-1]
            self.assertEqual(said(started)["executable"], "/bin/sort")
            self.assertEqual(ended["exception"], "builtins.FileNotFoundError")
            expected = [2, 3] if options.get("shared") else [2, 2]
            self.assertEqual((level_of(started), level_of(ended)), ([2, 1], expected))

    def test_wrong_environment(self) -> None:
        """
        So it is with an environment that is none.
        """
        self.assertRaises(TypeError, self.spawn, Reactor(), env=17)
        self.assertEqual(self.messages[-1]["exception"], "builtins.TypeError")
