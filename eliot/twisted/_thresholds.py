"""
The least levels that events of Twisted's log must have, as the command line has
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twisted.logger import (
    ILogFilterPredicate,
    InvalidLogLevelError,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    PredicateResult,
)
from zope.interface import implementer

from eliot.twisted._units import listed

# By identity, since an event may have anything in the place of its level.
_RANKS: Final = {id(level): rank for rank, level in enumerate(LogLevel.iterconstants())}


@implementer(ILogFilterPredicate)
class Thresholds:
    """
    A predicate that says no to events below a level.

    It is that of Twisted's ``LogLevelFilterPredicate``, but for two kinds of events which that
    one always drops, errors among them: those without a namespace are in none that is
    named, and those without a level are kept.

    :param levels: the names of the least levels of namespaces, and of all below those;
        that of ``""`` is for all others, which are kept unless there is one.
    """

    def __init__(self, levels: Mapping[str, str]) -> None:
        self._levels = LogLevelFilterPredicate(LogLevel.debug)
        for namespace, name in levels.items():
            self._levels.setLogLevelForNamespace(namespace, LogLevel.levelWithName(name))

    def __call__(self, event: LogEvent) -> object:
        """
        Decide about an event.
        """
        rank = _RANKS.get(id(event.get("log_level")))
        namespace: object = event.get("log_namespace")
        least = self._levels.logLevelForNamespace(namespace if type(namespace) is str else "")
        if rank is None or rank >= _RANKS[id(least)]:
            return PredicateResult.maybe
        return PredicateResult.no


def threshold_from(text: str) -> tuple[str, str]:
    """
    Read what a level applies to, and the level, as in ``warn`` or ``twisted.web=error``.

    :param text: ``[NAMESPACE=]LEVEL``.
    :returns: the namespace, which is ``""`` for all others, and the name of the level.
    :raises ValueError: if it is wrong.
    """
    namespace, equals, level = text.rpartition("=")
    if equals and not namespace:
        raise ValueError(f"there is no namespace before the equals sign of {text!r}")
    try:
        name: str = LogLevel.levelWithName(level.lower()).name
    except InvalidLogLevelError:
        levels = listed([each.name for each in LogLevel.iterconstants()])
        raise ValueError(f"{level!r} is not a level; there are {levels}") from None
    return namespace, name
