"""
Testing what a program logs.

A test that is decorated captures what is logged, and looks at it afterwards::

    class FerryTests(TestCase):
        @capture_logging(assertHasAction, "ferry:cross", True, {"to": "Norderney"})
        def test_cross(self, logger):
            Ferry().cross("Norderney")

So it also fails if a message is not what its type says, cannot be encoded, or
shows a traceback that nobody expected.  Tests of unittest, trial and pytest can
be decorated; the log of one that returns a Deferred, or is a coroutine, is looked
at once that is over.

:class:`LoggedAction` and :class:`LoggedMessage` are what was logged, as objects
to compare.

A test case that is a :class:`ShowsLog` shows what was logged with each failure.
For pytest there is a plug-in: with ``--eliot-show-log``, or the setting
``eliot_show_log = true``, or for tests with the marker ``eliot_show_log``, what
a failed test has logged is in its report; and the fixture ``eliot_logger`` is a
:class:`eliot.MemoryLogger` that holds what the test has logged so far.

:class:`TeeLogger`, :func:`current_logger` and :func:`swap_logger` are what such
tools are made of.
"""

from eliot._direct import TeeLogger, current_logger, write_message
from eliot._logger import swap_logger
from eliot._memory import MemoryLogger
from eliot._public import publish
from eliot.testing._assertions import (
    assertContainsFields,
    assertHasAction,
    assertHasMessage,
    issuperset,
)
from eliot.testing._capture import capture_logging, validate_logging
from eliot.testing._case import ShowsLog
from eliot.testing._checks import UnflushedTracebacks, check_for_errors
from eliot.testing._compat import validateLogging
from eliot.testing._drawing import draw_log
from eliot.testing._found import LoggedAction, LoggedMessage

__all__ = [
    # Capturing what a test logs
    "MemoryLogger",
    "capture_logging",
    "validateLogging",
    "validate_logging",
    # Looking at it
    "LoggedAction",
    "LoggedMessage",
    "UnflushedTracebacks",
    "assertContainsFields",
    "assertHasAction",
    "assertHasMessage",
    "check_for_errors",
    "issuperset",
    # Showing it
    "ShowsLog",
    "draw_log",
    # Loggers
    "TeeLogger",
    "current_logger",
    "swap_logger",
    "write_message",
]

publish(__name__, globals())
