"""
Signals by which others say that files were moved away.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from threading import current_thread, main_thread
from types import FrameType
from typing import Final, TypeAlias

from eliot._message import log_message

_Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | None"

# Those that cannot be caught, whose handlers are the reactor's, or Python's.
_NOT_OURS: Final = frozenset(
    [
        "SIGKILL",
        "SIGSTOP",
        "SIGINT",
        "SIGTERM",
        "SIGBREAK",
        "SIGCHLD",
        "SIGSEGV",
        "SIGFPE",
        "SIGBUS",
        "SIGILL",
        "SIGABRT",
        "SIGPIPE",
    ]
)


def signal_from(name: str) -> signal.Signals:
    """
    Find a signal by its name, with or without ``SIG``.

    :raises ValueError: if there is none, or it cannot be used for this.
    """
    full = name.upper() if name.upper().startswith("SIG") else f"SIG{name.upper()}"
    usable = [each.name for each in signal.Signals if _is_usable(each)]
    if full not in usable:
        shown = ", ".join(each.removeprefix("SIG") for each in usable if "RT" not in each)
        raise ValueError(f"{name!r} is not a signal for this; these are: {shown}")
    return signal.Signals[full]


def checked_signal(number: int) -> signal.Signals:
    """
    See that a signal can be used for this.

    :raises ValueError: if it cannot.
    """
    found = signal.Signals(number)
    if not _is_usable(found):
        raise ValueError(f"{found.name} is not a signal for this: it has another meaning.")
    return found


def _is_usable(each: signal.Signals) -> bool:
    return each.name not in _NOT_OURS


class SignalHandlers:
    """
    Calls a function when a signal comes, and then whoever had the signal before.

    :param signals: the signals.
    :param function: called in the main thread, in the midst of anything.
    """

    def __init__(self, signals: Iterable[int], function: Callable[[], object]) -> None:
        self._signals = [checked_signal(each) for each in signals]
        self._function = function
        self._before: dict[signal.Signals, _Handler] = {}

    def install(self) -> None:
        """
        Install the handlers; in another thread than the main one, where Python
        does not allow that, log that it was not done.
        """
        if not self._signals:
            return
        if current_thread() is not main_thread():
            log_message(
                "eliot:signals_not_handled",
                signals=[each.name for each in self._signals],
                reason="Only the main thread may install handlers of signals; files are not "
                "opened anew when these come.",
            )
            return
        for each in self._signals:
            if each not in self._before:
                self._before[each] = signal.signal(each, self._handle)

    def put_back(self) -> None:
        """
        Put back the handlers that were there before, unless somebody has
        installed others since, or this is not the main thread.
        """
        if current_thread() is not main_thread():
            return
        before, self._before = self._before, {}
        for each, handler in before.items():
            if signal.getsignal(each) == self._handle and handler is not None:
                signal.signal(each, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._function()
        before = self._before.get(signal.Signals(number))
        if callable(before):
            before(number, frame)
