"""
Tests of :mod:`eliot.twisted._service`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from io import StringIO

from twisted.application.service import (
    IService,
    IServiceCollection,
    MultiService,
    Service,
)
from twisted.internet.defer import Deferred
from twisted.logger import Logger, LogLevel, LogLevelFilterPredicate, globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import _context as context_module
from eliot import current_action, log_message, remove_destination
from eliot._root import start_root_action
from eliot.twisted import (
    CapturedOutput,
    DescriptionError,
    LoggingService,
    ThreadedWriter,
    TwistedLogService,
    log_observer,
)
from tests.helpers import (
    Fields,
    fresh_destinations,
    in_forked_child,
    of_type,
    run_child,
    scratch,
    text_of,
)
from tests.twisted.helpers import (
    Disk,
    FakeReactor,
    JoinedThreads,
    await_event,
    fresh_observer,
    numbers,
)
from tests.twisted.test_attachment import OpenedDisk


class SlowService(Service):
    """
    A service that takes its time to stop, and logs when it has.
    """

    def __init__(self) -> None:
        #: Fires when it has stopped.
        self.stopped: Deferred[None] = Deferred()

    def stopService(self) -> Deferred[None]:
        """
        Stop when the test says so.
        """
        super().stopService()  # type: ignore[no-untyped-call]  # Twisted's
        return self.stopped.addCallback(lambda _: log_message("numbered", n="last"))


class LoggingServiceTestCase(SynchronousTestCase):
    """
    Makes services.
    """

    def setUp(self) -> None:
        """
        Start without destinations.
        """
        fresh_destinations(self)
        self.reactor = FakeReactor()
        self.disk = Disk()
        self.threads = JoinedThreads()
        self.writers: list[ThreadedWriter] = []
        self.service = LoggingService(self.reactor)

    def writer(self) -> ThreadedWriter:
        """
        Make a writer to the disk.
        """
        writer = ThreadedWriter(self.disk, self.reactor, start_thread=self.threads)
        self.writers.append(writer)
        return writer

    def hang(self) -> None:
        """
        Log a message which the thread hangs writing.
        """
        self.disk.hang()
        self.disk.entered.clear()
        log_message("numbered", n="hangs")
        await_event(self.disk.entered)
        self.addCleanup(self.end)
        self.addCleanup(self.disk.recover)

    def end(self) -> None:
        """
        Have all writers write what is queued, and end.
        """
        self.reactor.running = False
        for writer in self.writers:
            self.successResultOf(writer.stopService())
        self.threads.join()


class LoggingServiceTests(LoggingServiceTestCase):
    """
    Destinations come and go with the service.
    """

    def test_interfaces(self) -> None:
        """
        It is a service that has others.
        """
        verifyObject(IService, self.service)
        verifyObject(IServiceCollection, self.service)

    def test_plain(self) -> None:
        """
        A plain destination is there while the service runs, and only then.
        """
        messages: list[Fields] = []
        self.service.add_destination(messages.append)
        self.assertRaises(ValueError, remove_destination, messages.append)
        self.service.startService()
        log_message("numbered", n=1)
        self.assertEqual(numbers(messages), [1])
        self.assertIsNone(self.successResultOf(self.service.stopService()))
        log_message("numbered", n=2)
        self.assertEqual(numbers(messages), [1])

    def test_writer(self) -> None:
        """
        A writer is started and stopped, gets each message once, and is waited for.
        """
        self.service.add_destination(self.writer())
        self.assertEqual(self.threads.started, [])
        self.service.startService()
        log_message("numbered", n=1)
        stopped = self.service.stopService()
        self.assertNoResult(stopped)
        self.reactor.turn_until(stopped)
        self.assertIsNone(self.successResultOf(stopped))
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_constructor(self) -> None:
        """
        Destinations may be given at once; all of them get everything.
        """
        first: list[Fields] = []
        second: list[Fields] = []
        service = LoggingService(self.reactor, [first.append, second.append])
        service.startService()
        log_message("numbered", n=1)
        self.successResultOf(service.stopService())
        self.assertEqual((numbers(first), numbers(second)), ([1], [1]))

    def test_add_while_running(self) -> None:
        """
        A destination that is added while the service runs is there at once.
        """
        messages: list[Fields] = []
        self.service.startService()
        self.service.add_destination(messages.append)
        log_message("numbered", n=1)
        self.assertEqual(numbers(messages), [1])
        self.successResultOf(self.service.stopService())
        self.assertRaises(ValueError, remove_destination, messages.append)

    def test_encoded(self) -> None:
        """
        A destination that takes encoded messages is no service, and is attached as it is.
        """
        self.service.add_destination(self.disk)
        self.service.startService()
        log_message("numbered", n=1)
        self.successResultOf(self.service.stopService())
        self.assertEqual(numbers(self.disk.messages), [1])
        self.assertRaises(ValueError, remove_destination, self.disk)

    def test_not_callable(self) -> None:
        """
        What cannot be a destination is refused when it is given, not when the program starts.
        """
        self.assertRaises(TypeError, self.service.add_destination, object())

    def test_restart(self) -> None:
        """
        It can be stopped and started again.
        """
        messages: list[Fields] = []
        self.service.add_destination(messages.append)
        for number in range(3):
            self.service.startService()
            log_message("numbered", n=number)
            self.assertIsNone(self.successResultOf(self.service.stopService()))
        self.assertEqual(numbers(messages), [0, 1, 2])

    def test_leaves_no_trigger(self) -> None:
        """
        One that was stopped has nothing to do with the reactor's shutdown any more.
        """
        self.service.startService()
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.reactor.shutdown_triggers, [])

    def test_stop_before_start(self) -> None:
        """
        One that never ran has stopped already.
        """
        self.service.add_destination(self.writer())
        self.assertIsNone(self.successResultOf(self.service.stopService()))

    def test_start_up_messages(self) -> None:
        """
        What was logged before the service started is written.
        """
        log_message("numbered", n=1)
        self.service.add_destination(self.writer())
        log_message("numbered", n=2)
        self.service.startService()
        self.reactor.turn_until(self.service.stopService())
        self.assertEqual(numbers(self.disk.messages), [1, 2])


class ShutdownTests(LoggingServiceTestCase):
    """
    While the reactor shuts down, destinations stay where they are.
    """

    def setUp(self) -> None:
        """
        Start an application whose first service is the logging.
        """
        super().setUp()
        self.service.add_destination(self.writer())
        self.application = MultiService()
        self.service.setServiceParent(self.application)  # type: ignore[no-untyped-call]  # likewise

    def start(self) -> None:
        """
        Start the application as twistd does.
        """
        self.application.startService()
        self.reactor.addSystemEventTrigger("before", "shutdown", self.stop)

    def stop(self) -> None:
        """
        Stop the application.
        """
        self.stopped: Deferred[object] = self.application.stopService()

    def test_waits(self) -> None:
        """
        Stopping waits until what was logged before has been written.
        """
        self.start()
        self.hang()
        log_message("numbered", n=1)
        self.reactor.begin_shutdown()
        self.assertNoResult(self.stopped)
        self.disk.permit()
        self.disk.permit()
        while not self.stopped.called:
            self.reactor.turn()
        self.assertEqual(numbers(self.disk.messages), ["hangs", 1])

    def test_nothing_to_wait_for(self) -> None:
        """
        Where nothing waits to be written, the shutdown goes on.
        """
        self.start()
        self.addCleanup(self.end)
        self.reactor.begin_shutdown()
        while not self.stopped.called:
            self.reactor.turn()

    def test_siblings(self) -> None:
        """
        What other services log while they stop, and what is logged after that, is written.
        """
        slow = SlowService()
        slow.setServiceParent(self.application)
        self.start()
        log_message("numbered", n=1)
        self.reactor.begin_shutdown()
        self.reactor.turn()
        self.assertNoResult(self.stopped)
        slow.stopped.callback(None)
        self.successResultOf(self.stopped)
        log_message("numbered", n="after")
        self.end()
        self.assertEqual(numbers(self.disk.messages), [1, "last", "after"])

    def test_last_words(self) -> None:
        """
        What is logged when the shutdown is over is written when the call returns: under twistd,
        the signal that has ended it is about to kill the process.
        """
        self.start()
        self.addCleanup(self.end)
        log_message("numbered", n=1)
        self.reactor.begin_shutdown()
        self.reactor.turn()
        self.successResultOf(self.stopped)
        log_message("numbered", n=2)
        self.reactor.end_shutdown()
        self.assertEqual(numbers(self.disk.messages), [1, 2])
        log_message("numbered", n=3)
        self.assertEqual(numbers(self.disk.messages), [1, 2, 3])

    def test_plain(self) -> None:
        """
        Plain destinations stay, too.
        """
        messages: list[Fields] = []
        self.service.add_destination(messages.append)
        self.start()
        self.addCleanup(self.end)
        log_message("numbered", n=1)
        self.reactor.begin_shutdown()
        log_message("numbered", n=2)
        self.assertEqual(numbers(messages), [1, 2])

    def test_time_limit(self) -> None:
        """
        A destination that hangs does not hold up the shutdown for longer than its writer's time
        limit, and the others are told how much is unwritten.
        """
        messages: list[Fields] = []
        self.service.add_destination(messages.append)
        self.start()
        self.hang()
        self.reactor.begin_shutdown()
        self.assertNoResult(self.stopped)
        self.reactor.advance(5.0)
        self.successResultOf(self.stopped)
        (complaint,) = of_type(messages, "eliot:destination_failure")
        self.assertEqual(complaint["exception"], "builtins.TimeoutError")

    def test_crashed(self) -> None:
        """
        Where the reactor's loop has ended already, the Deferred has fired, and what was logged is
        written when it has.
        """
        self.application.startService()
        self.addCleanup(self.end)
        for number in range(1000):
            log_message("numbered", n=number)
        self.reactor.begin_shutdown()
        self.reactor.running = False
        self.stop()
        self.successResultOf(self.stopped)
        self.assertEqual(numbers(self.disk.messages), list(range(1000)))

    def test_nested(self) -> None:
        """
        Writers in a group of services are waited for as well.
        """
        group = MultiService()
        self.writer().setServiceParent(group)  # type: ignore[no-untyped-call]  # likewise
        service = LoggingService(self.reactor, [group])
        service.startService()
        self.hang()
        self.reactor.begin_shutdown()
        self.assertNoResult(service.stopService())

    def test_service_stopped_alone(self) -> None:
        """
        The order does not matter in which the program asks for things: one that stops the service
        in a trigger of its own, added before the start, loses nothing that came before.
        """
        self.reactor.addSystemEventTrigger("before", "shutdown", self.stop)
        self.application.startService()
        log_message("numbered", n=1)
        self.reactor.begin_shutdown()
        while not self.stopped.called:
            self.reactor.turn()
        self.assertEqual(numbers(self.disk.messages), [1])


class FailingService(Service):
    """
    A service that cannot be started.
    """

    def startService(self) -> None:
        """
        Fail.
        """
        raise OSError("cannot be opened")


class ConfigurationTests(LoggingServiceTestCase):
    """
    What else there is to a program's logging.
    """

    def setUp(self) -> None:
        """
        There is no root action before and after.
        """
        super().setUp()
        self.patch(context_module, "root", None)
        self.messages: list[Fields] = []

    def configured(self, *destinations: object, **options: object) -> LoggingService:
        """
        Make a service.
        """
        make: Callable[..., LoggingService] = LoggingService
        return make(self.reactor, destinations or [self.messages.append], **options)

    def test_description(self) -> None:
        """
        A destination may be described.
        """
        path = scratch(self) / "a.json"
        service = self.configured(f"file:{path}")
        self.assertFalse(path.exists())
        service.privilegedStartService()
        self.assertTrue(path.exists())
        service.startService()
        log_message("numbered", n=1)
        stopped = service.stopService()
        self.reactor.turn_until(stopped)
        self.assertIn('"n":1', path.read_text())

    def test_wrong_description(self) -> None:
        """
        A wrong one, or a second one of the same file, is refused; and nothing has begun then.
        """
        for wrong in (["fiel:x"], ["file:a", "file:./a"]):
            self.assertRaises(
                DescriptionError, LoggingService, self.reactor, wrong, root_action="root"
            )
        self.assertIsNone(current_action())

    def test_all_get_early_messages(self) -> None:
        """
        What was logged before goes to all destinations, not to the first one.
        """
        log_message("numbered", n=1)
        service = self.configured(self.messages.append, self.writer())
        service.startService()
        self.reactor.turn_until(service.stopService())
        self.assertEqual(numbers(self.messages), [1])
        self.assertEqual(numbers(self.disk.messages), [1])

    def test_fields(self) -> None:
        """
        Each message has the fields, from the time at which the service is made.
        """
        service = self.configured(fields={"program": "app"}, root_action="root")
        log_message("early")
        service.startService()
        self.successResultOf(service.stopService())
        self.assertEqual([each["program"] for each in self.messages], ["app"] * 3)

    def test_reserved_fields(self) -> None:
        """
        The framework's own are refused.
        """
        error = self.assertRaises(ValueError, self.configured, fields={"task_uuid": 1, "a": 2})
        self.assertIn("task_uuid", str(error))

    def test_root_action(self) -> None:
        """
        It begins with the service, holds all that follows, and ends when the service is stopped.
        """
        service = self.configured(root_action="root")
        log_message("in between")
        service.privilegedStartService()
        service.startService()
        log_message("later")
        self.successResultOf(service.stopService())
        self.assertIsNone(current_action())
        self.assertEqual([each["task_level"] for each in self.messages], [[1], [2], [3], [4]])
        self.assertEqual(len({each["task_uuid"] for each in self.messages}), 1)

    def test_second_root_action(self) -> None:
        """
        There is one root action.
        """
        start_root_action("other")
        self.assertRaises(RuntimeError, self.configured, root_action="root")

    def test_root_action_in_daemon(self) -> None:
        """
        It goes on in the child where the process forks before the start.
        """
        service = self.configured(root_action="root")

        def child() -> str:
            service.privilegedStartService()
            service.startService()
            log_message("in child")
            service.stopService()
            return repr([each["task_level"] for each in self.messages])

        self.assertEqual(in_forked_child(child), "[[1], [2], [3]]")

    def test_root_action_ends_after_shutdown(self) -> None:
        """
        While the reactor shuts down it goes on; it ends when that is over, where no last words of
        Twisted's follow.
        """
        fresh_observer(self)
        service = self.configured(root_action="root", twisted_log=True)
        service.startService()
        self.reactor.begin_shutdown()
        service.stopService()
        log_message("late")
        self.reactor.end_shutdown()
        self.assertIsNone(current_action())
        types = [each.get("message_type") or each["action_status"] for each in self.messages]
        self.assertEqual(types, ["started", "late", "succeeded"])

    def test_twisted_log(self) -> None:
        """
        What Twisted logs becomes messages while the service runs, and only then.
        """
        service = self.configured(twisted_log=True)
        logger = Logger("somewhere")
        logger.info("before")
        service.privilegedStartService()
        service.startService()
        logger.info("now")
        self.successResultOf(service.stopService())
        logger.info("after")
        self.assertEqual([each["text"] for each in self.messages], ["now"])

    def test_twisted_log_already(self) -> None:
        """
        Who has added the observer already keeps it, and no event comes twice.
        """
        fresh_observer(self)
        globalLogPublisher.addObserver(log_observer())
        service = self.configured(twisted_log=True)
        service.startService()
        Logger("somewhere").info("now")
        self.assertEqual(len(self.messages), 1)
        self.successResultOf(service.stopService())
        self.assertIn(log_observer(), globalLogPublisher._observers)

    def test_selection(self) -> None:
        """
        The service that is given for Twisted's log says what is taken in, and stops with this
        one.
        """
        fresh_observer(self)
        selection = TwistedLogService([LogLevelFilterPredicate(LogLevel.warn)], extra_fields=True)
        service = self.configured(twisted_log=selection)
        service.startService()
        logger = Logger("somewhere")
        logger.info("little")
        logger.warn("{n} left", n=3)
        self.successResultOf(service.stopService())
        self.assertFalse(selection.running)
        self.assertEqual([(each["text"], each["n"]) for each in self.messages], [("3 left", 3)])

    def test_captured_output(self) -> None:
        """
        What is printed becomes messages while the service runs, half a line before the
        destinations are gone.
        """
        outside = StringIO()
        self.patch(sys, "stdout", outside)
        service = self.configured(capture_output=True, root_action="root")
        print("before")
        service.startService()
        print("now")
        print("half", end="")
        self.successResultOf(service.stopService())
        print("after")
        self.assertEqual(outside.getvalue(), "before\nafter\n")
        texts = [each.get("text") for each in self.messages]
        self.assertEqual(texts, [None, "now", "half", None])

    def test_captured_stream(self) -> None:
        """
        It may be given which stream; while the reactor shuts down, and after that, what is printed
        is logged, too.
        """
        outside = StringIO()
        self.patch(sys, "stdout", outside)
        self.patch(sys, "stderr", StringIO())
        captured = CapturedOutput("stderr")
        self.addCleanup(captured.stopService)
        service = self.configured(capture_output=captured)
        service.startService()
        print("out")
        self.reactor.begin_shutdown()
        service.stopService()
        print("stopping", file=sys.stderr)
        print("half", end="", file=sys.stderr)
        self.reactor.end_shutdown()
        print("stopped", file=sys.stderr)
        self.assertEqual(outside.getvalue(), "out\n")
        texts = [each["text"] for each in self.messages]
        self.assertEqual(texts, ["stopping", "half", "stopped"])

    def test_reopen(self) -> None:
        """
        Each signal has all files opened anew, also those in groups and those without a thread.
        """
        self.addCleanup(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP))
        direct, behind = OpenedDisk(), OpenedDisk()
        group = MultiService()
        ThreadedWriter(behind, self.reactor, start_thread=self.threads).setServiceParent(group)  # type: ignore[no-untyped-call]  # Twisted's
        service = self.configured(direct, group, Service(), reopen_on=[signal.SIGHUP])
        service.startService()
        os.kill(os.getpid(), signal.SIGHUP)
        self.assertNotIn("reopen", direct.calls)
        self.reactor.turn()
        stopped = service.stopService()
        self.reactor.turn_until(stopped)
        self.threads.join()
        self.assertIn("reopen", direct.calls)
        self.assertIn("reopen", behind.calls)
        self.assertNotEqual(getattr(signal.getsignal(signal.SIGHUP), "__self__", None), service)

    def test_reopening_fails(self) -> None:
        """
        The others are told if one cannot be opened anew.
        """

        class Broken(OpenedDisk):
            def reopen(self) -> None:
                raise OSError("gone")

        service = self.configured(self.messages.append, Broken())
        service.startService()
        service.reopen()
        while not self.reactor.idle:
            self.reactor.turn()
        self.successResultOf(service.stopService())
        (complaint,) = of_type(self.messages, "eliot:destination_failure")
        self.assertIn("gone", text_of(complaint, "reason"))

    def test_wrong_signal(self) -> None:
        """
        Signals that are the reactor's are refused.
        """
        self.assertRaises(ValueError, self.configured, reopen_on=[signal.SIGTERM])

    def test_start_fails(self) -> None:
        """
        Where one destination cannot be started, none is, and the program is told.
        """
        streams = sys.stdout, sys.stderr
        service = self.configured(
            *(self.messages.append, FailingService()),
            root_action="root",
            twisted_log=True,
            capture_output=True,
        )
        self.assertRaises(OSError, service.startService)
        self.assertEqual((sys.stdout, sys.stderr), streams)
        self.assertEqual(self.reactor.shutdown_triggers, [])
        self.assertRaises(ValueError, remove_destination, self.messages.append)
        self.assertIsNone(current_action())
        self.assertFalse(service.running)

    def test_exit(self) -> None:
        """
        Where the program just ends, the root action ends before the writers do.
        """
        process = run_child(
            "from twisted.internet import reactor\n"
            "from eliot import log_message\n"
            "from eliot.twisted import LoggingService\n"
            "LoggingService(reactor, ['stdout'], root_action='root').startService()\n"
            "log_message('said')\n"
        )
        self.assertIn('"succeeded"', process.stdout.splitlines()[2])
        self.assertEqual(process.stderr, "")
