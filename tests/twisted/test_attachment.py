"""
Tests of :mod:`eliot.twisted._attachment`.
"""

from __future__ import annotations

from twisted.application.service import IService
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import log_message
from eliot._interfaces import IOpenedDestination
from eliot.twisted._attachment import Attachment
from tests.helpers import Recorder, fresh_destinations
from tests.twisted.helpers import Disk, numbers


@implementer(IOpenedDestination)
class OpenedDisk(Disk):
    """
    A destination that notes what is asked of it.

    :ivar calls: the names of the calls.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def open(self) -> None:
        """
        Note that.
        """
        self.calls.append("open")

    def settle(self) -> None:
        """
        Note that.
        """
        self.calls.append("settle")

    def reopen(self) -> None:
        """
        Note that.
        """
        self.calls.append("reopen")

    def close(self) -> None:
        """
        Note that.
        """
        self.calls.append("close")


class AttachmentTests(SynchronousTestCase):
    """
    A destination comes and goes with a service.
    """

    def setUp(self) -> None:
        """
        Start without destinations.
        """
        fresh_destinations(self)

    def test_plain(self) -> None:
        """
        It is there while the service runs.
        """
        recorder = Recorder()
        service = Attachment(recorder)
        verifyObject(IService, service)
        log_message("numbered", n=1)
        service.privilegedStartService()
        service.startService()
        log_message("numbered", n=2)
        service.reopen()
        service.stopService()
        log_message("numbered", n=3)
        self.assertEqual(numbers(recorder.messages), [1, 2])

    def test_opened(self) -> None:
        """
        What holds something open is opened first, and told when that is all; and closed last.
        """
        disk = OpenedDisk()
        verifyObject(IOpenedDestination, disk)
        service = Attachment(disk)
        service.privilegedStartService()
        self.assertEqual(disk.calls, ["open"])
        service.startService()
        log_message("numbered", n=1)
        service.reopen()
        service.stopService()
        self.assertEqual(disk.calls, ["open", "open", "settle", "reopen", "close"])
        self.assertEqual(numbers(disk.messages), [1])

    def test_never_started(self) -> None:
        """
        One that was not started may be stopped: what was opened is closed.
        """
        disk = OpenedDisk()
        service = Attachment(disk)
        service.privilegedStartService()
        service.stopService()
        self.assertEqual(disk.calls, ["open", "close"])
