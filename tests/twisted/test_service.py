"""
Tests of :mod:`eliot.twisted._service`.
"""

from __future__ import annotations

from twisted.application.service import (
    IService,
    IServiceCollection,
    MultiService,
    Service,
)
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import log_message, remove_destination
from eliot.twisted import LoggingService, ThreadedWriter
from tests.helpers import Fields, fresh_destinations, of_type
from tests.twisted.helpers import Disk, FakeReactor, JoinedThreads, await_event, numbers


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
