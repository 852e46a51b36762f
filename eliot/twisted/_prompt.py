"""
Asking the main thread by a signal which action it is in.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, current_thread, main_thread
from types import FrameType

from eliot._context import NOWHERE, Scope, scope
from eliot.twisted._signals import checked_signal

# How many seconds it is waited for somebody who sends a signal just now.
_PATIENCE = 1.0


class Question:
    """
    Which action the main thread is in.

    :param frame: where it was just now.
    :ivar scope: the answer; as long as there is none, that it is in no action.
    """

    __slots__ = ("_frame", "scope")

    def __init__(self, frame: FrameType) -> None:
        self._frame = frame
        self.scope = NOWHERE

    def answer(self, frame: FrameType | None) -> None:
        """
        Answer it, in the main thread.

        :param frame: where that is now: if it has left where it was, this is no answer.
        """
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        if frame is not None:
            self.scope = scope.get()


class Prompt:
    """
    A signal whose handler looks which action the main thread is in: it is run by
    the code that is run there, so it reads what that would read.  But it is run
    only when that gives way, which may be later, and elsewhere.

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
        self._question: Question | None = None
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

    def ask(self, frame: FrameType, patience: float) -> Scope:
        """
        Have the main thread tell which action it is in; for another thread to call.

        :param frame: the innermost frame of the main thread.
        :param patience: how many seconds it is waited for the answer.
        :returns: the scope; that of no action where no answer has come in time, as
            while C code runs that does not give way, or where ``frame`` has been left
            before.
        """
        ident = main_thread().ident
        question = Question(frame)
        with self._sending:
            if (
                not self._installed
                or ident is None
                or signal.getsignal(self._signal) != self._handle
            ):
                return NOWHERE
            # An answer to an earlier question may have come too late.
            self._answered.acquire(blocking=False)
            self._question = question
            signal.pthread_kill(ident, self._signal)
        self._answered.acquire(timeout=patience)
        self._question = None
        return question.scope

    def _handle(self, number: int, frame: FrameType | None) -> None:
        question, self._question = self._question, None
        # Somebody else may have sent it.
        if question is not None:
            question.answer(frame)
            with suppress(RuntimeError):
                self._answered.release()
