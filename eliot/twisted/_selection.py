"""
Which events of Twisted's log become messages, and what of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from twisted.logger import ILogFilterPredicate, LogEvent, PredicateResult

from eliot._text import safe_repr, safe_str, type_name
from eliot.twisted._destination import Crossing


class Choice(NamedTuple):
    """
    How an event is taken in.

    :ivar extra_fields: whether with what Twisted does not know.
    :ivar failure: what a predicate has raised that was asked, in words.
    """

    extra_fields: bool
    failure: str | None


# Is a predicate being asked in this thread?  What it logs meanwhile is not a case for it.
_asking: Final = Crossing()

_BARE: Final = Choice(False, None)


class Selection:
    """
    What somebody wants to have of Twisted's log.

    :param predicates: what decides about an event, as those of Twisted's
        ``FilteringLogObserver``: the first that says yes or no.  Where none does, the
        event is wanted.
    :param extra_fields: whether what Twisted does not know of an event is wanted, too.
    :raises TypeError: if a predicate cannot be called.
    """

    __slots__ = ("_predicates", "extra_fields")

    def __init__(
        self, predicates: Iterable[ILogFilterPredicate] = (), extra_fields: bool = False
    ) -> None:
        self._predicates = tuple(predicates)
        self.extra_fields = extra_fields
        for each in self._predicates:
            if not callable(each):
                raise TypeError(f"A predicate is called with an event; {each!r} cannot be.")

    def wants(self, event: LogEvent) -> bool:
        """
        Tell whether an event is wanted.

        :raises Exception: what a predicate raises, or :class:`TypeError` if it says
            something else than it may.
        """
        for predicate in self._predicates:
            result: object = predicate(event)
            if result is PredicateResult.yes:
                return True
            if result is PredicateResult.no:
                return False
            if result is not PredicateResult.maybe:
                raise TypeError(f"neither yes nor no nor maybe: {safe_repr(result)}")
        return True


def choose(selections: Sequence[Selection], event: LogEvent) -> Choice | None:
    """
    Decide about an event: it is taken in if anybody wants it, or if nobody says
    anything about it, and with all that anybody wants of it.  An event is rather
    taken in than lost: also if a predicate raises, or logs it while it is asked.

    :param selections: those that are in force.
    :returns: how it is taken in; ``None`` if it is not.
    """
    if not selections or _asking.now:
        return _BARE
    taken = extra_fields = False
    failure = None
    _asking.now = True
    try:
        for each in selections:
            try:
                if not each.wants(event):
                    continue
            except Exception as error:
                failure = f"{type_name(error)}: {safe_str(error)}"
            taken = True
            extra_fields = extra_fields or each.extra_fields
    finally:
        _asking.now = False
    return Choice(extra_fields, failure) if taken else None
