"""
Deferreds that fire in the action in which they were asked for.
"""

from __future__ import annotations

from typing import Final, TypeVar

from twisted.internet.defer import Deferred

from eliot._context import Scope, scope
from eliot.twisted._bind import present_scope

_T = TypeVar("_T")

_set_scope = scope.set
_reset_scope = scope.reset

_NO_KEYWORDS: Final[dict[str, object]] = {}


def keep(deferred: Deferred[_T]) -> Deferred[_T]:
    """
    Have the callbacks of a Deferred run in the action that is current now, when
    somebody else fires it.

    :param deferred: nothing else is to be added to it.
    :returns: a Deferred with the same result.  Cancelling it cancels the other one.
        One that has its result already is returned as it is: its callbacks run when
        they are added, where they are added.
    """
    if deferred.called and not deferred.paused:
        return deferred
    kept: Deferred[_T] = Deferred(lambda _: deferred.cancel())
    args = (present_scope(), kept)
    deferred.addCallbacks(fire, fire, args, _NO_KEYWORDS, args, _NO_KEYWORDS)
    return kept


def fire(result: object, scope: Scope, deferred: Deferred[_T]) -> None:
    """
    Fire a Deferred in a scope, and put back what was there before; one that has been
    cancelled, which whoever was to fire it has not heeded, is left alone.

    :param result: its result; a Failure makes it fail.
    """
    if deferred.called:
        return
    token = _set_scope(scope)
    try:
        deferred.callback(result)  # type: ignore[arg-type]  # what the other one has
    finally:
        _reset_scope(token)
