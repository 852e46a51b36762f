"""
The place where the debug mode looks on.

:mod:`eliot.debug` puts a watcher here; nothing is here otherwise, and code on
the way of a message asks for no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eliot._action import Action


class Watcher(Protocol):
    """
    What the debug mode is told.  No method raises; each may be called in any
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


#: Who looks on, or nobody.
watcher: Watcher | None = None
