"""
What the services need of a reactor, and how to get that of the program.
"""

from __future__ import annotations

from importlib import import_module
from typing import TypeAlias, cast

from twisted.internet.interfaces import IReactorCore, IReactorFromThreads, IReactorTime


class ILoggingReactor(IReactorCore, IReactorTime, IReactorFromThreads):
    """
    What a writer, and the service that owns it, need of a reactor.
    """


#: What Twisted's own annotations call a reactor, here and there; every real one
#: provides all of :class:`ILoggingReactor`.
Reactor: TypeAlias = IReactorCore | IReactorTime | IReactorFromThreads


def reactor_of_program() -> Reactor:
    """
    Get the reactor of the program.  Where none has been chosen yet, Twisted
    installs its default one: that is for programs to do, so no module imports it.
    """
    return cast("Reactor", import_module("twisted.internet.reactor"))
