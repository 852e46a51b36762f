"""
The threads that writers write in.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Protocol, TypeAlias


class Joinable(Protocol):
    """
    A thread that has been started.
    """

    def join(self, timeout: float | None = None) -> None:
        """
        Wait for the thread to end, at most ``timeout`` seconds.
        """

    def is_alive(self) -> bool:
        """
        Tell whether the thread is still running.
        """


#: Starts a thread that runs a function.
StartThread: TypeAlias = Callable[[Callable[[], None]], Joinable]


def start_daemon_thread(function: Callable[[], None]) -> Thread:
    """
    Run ``function`` in a thread that does not keep the process from ending:
    a disk that hangs must not hang the interpreter's exit.
    """
    thread = Thread(target=function, name="eliot writer", daemon=True)
    thread.start()
    return thread
