"""
The last words of Twisted: how its last event in the life of a process is known.

Texts change, and nothing else in these events says which one it is.  But an
event comes to its observers while whoever logs it is at it, so the stack tells:

* That the loop has ended is logged by the reactor's ``mainLoop`` itself, when the
  reactor is not running any more.  What is logged on the way there, such as by
  the handler of another signal, is logged by other functions of the reactor.
* If the main loop was called, by whatever detour, by ``ApplicationRunner.run`` of
  ``twistd``, that goes on to stop its ``AppLogger``, which logs the last event then.
  So this is known even if no other event of that ``AppLogger`` has been seen; and
  also where the loop says nothing, as that of asyncio.

``twist`` says nothing after the loop.  Both kill their process then, by the signal
that has ended the reactor, so nothing that runs at a usual exit runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType
from typing import Final

from twisted.logger import LogEvent, LogLevel

from eliot._guests import is_a

_APP: Final = "twisted.application.app"
_BASE: Final = "twisted.internet.base"


def is_last(event: LogEvent) -> bool:
    """
    Tell whether an event is the last one that Twisted logs in this process.
    Never raises.

    :param event: an event, while it is logged, in the thread that logs it.
    """
    # An event may do anything when it is asked.
    with suppress(Exception):
        if is_a(event.get("log_source"), _APP, "AppLogger"):
            return _is_called(_APP, "AppLogger.stop")
        if event.get("log_level") is LogLevel.info and event.get("log_namespace") == _BASE:
            return _is_said_by_loop() and not _is_called(_APP, "ApplicationRunner.run")
    return False


def last_words_will_come() -> bool:
    """
    Tell, while the reactor shuts down, whether Twisted will log something after
    that.  Some reactors leave their loop to others, and say nothing then.
    """
    return _is_called(_APP, "ApplicationRunner.run") or _is_called(_BASE, "ReactorBase.mainLoop")


def _is_said_by_loop() -> bool:
    """
    Tell whether of the reactor's functions it is the main loop that logs, and
    has ended.
    """
    for frame in calls():
        if frame.f_globals["__name__"] == _BASE:
            return frame.f_code.co_name == "mainLoop" and not frame.f_locals["self"].running
    return False


def _is_called(module: str, name: str) -> bool:
    """
    Tell whether a call of a function is going on.

    :param module: where the function is.
    :param name: its qualified name.
    """
    return any(
        frame.f_code.co_qualname == name and frame.f_globals["__name__"] == module
        for frame in calls()
    )


def calls() -> Iterator[FrameType]:
    """
    Go through the calls that are going on, the innermost first.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
