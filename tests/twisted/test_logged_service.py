"""
Tests of :mod:`eliot.twisted._logged_service`.
"""

from __future__ import annotations

import pickle

from twisted.application.service import (
    Application,
    IService,
    IServiceCollection,
    MultiService,
    Service,
)
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot import current_action, log_message
from eliot.twisted import LoggedService, log_service
from tests.helpers import level_of, of_type, record, said


class Talking(Service):
    """
    Logs what happens, and takes its time to stop.

    :param error: what it raises instead of stopping.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self.stopping: Deferred[None] | None = None

    def privilegedStartService(self) -> None:
        """
        Log it.
        """
        log_message("prepares")

    def startService(self) -> None:
        """
        Log it.
        """
        Service.startService(self)
        log_message("starts")

    def stopService(self) -> Deferred[None] | None:
        """
        Log it.
        """
        if self.error is not None:
            raise self.error
        log_message("stops")
        self.running = False
        return self.stopping


class LoggedTalking(LoggedService, Talking):
    """
    One that has been made to be logged.
    """


class LoggedServiceTests(SynchronousTestCase):
    """
    Starting and stopping are actions, by the mixin or afterwards.
    """

    def setUp(self) -> None:
        """
        Record what is logged.
        """
        self.messages = record(self)

    def services(self) -> list[tuple[Talking, str]]:
        """
        Make a service of each kind; with the name of its class.
        """
        self.messages.clear()
        name = f"{__name__}."
        return [
            (LoggedTalking(), f"{name}LoggedTalking"),
            (log_service(Talking()), f"{name}Talking"),
        ]

    def statuses(self, action_type: str) -> list[object]:
        """
        List what has become of actions.
        """
        return [each["action_status"] for each in of_type(self.messages, action_type)]

    def test_start(self) -> None:
        """
        The service starts inside an action that names it.
        """
        for service, name in self.services():
            self.messages.clear()
            service.startService()
            self.assertTrue(service.running)
            start, starts, end = self.messages
            self.assertEqual(start["action_type"], "eliot:service_start")
            self.assertEqual(said(start), {"service": name})
            self.assertEqual(starts["task_uuid"], start["task_uuid"])
            self.assertEqual(end["action_status"], "succeeded")
            self.assertIsNone(current_action())

    def test_named(self) -> None:
        """
        A service that has a name goes by it.
        """
        for service, _ in self.services():
            self.messages.clear()
            service.setName("office")
            service.startService()
            self.assertEqual(self.messages[0]["service"], "office")

    def test_privileged(self) -> None:
        """
        So is what is done before privileges are shed.
        """
        for service, _ in self.services():
            self.messages.clear()
            service.privilegedStartService()
            self.assertEqual(self.statuses("eliot:service_privileged_start")[-1], "succeeded")
            self.assertEqual(len(level_of(of_type(self.messages, "prepares")[0])), 1)

    def test_stop(self) -> None:
        """
        The service has stopped when its Deferred has fired.
        """
        for service, _ in self.services():
            self.messages.clear()
            stopping: Deferred[None] = Deferred()
            service.stopping = stopping
            stopped = service.stopService()
            self.assertIs(stopped, stopping)
            self.assertEqual(self.statuses("eliot:service_stop"), ["started"])
            self.assertIsNone(current_action())
            stopping.callback(None)
            self.assertEqual(self.statuses("eliot:service_stop"), ["started", "succeeded"])
            self.assertIsNone(self.successResultOf(stopping))

    def test_stop_at_once(self) -> None:
        """
        It may do so at once.
        """
        for service, _ in self.services():
            self.messages.clear()
            self.assertIsNone(service.stopService())
            self.assertEqual(self.statuses("eliot:service_stop"), ["started", "succeeded"])

    def test_stop_fails(self) -> None:
        """
        A failure to stop is one of the action, and the caller's as well.
        """
        for service, _ in self.services():
            self.messages.clear()
            stopping: Deferred[None] = Deferred()
            service.stopping = stopping
            stopped = service.stopService()
            assert stopped is not None
            stopping.errback(ZeroDivisionError())
            self.failureResultOf(stopped, ZeroDivisionError)
            self.assertEqual(self.statuses("eliot:service_stop"), ["started", "failed"])

    def test_stop_raises(self) -> None:
        """
        So is what it raises.
        """
        for service, _ in self.services():
            for error in (ZeroDivisionError(), KeyboardInterrupt()):
                self.messages.clear()
                service.error = error
                self.assertRaises(type(error), service.stopService)
                self.assertEqual(self.statuses("eliot:service_stop"), ["started", "failed"])
                self.assertIsNone(current_action())

    def test_interface(self) -> None:
        """
        It is the service that it was.
        """
        for service, _ in self.services():
            verifyObject(IService, service)
        multi = MultiService()
        self.assertIs(log_service(multi), multi)
        verifyObject(IServiceCollection, multi)
        self.assertEqual(repr(type(multi)), repr(MultiService))

    def test_once(self) -> None:
        """
        One that is logged already is logged once.
        """
        for service, _ in self.services():
            self.messages.clear()
            log_service(service).startService()
            self.assertEqual(len(self.messages), 3)

    def test_children(self) -> None:
        """
        What starts and stops with a service is part of its action.
        """
        parent = log_service(MultiService())
        child = log_service(Talking())
        child.setServiceParent(parent)
        parent.startService()
        self.assertEqual(
            [level_of(each) for each in self.messages], [[1], [2, 1], [2, 2], [2, 3], [3]]
        )
        self.messages.clear()
        child.stopping = Deferred()
        stopped = parent.stopService()
        assert stopped is not None
        child.stopping.callback(None)
        self.assertEqual(
            [level_of(each) for each in self.messages], [[1], [2, 1], [2, 2], [2, 3], [3]]
        )

    def test_pickled(self) -> None:
        """
        An application may be kept as a pickle, as twistd does when it ends.
        """
        application = Application("office")
        for service, _ in self.services():
            service.setServiceParent(IServiceCollection(application))
        copied = IServiceCollection(pickle.loads(pickle.dumps(application)))
        for service in copied:
            self.messages.clear()
            service.startService()
            self.assertEqual(len(self.messages), 3, service)
