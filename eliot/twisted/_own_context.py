"""
Deferreds whose callbacks run in the action of those who wait.
"""

from __future__ import annotations

from typing import TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from eliot._context import scope

_T = TypeVar("_T")


def in_own_context(deferred: Deferred[_T]) -> Deferred[_T]:
    """
    Wait for a Deferred in the action that is current now.

    :param deferred: what somebody else will fire, in whatever action.
    :returns: a Deferred with the same result, which fires in this action; whoever is the one to
        fire sees nothing of that.  Cancelling it cancels the other one.
    """
    here = scope.get()
    waiting: Deferred[_T] = Deferred(lambda _: deferred.cancel())

    def fire(result: _T | Failure) -> None:
        if waiting.called:
            # Cancelled, while the other one could not be.
            return
        token = scope.set(here)
        try:
            waiting.callback(result)
        finally:
            scope.reset(token)

    deferred.addBoth(fire)
    return waiting
