"""
Tests of :mod:`eliot.twisted._prompt`.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread

from twisted.trial.unittest import SynchronousTestCase

from eliot import start_action
from eliot._context import NOWHERE, Scope, scope
from eliot.twisted import _prompt
from eliot.twisted._prompt import Prompt, Question
from tests.helpers import PATIENCE, record


class PromptTests(SynchronousTestCase):
    """
    The main thread tells which action it is in.
    """

    def setUp(self) -> None:
        """
        Leave the signal as it was.
        """
        record(self)
        self.addCleanup(signal.signal, signal.SIGUSR1, signal.getsignal(signal.SIGUSR1))
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        self.prompt = Prompt(signal.SIGUSR1)

    def ask(self, patience: float = PATIENCE) -> Scope:
        """
        Ask in another thread, while the caller is where it is.
        """
        found: list[Scope] = []
        frame = sys._getframe()
        thread = Thread(target=lambda: found.append(self.prompt.ask(frame, patience)))
        thread.start()
        thread.join()
        return found[0]

    def test_asked(self) -> None:
        """
        The answer is what the interrupted code would read.
        """
        self.prompt.install()
        self.prompt.install()
        with start_action(action_type="app:work"):
            self.assertIs(self.ask(), scope.get())
            self.assertIs(self.ask(), scope.get())
        self.assertIs(self.ask(), scope.get())
        self.prompt.put_back()

    def test_went_on(self) -> None:
        """
        An answer from another place is none.
        """

        def left() -> Question:
            return Question(sys._getframe())

        with start_action(action_type="app:work"):
            for question, right in ((Question(sys._getframe()), scope.get()), (left(), NOWHERE)):
                question.answer(sys._getframe())
                self.assertIs(question.scope, right)

    def test_not_installed(self) -> None:
        """
        Before, after, and where somebody else has taken the signal, no signal is sent.
        """
        with start_action(action_type="app:work"):
            self.assertIs(self.ask(), NOWHERE)
        self.prompt.install()
        self.prompt.put_back()
        self.prompt.put_back()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_IGN)
        self.prompt.install()
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
        with start_action(action_type="app:work"):
            self.assertIs(self.ask(), NOWHERE)
        self.prompt.put_back()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_DFL)

    def test_sent_by_others(self) -> None:
        """
        A signal that somebody else sends changes nothing, nor does an answer that comes too late.
        """
        self.prompt.install()
        os.kill(os.getpid(), signal.SIGUSR1)
        with start_action(action_type="app:work"):
            # The thread that asks is the one that would answer.
            self.assertIs(self.prompt.ask(sys._getframe(), PATIENCE), scope.get())
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            try:
                self.assertIs(self.ask(0.001), NOWHERE)
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
            self.assertIs(self.ask(), scope.get())
        self.prompt.put_back()

    def test_busy(self) -> None:
        """
        While somebody sends a signal the handler stays, rather than that the process is ended.
        """
        self.patch(_prompt, "_PATIENCE", 0.001)
        self.prompt.install()
        with self.prompt._sending:
            self.prompt.put_back()
        self.assertNotEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_IGN)
        self.prompt.put_back()
        self.assertEqual(signal.getsignal(signal.SIGUSR1), signal.SIG_IGN)

    def test_refused(self) -> None:
        """
        Signals with another meaning are refused, other threads too, and systems without.
        """
        self.assertRaises(ValueError, Prompt, signal.SIGTERM)
        errors: list[Exception] = []

        def install() -> None:
            try:
                self.prompt.install()
            except RuntimeError as error:
                errors.append(error)
            self.prompt.put_back()

        thread = Thread(target=install)
        thread.start()
        thread.join()
        self.assertIn("SIGUSR1", str(errors[0]))
        # Put back after the test.
        self.patch(signal, "pthread_kill", None)
        del signal.pthread_kill
        self.assertRaises(ValueError, Prompt, signal.SIGUSR1)
