"""
The threads that writers write in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread, get_ident
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

# The identifiers of all threads that write.
_writing: set[int] = set()


def start_daemon_thread(function: Callable[[], None], name: str = "eliot writer") -> Thread:
    """
    Run ``function`` in a thread that does not keep the process from ending:
    a disk that hangs must not hang the interpreter's exit.
    """
    thread = Thread(target=function, name=name, daemon=True)
    thread.start()
    return thread


@contextmanager
def writing() -> Iterator[None]:
    """
    Let the current thread count as one that writes, for a block.
    """
    ident = get_ident()
    _writing.add(ident)
    try:
        yield
    finally:
        _writing.discard(ident)


def is_writing() -> bool:
    """
    Tell whether this is a thread in which some writer writes.  Such a thread
    must not wait for a queue: it may be the one that would make room, or that
    the other one waits for.
    """
    return get_ident() in _writing
