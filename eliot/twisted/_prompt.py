"""
Asking the main thread by a signal which action it is in.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, current_thread, main_thread
from types import FrameType

from eliot._context import Scope, scope
from eliot.twisted._signals import checked_signal

# How many seconds it is waited for somebody who sends a signal just now.
_PATIENCE = 1.0


class Prompt:
    """
    A signal whose handler looks which action the main thread is in: it is run by
    the code that is run there, so it reads what that would read.

    :param number: the signal.
    :raises ValueError: if the signal belongs to somebody else, or one thread cannot
        send signals to another on this system.
    """

    def __init__(self, number: int) -> None:
        if not hasattr(signal, "pthread_kill"):
            raise ValueError("On this system no thread can send a signal to another.")
        self._signal = checked_signal(number)
        self._before: Callable[[int, FrameType | None], object] | int | None = None
        self._installed = False
        self._sending = Lock()
        self._question: list[Scope] | None = None
        self._answered = Lock()
        self._answered.acquire()

    def install(self) -> None:
        """
        Install the handler.

        :raises RuntimeError: in another thread than the main one.
        """
        if current_thread() is not main_thread():
            raise RuntimeError(
                f"{self._signal.name} can be used for the main thread only, and this is another."
            )
        if not self._installed:
            self._before = signal.signal(self._signal, self._handle)
            self._installed = True

    def put_back(self) -> None:
        """
        Put back the handler that was there before, unless somebody has installed
        another one since, or this is not the main thread.
        """
        if not self._installed or current_thread() is not main_thread():
            return
        # What is sent after that would be for the handler that was there before,
        # which may well be the one that ends the process.
        if not self._sending.acquire(timeout=_PATIENCE):
            return
        try:
            self._installed = False
            if signal.getsignal(self._signal) == self._handle and self._before is not None:
                signal.signal(self._signal, self._before)
        finally:
            self._sending.release()

    def ask(self, patience: float) -> Scope | None:
        """
        Have the main thread tell which action it is in; for another thread to call.

        :param patience: how many seconds it is waited for the answer.
        :returns: its scope; ``None`` if no answer has come, as
            while C code runs that does not give way.
        """
        ident = main_thread().ident
        question: list[Scope] = []
        with self._sending:
            if (
                not self._installed
                or ident is None
                or signal.getsignal(self._signal) != self._handle
            ):
                return None
            # An answer to an earlier question may have come too late.
            self._answered.acquire(blocking=False)
            self._question = question
            signal.pthread_kill(ident, self._signal)
        self._answered.acquire(timeout=patience)
        self._question = None
        return question[0] if question else None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        question, self._question = self._question, None
        if question is None:
            # Somebody else has sent it.
            return
        question.append(scope.get())
        with suppress(RuntimeError):
            self._answered.release()
