"""
Actions and Deferreds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import NOWHERE, Scope, scope
from eliot._crossed import remember

_T = TypeVar("_T")

_get_scope = scope.get
_set_scope = scope.set
_reset_scope = scope.reset

# What a Deferred puts there by itself takes longer to unpack than a dictionary.
_NO_KEYWORDS: Final[dict[str, object]] = {}


class AlreadyFinished(Exception):
    """
    A callback was added to a :class:`DeferredContext` after
    :meth:`~DeferredContext.addActionFinish`.
    """


class DeferredContext(Generic[_T]):
    """
    A Deferred whose callbacks run with the action that was the current one
    when this was made.

    Use it in a block of :meth:`eliot.Action.context`; in the end call
    :meth:`addActionFinish`, which gives the Deferred back::

        with start_action(action_type="fetch").context():
            context = DeferredContext(fetch())
            context.addCallback(parse)
            return context.addActionFinish()

    Outside of all actions, it adds callbacks as they are.

    :param deferred: the Deferred; also found as ``result``.
    :ivar result: the Deferred that was given.
    """

    __slots__ = ("_action", "_finish_added", "_scope", "result")

    def __init__(self, deferred: Deferred[_T]) -> None:
        self.result = deferred
        # Not the root action of the process, which no Deferred shall end.
        self._action = action = _get_scope()[0]
        # What callbacks run in, made once for all of them.
        self._scope: Scope = NOWHERE if action is None else (action, NOWHERE)
        self._finish_added = False

    def addCallbacks(
        self,
        callback: Callable[..., object],
        errback: Callable[..., object] | None = None,
        callbackArgs: tuple[object, ...] = (),  # noqa: N803 (Twisted's names, here and below)
        callbackKeywords: Mapping[str, object] | None = None,  # noqa: N803
        errbackArgs: tuple[object, ...] = (),  # noqa: N803
        errbackKeywords: Mapping[str, object] | None = None,  # noqa: N803
    ) -> DeferredContext[Any]:
        """
        Add a callback and an errback, to be run with the action.  Parameters
        are those of :meth:`twisted.internet.defer.Deferred.addCallbacks`.

        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        if self._action is None:
            self.result.addCallbacks(
                callback,
                errback,
                callbackArgs,
                callbackKeywords or {},
                errbackArgs,
                errbackKeywords or {},
            )
        else:
            within = (self._scope, callback, callbackArgs, callbackKeywords or {})
            if errback is None:
                self.result.addCallbacks(_call_within, None, within, _NO_KEYWORDS)
            else:
                self.result.addCallbacks(
                    _call_within,
                    _call_within,
                    within,
                    _NO_KEYWORDS,
                    (self._scope, errback, errbackArgs, errbackKeywords or {}),
                )
        return self

    def addCallback(
        self, callback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> DeferredContext[Any]:
        """
        Add a callback, to be run with the action.

        :param callback: called with the result, and the other arguments.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        if self._action is None:
            self.result.addCallback(callback, *args, **kwargs)
        elif args or kwargs:
            self.result.addCallback(_call_within, self._scope, callback, args, kwargs)
        else:
            # Sooner done than addCallback(), which makes a dictionary for each.
            self.result.addCallbacks(_call_simply, None, (self._scope, callback), _NO_KEYWORDS)
        return self

    def addErrback(
        self, errback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> DeferredContext[Any]:
        """
        Add an errback, to be run with the action.

        :param errback: called with the Failure, and the other arguments.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        if self._action is None:
            self.result.addErrback(errback, *args, **kwargs)
        elif args or kwargs:
            self.result.addErrback(_call_within, self._scope, errback, args, kwargs)
        else:
            self.result.addErrback(_call_simply, self._scope, errback)
        return self

    def addBoth(
        self, callback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> DeferredContext[Any]:
        """
        Add one function as callback and errback, to be run with the action.

        :param callback: called with the result or the Failure, and the other
            arguments.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        if self._action is None:
            self.result.addBoth(callback, *args, **kwargs)
        elif args or kwargs:
            self.result.addBoth(_call_within, self._scope, callback, args, kwargs)
        else:
            self.result.addBoth(_call_simply, self._scope, callback)
        return self

    def addActionFinish(self) -> Deferred[_T]:
        """
        Have the action end once the callbacks that were added have run: it
        succeeds with a result, and fails with a Failure.

        :returns: the Deferred.
        :raises AlreadyFinished: the second time.
        """
        if self._finish_added:
            raise _too_late()
        self._finish_added = True
        action = self._action
        if action is not None:
            args = (action,)
            self.result.addCallbacks(_finish, _finish, args, _NO_KEYWORDS, args, _NO_KEYWORDS)
        return self.result


def _too_late() -> AlreadyFinished:
    return AlreadyFinished("Add callbacks before addActionFinish(), or to the Deferred itself.")


def _call_within(
    result: object,
    scope: Scope,
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> object:
    token = _set_scope(scope)
    try:
        return function(result, *args, **kwargs)
    except BaseException as error:
        remember(error, cast("Action", scope[0]))
        raise
    finally:
        # Whatever the function did, the reactor sees what it saw before.
        _reset_scope(token)


def _call_simply(result: object, scope: Scope, function: Callable[..., object]) -> object:
    # Most callbacks take nothing else, and to unpack nothing takes time, too.
    token = _set_scope(scope)
    try:
        return function(result)
    except BaseException as error:
        remember(error, cast("Action", scope[0]))
        raise
    finally:
        _reset_scope(token)


def _finish(result: _T, action: Action) -> _T:
    action.finish(result if isinstance(result, Failure) else None)
    return result
