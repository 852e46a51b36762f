"""
Tests of :mod:`eliot.twisted._around`.
"""

from __future__ import annotations

from twisted.application.service import IService, MultiService
from zope.interface.verify import verifyObject

from eliot import log_message
from eliot.twisted._around import LoggedServices
from tests.twisted.helpers import numbers
from tests.twisted.test_service import LoggingServiceTestCase, SlowService


class LoggedServicesTests(LoggingServiceTestCase):
    """
    The logging starts before the other services, and stops after them.
    """

    def setUp(self) -> None:
        """
        Make a service that takes its time to stop, with logging around it.
        """
        super().setUp()
        self.service.add_destination(self.writer())
        self.around: MultiService = LoggedServices(self.service)
        self.slow = SlowService()
        self.slow.setServiceParent(self.around)

    def test_service(self) -> None:
        """
        It is a service.
        """
        verifyObject(IService, self.around)

    def test_slow(self) -> None:
        """
        What a service logs that stops slowly is written, while the reactor goes on; the Deferred
        fires after that.
        """
        self.around.startService()
        log_message("numbered", n="first")
        stopped = self.around.stopService()
        self.assertNoResult(stopped)
        log_message("numbered", n="meanwhile")
        self.slow.stopped.callback(None)
        self.reactor.turn_until(stopped)
        self.assertIsNone(self.successResultOf(stopped))
        log_message("numbered", n="too late")
        self.assertEqual(numbers(self.disk.messages), ["first", "meanwhile", "last"])

    def test_failed(self) -> None:
        """
        So it is where one cannot be stopped; its failure is its own.
        """
        self.around.startService()
        stopped = self.around.stopService()
        failure = ZeroDivisionError("cannot stop")
        self.slow.stopped.errback(failure)
        self.reactor.turn_until(stopped)
        self.assertFalse(self.service.running)
        self.slow.stopped.addErrback(lambda _: None)

    def test_without_reactor(self) -> None:
        """
        Where no reactor runs, nobody is waited for who may never come to an end.
        """
        self.around.startService()
        log_message("numbered", n="first")
        self.reactor.running = False
        self.assertIsNone(self.successResultOf(self.around.stopService()))
        self.assertEqual(numbers(self.disk.messages), ["first"])

    def test_shutdown(self) -> None:
        """
        When the reactor shuts down, what comes after the others have stopped is written as well.
        """
        self.around.startService()
        self.reactor.begin_shutdown()
        stopped = self.around.stopService()
        self.slow.stopped.callback(None)
        self.reactor.turn_until(stopped)
        log_message("numbered", n="afterwards")
        self.reactor.end_shutdown()
        self.assertEqual(numbers(self.disk.messages), ["last", "afterwards"])
