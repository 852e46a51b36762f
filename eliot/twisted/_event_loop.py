"""
An event loop of asyncio on which Twisted leaks no actions.

An event loop runs what it is given in a copy of the context of whoever has given it.
For what belongs to asyncio that is right.  But Twisted's reactor gives it the reading of
a socket, or the next timer of all, on behalf of everybody: all connections would stay
in the action in which their port was opened, and timers in that of whoever was the first.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.events import Handle, TimerHandle
from collections.abc import Callable
from contextvars import Context
from typing import Final, Protocol, TypeVarTuple

from twisted.internet import asyncioreactor
from twisted.internet.error import ReactorAlreadyInstalledError
from twisted.python.log import callWithLogger

_Ts = TypeVarTuple("_Ts")


class _HasFileno(Protocol):
    """
    Something that is known to the operating system by a number.
    """

    def fileno(self) -> int:
        """
        Tell the number.
        """


_TWISTEDS: Final = asyncioreactor.__name__


class ReactorEventLoop(asyncio.SelectorEventLoop):
    """
    An event loop that is as usual, except that the timers, readers and writers of
    Twisted's reactor run in a new, empty context.
    """

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> TimerHandle:
        """
        Call a function at a time.
        """
        if context is None and _is_of_reactor(callback):
            context = Context()
        return super().call_at(when, callback, *args, context=context)

    def call_soon_threadsafe(
        self,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> Handle:
        """
        Call a function soon, from any thread.
        """
        if context is None and _is_of_reactor(callback):
            context = Context()
        return super().call_soon_threadsafe(callback, *args, context=context)

    def add_reader(
        self,
        fd: int | _HasFileno,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
    ) -> None:
        """
        Call a function whenever a file can be read.
        """
        add: Callable[..., None] = super().add_reader
        if _is_of_reactor(callback):
            # Here the loop copies the context of the caller, and takes no other.
            Context().run(add, fd, callback, *args)
        else:
            add(fd, callback, *args)

    def add_writer(
        self,
        fd: int | _HasFileno,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
    ) -> None:
        """
        Call a function whenever a file can be written to.
        """
        add: Callable[..., None] = super().add_writer
        if _is_of_reactor(callback):
            # Here the loop copies the context of the caller, and takes no other.
            Context().run(add, fd, callback, *args)
        else:
            add(fd, callback, *args)


def _is_of_reactor(callback: object) -> bool:
    # Descriptors are watched by way of a function of Twisted's log; all else that the
    # reactor hands to the loop is defined where it is itself.
    return callback is callWithLogger or getattr(callback, "__module__", None) == _TWISTEDS


def install_asyncio_reactor() -> None:
    """
    Install Twisted's reactor for asyncio, on an event loop that leaks no contexts.
    Do this before anything imports ``twisted.internet.reactor``, instead of
    :func:`twisted.internet.asyncioreactor.install`.

    The loop becomes that of the main thread as well, and is one of asyncio's own kind in all
    other respects.  ``twistd`` and ``trial`` do the same with ``--reactor=eliot-asyncio``.

    :raises twisted.internet.error.ReactorAlreadyInstalledError: if there is a reactor.
    """
    if "twisted.internet.reactor" in sys.modules:
        raise ReactorAlreadyInstalledError("reactor already installed")
    loop = ReactorEventLoop()
    asyncioreactor.install(loop)
    asyncio.set_event_loop(loop)


#: As the plug-in for reactors calls it.
install = install_asyncio_reactor
