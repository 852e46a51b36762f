"""
A mode that reports how the framework is misused.

While it is on, these messages are logged besides all others:

``eliot:debug:late_message``
    something was logged in an action after its end;
``eliot:debug:unfinished_action``
    an action was forgotten, or the program ended, before the action did;
``eliot:debug:context_leak``
    a ``with`` block of an action was left while another action was the
    current one, as happens where a generator yields within the block;
``eliot:debug:field_clash``
    a field has a name that belongs to the framework, so its value is lost.

Each says in ``where`` which line did it, and in ``started_at`` where the
action was started.  The mode looks at the stack for every action, so it
is for tests and for finding a fault: call :func:`enable`, or set the environment
variable ``ELIOT_DEBUG`` to anything but ``0`` before the program starts.
"""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from collections.abc import Callable, Mapping
from typing import TypeAlias

from eliot import _logger, _watch
from eliot._action import Action
from eliot._fields import reserved_among
from eliot._public import publish
from eliot._stamp import stamp
from eliot._where import where

__all__ = ["disable", "enable"]

#: Told of each misuse: its type, and what is known of it.
Report: TypeAlias = Callable[[str, dict[str, object]], None]

_OUR_PREFIX = "eliot:debug:"


def enable(report: Report | None = None) -> None:
    """
    Turn the debug mode on, for actions that start from now on.

    :param report: called with the type of each misuse, such as
        ``"eliot:debug:late_message"``, and its fields, in the thread where it
        happened; where it is not given, a message is logged.
    """
    global _watcher  # noqa: PLW0603 (the mode of the process)
    disable()
    _watcher = _Watcher(_log if report is None else report)
    _watch.add(_watcher)


def disable() -> None:
    """
    Turn the debug mode off.
    """
    global _watcher  # noqa: PLW0603 (the mode of the process)
    if _watcher is not None:
        _watch.remove(_watcher)
        _watcher = None


def _log(misuse: str, fields: dict[str, object]) -> None:
    stamp(fields, None, misuse)
    _logger.default_logger.write(fields)


class _Watcher:
    """
    Looks on, and reports.

    :param report: is told of each misuse.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._running: dict[int, tuple[weakref.ref[Action], dict[str, object]]] = {}
        self._ended: weakref.WeakKeyDictionary[Action, str] = weakref.WeakKeyDictionary()
        atexit.register(self._report_running)

    def started(self, action: Action) -> None:
        """
        An action has been started.
        """
        key = id(action)
        about = _about(action)
        about["started_at"] = where()

        def forgotten(_: object) -> None:
            if self._running.pop(key, None) is not None:
                self._tell("unfinished_action", about)

        self._running[key] = (weakref.ref(action, forgotten), about)

    def finished(self, action: Action) -> None:
        """
        An action has ended.
        """
        _, about = self._running.pop(id(action), (None, None))
        if about is not None:
            self._ended[action] = str(about["started_at"])

    def late(self, action: Action) -> None:
        """
        Something is logged in an action that has ended.
        """
        self._tell("late_message", self._about_any(action))

    def leaked(self, action: Action, current: Action | None) -> None:
        """
        A block of ``action`` was left while ``current`` was the current one.
        """
        about = self._about_any(action)
        about["current_action"] = None if current is None else repr(current)
        self._tell("context_leak", about)

    def given(self, fields: Mapping[str, object]) -> None:
        """
        A user gives these fields to a message.
        """
        clashes = reserved_among(fields)
        if clashes:
            self._tell("field_clash", {"names": clashes})

    def _about_any(self, action: Action) -> dict[str, object]:
        about = _about(action)
        if id(action) in self._running:
            about["started_at"] = self._running[id(action)][1]["started_at"]
        else:
            about["started_at"] = self._ended.get(action)
        return about

    def _tell(self, misuse: str, fields: dict[str, object]) -> None:
        place = where()
        if place is not None:
            fields["where"] = place
        try:
            self._report(_OUR_PREFIX + misuse, fields)
        except Exception as error:
            # Nothing may come of looking on but a word to whoever looks.
            sys.stderr.write(f"eliot.debug: reporting {misuse} failed: {error!r}\n")

    def _report_running(self) -> None:
        if _watcher is self:
            # Taken out, so that it is not told again when the interpreter forgets it.
            for key in list(self._running):
                _, about = self._running.pop(key, (None, None))
                if about is not None:
                    self._tell("unfinished_action", about)


def _about(action: Action) -> dict[str, object]:
    return {"action": repr(action), "type": action.action_type}


_watcher: _Watcher | None = None

if os.environ.get("ELIOT_DEBUG", "0") not in ("", "0"):
    enable()

publish(__name__, globals())
