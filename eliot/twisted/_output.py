"""
What a program prints among the messages, as a service.
"""

from __future__ import annotations

import atexit
import sys
from typing import Final

from twisted.application.service import Service

from eliot.twisted._captured import CapturedStream
from eliot.twisted._units import listed

_STREAMS: Final = ("stdout", "stderr")


class CapturedOutput(Service):
    """
    Has what is printed become messages, while it runs: each line one of the type
    ``eliot:output``, inside the action that is current when the line ends, with the
    fields ``stream`` and ``text``.

    A line of more than 65,536 characters comes in pieces, of which all but the last have the
    field ``unfinished``; so has a half line that is there when its thread ends, or when this
    service is stopped.  The lines of several threads are not mixed.

    What destinations print while they are given a message is printed, as it would be
    without this service, and so is what is printed from then on when it is stopped.  What
    is not written by way of ``sys.stdout`` and ``sys.stderr``, such as by child processes,
    is not seen at all.

    A :class:`LoggingService` may have one, see there.  More than one may run: then the one
    that was started last gets the lines.

    :param streams: ``"stdout"``, ``"stderr"``, or both; both unless it is said.
    :raises ValueError: if there is no such stream.
    """

    def __init__(self, *streams: str) -> None:
        for each in streams:
            if each not in _STREAMS:
                raise ValueError(f"{each!r} is not a stream; there are {listed(_STREAMS)}.")
        self._names = tuple(dict.fromkeys(streams or _STREAMS))
        self._captured: dict[str, CapturedStream] = {}

    def startService(self) -> None:
        """
        Take the place of the streams; nothing happens if that is so already.
        """
        if self.running:
            return
        Service.startService(self)
        for name in self._names:
            # A new one each time: those that came after an old one may still write to that.
            captured = self._captured[name] = CapturedStream(name, getattr(sys, name))
            setattr(sys, name, captured)
        # Ahead of what has been registered until now, such as the ends of writers.
        atexit.register(self.end_lines)

    def stopService(self) -> None:
        """
        Put the streams back, where nobody else has taken the place meanwhile, and log
        the halves of lines.
        """
        if not self.running:
            return
        Service.stopService(self)
        atexit.unregister(self.end_lines)
        for name, captured in self._captured.items():
            captured.release()
            if getattr(sys, name) is captured:
                original = captured.original
                while isinstance(original, CapturedStream) and original.released:
                    original = original.original
                setattr(sys, name, original)
        self._captured = {}

    def end_lines(self) -> None:
        """
        Log the halves of lines that are there, as at the end of a program.
        """
        for each in self._captured.values():
            each.end_lines()
