"""
Tests of :mod:`eliot.twisted._signals`.
"""

from __future__ import annotations

import os
import signal
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._signals import SignalHandlers, checked_signal, signal_from
from tests.helpers import of_type, record


class SignalsTests(SynchronousTestCase):
    """
    Signals call a function.
    """

    def setUp(self) -> None:
        """
        Record messages and calls.
        """
        self.messages = record(self)
        self.calls: list[str] = []
        for each in (signal.SIGUSR1, signal.SIGHUP):
            self.addCleanup(signal.signal, each, signal.getsignal(each))
            signal.signal(each, signal.SIG_DFL)

    def handlers(self, *signals: int) -> SignalHandlers:
        """
        Make handlers that note their calls.
        """
        return SignalHandlers(signals, lambda: self.calls.append("called"))

    def test_called(self) -> None:
        """
        When the signal comes, the function is called; the handler that was there is put back.
        """
        handlers = self.handlers(signal.SIGUSR1, signal.SIGHUP)
        handlers.install()
        handlers.install()
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGHUP)
        self.assertEqual(self.calls, ["called", "called"])
        handlers.put_back()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)
        handlers.put_back()

    def test_previous(self) -> None:
        """
        A function that had the signal before is called after that.
        """
        signal.signal(signal.SIGUSR1, lambda number, frame: self.calls.append("previous"))
        handlers = self.handlers(signal.SIGUSR1)
        handlers.install()
        os.kill(os.getpid(), signal.SIGUSR1)
        handlers.put_back()
        os.kill(os.getpid(), signal.SIGUSR1)
        self.assertEqual(self.calls, ["called", "previous", "previous"])

    def test_replaced(self) -> None:
        """
        Who has installed a handler since keeps it.
        """
        handlers = self.handlers(signal.SIGUSR1)
        handlers.install()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        handlers.put_back()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_IGN)

    def test_other_thread(self) -> None:
        """
        In another thread no handler can be installed, which is logged.
        """
        handlers = self.handlers(signal.SIGUSR1)
        for function in (handlers.install, handlers.put_back, self.handlers().install):
            thread = Thread(target=function)
            thread.start()
            thread.join()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)
        (message,) = of_type(self.messages, "eliot:signals_not_handled")
        self.assertEqual(message["signals"], ["SIGUSR1"])

    def test_names(self) -> None:
        """
        Signals are found by their names, however these are written.
        """
        for name in ("HUP", "SIGHUP", "hup", "SigHup"):
            self.assertIs(signal_from(name), signal.SIGHUP)
        for name in ("TERM", "SIGKILL", "", "SIG", "1", "NOPE"):
            error = self.assertRaises(ValueError, signal_from, name)
            self.assertIn(repr(name), str(error))
            self.assertIn("HUP", str(error))

    def test_refused(self) -> None:
        """
        Signals that belong to the reactor, or to nobody, are refused.
        """
        self.assertRaises(ValueError, self.handlers, signal.SIGTERM)
        self.assertRaises(ValueError, self.handlers, 5000)
        self.assertIs(checked_signal(signal.SIGHUP), signal.SIGHUP)
