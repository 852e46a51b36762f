"""
Fields that lose against the framework's own, as tests want to know of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import local
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from eliot import _watch
from eliot._fields import reserved_among

if TYPE_CHECKING:
    from eliot._action import Action


class Clashes:
    """
    Notes which fields a message loses, since they have names of the framework's.

    The framework's own fields have overwritten them when a logger gets the
    message, so this looks on where users give fields: as long as there is any
    logger that asks, and costs nothing otherwise.
    """

    def __init__(self) -> None:
        self._loggers: WeakSet[object] = WeakSet()
        # The last fields in this thread that have such names, and these.
        self._noted = local()

    def look_on_for(self, logger: object) -> None:
        """
        Look on as long as ``logger`` is there.

        :param logger: whoever will ask; it is held weakly.
        """
        self._loggers.add(logger)
        _watch.add(self)

    def of(self, message: dict[str, object]) -> list[str]:
        """
        Tell which fields of ``message`` have been overwritten.
        """
        fields, names = getattr(self._noted, "clash", (None, []))
        return names if fields is message else []

    def given(self, fields: Mapping[str, object]) -> None:
        """
        A user gives these fields to a message.
        """
        names = reserved_among(fields)
        self._noted.clash = (fields, names) if names else (None, names)
        if not self._loggers:
            _watch.remove(self)
            # One may have come just now.
            if self._loggers:
                _watch.add(self)

    def started(self, action: Action) -> None:
        """
        An action has been started.
        """

    def finished(self, action: Action) -> None:
        """
        An action has ended.
        """

    def late(self, action: Action) -> None:
        """
        Something is logged in an action that has ended.
        """

    def leaked(self, action: Action, current: Action | None) -> None:
        """
        A block of an action was left while another was the current one.
        """


#: What is noted in this process.
clashes: Final = Clashes()
