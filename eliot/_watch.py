"""
The place where others look on: the debug mode, and loggers in tests.

They put watchers here; nothing is here otherwise, and code on the way of a
message asks for no more than that.  It reads the watcher once: it may be gone
the next time, since others leave in any thread, or when they are told something.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import RLock
from typing import TYPE_CHECKING, Protocol

from eliot._fork import call_in_forked_child

if TYPE_CHECKING:
    from eliot._action import Action


class Watcher(Protocol):
    """
    What those who look on are told.  No method raises; each may be called in any
    thread.
    """

    def started(self, action: Action) -> None:
        """
        An action has been started.
        """

    def finished(self, action: Action) -> None:
        """
        An action has succeeded or failed.
        """

    def late(self, action: Action) -> None:
        """
        Something is logged in an action that has already ended.
        """

    def leaked(self, action: Action, current: Action | None) -> None:
        """
        A ``with`` block of ``action`` was left while ``current`` was the
        current action instead.
        """

    def given(self, fields: Mapping[str, object]) -> None:
        """
        A user gives these fields to a message; the framework has not added
        its own yet.
        """


#: Who looks on, or nobody.  To be read only.
watcher: Watcher | None = None

_all: tuple[Watcher, ...] = ()
_lock = RLock()


class _Several:
    """
    Several watchers, which are told the same.

    :param watchers: these.
    """

    def __init__(self, watchers: tuple[Watcher, ...]) -> None:
        self._watchers = watchers

    def started(self, action: Action) -> None:
        """
        An action has been started.
        """
        for each in self._watchers:
            each.started(action)

    def finished(self, action: Action) -> None:
        """
        An action has succeeded or failed.
        """
        for each in self._watchers:
            each.finished(action)

    def late(self, action: Action) -> None:
        """
        Something is logged in an action that has already ended.
        """
        for each in self._watchers:
            each.late(action)

    def leaked(self, action: Action, current: Action | None) -> None:
        """
        A block of ``action`` was left while ``current`` was the current one.
        """
        for each in self._watchers:
            each.leaked(action, current)

    def given(self, fields: Mapping[str, object]) -> None:
        """
        A user gives these fields to a message.
        """
        for each in self._watchers:
            each.given(fields)


def add(newcomer: Watcher) -> None:
    """
    Have somebody look on.  Whoever does already is not added again.
    """
    with _lock:
        if newcomer not in _all:
            _set((*_all, newcomer))


def remove(leaver: Watcher) -> None:
    """
    Have somebody look on no longer; whoever does not is left alone.
    """
    with _lock:
        _set(tuple(each for each in _all if each is not leaver))


def _set(watchers: tuple[Watcher, ...]) -> None:
    global _all, watcher  # noqa: PLW0603 (a setting of the process, read for every message)
    _all = watchers
    match watchers:
        case ():
            watcher = None
        case (only,):
            watcher = only
        case _:
            watcher = _Several(watchers)


@call_in_forked_child
def _renew_lock() -> None:
    global _lock  # noqa: PLW0603 (another thread of the parent may hold the old one)
    _lock = RLock()
