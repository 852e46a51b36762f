"""
What is added to a Deferred, to be run with an action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import Scope, scope
from eliot._crossed import remember

_T = TypeVar("_T")

_set_scope = scope.set
_reset_scope = scope.reset


def call_with_result(
    result: object,
    scope: Scope,
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> object:
    """
    Call a function with a result, in a scope, and put back what was there before.
    """
    token = _set_scope(scope)
    try:
        return function(result, *args, **kwargs)
    except BaseException as error:
        remember(error, cast("Action", scope[0]))
        raise
    finally:
        # Whatever the function did, the reactor sees what it saw before.
        _reset_scope(token)


def call_simply(result: object, scope: Scope, function: Callable[..., object]) -> object:
    """
    Do the same for a function that takes nothing else: most callbacks do not, and to
    unpack nothing takes time, too.
    """
    token = _set_scope(scope)
    try:
        return function(result)
    except BaseException as error:
        remember(error, cast("Action", scope[0]))
        raise
    finally:
        _reset_scope(token)


def finish_with(result: _T, action: Action) -> _T:
    """
    End an action as the result of a Deferred tells: for ``addBoth``.

    :returns: the result.
    """
    action.finish(result if isinstance(result, Failure) else None)
    return result


class HandedOn:
    """
    Remembers what has been handed on to somebody else.
    """

    __slots__ = ("_failure",)

    def __init__(self) -> None:
        self._failure: Failure | None = None

    def note(self, result: _T) -> _T:
        """
        Remember a result that is about to be handed on.
        """
        if isinstance(result, Failure):
            self._failure = result
        return result

    def finish(self, result: _T, action: Action) -> _T:
        """
        End the action as the result tells, or the one that was handed on.
        """
        failure, self._failure = self._failure, None
        action.finish(result if isinstance(result, Failure) else failure)
        return result
