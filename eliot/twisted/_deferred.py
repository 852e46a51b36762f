"""
Actions and Deferreds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import current_action, enter, leave

_T = TypeVar("_T")


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

    :param deferred: the Deferred; also found as :attr:`result`.
    """

    __slots__ = ("_action", "_finish_added", "result")

    def __init__(self, deferred: Deferred[_T]) -> None:
        #: The Deferred that was given.
        self.result = deferred
        self._action = current_action()
        self._finish_added = False

    def addCallbacks(
        self,
        callback: Callable[..., object] | None,
        errback: Callable[..., object] | None = None,
        callbackArgs: tuple[object, ...] = (),
        callbackKeywords: Mapping[str, object] | None = None,
        errbackArgs: tuple[object, ...] = (),
        errbackKeywords: Mapping[str, object] | None = None,
    ) -> DeferredContext[Any]:
        """
        Add a callback and an errback, to be run with the action.  Parameters
        are those of :meth:`twisted.internet.defer.Deferred.addCallbacks`.

        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise AlreadyFinished(
                "Add callbacks before addActionFinish(), or to the Deferred itself."
            )
        action = self._action
        if action is not None:
            if callback is not None:
                callback = _within(action, callback)
            if errback is not None:
                errback = _within(action, errback)
        self.result.addCallbacks(  # type: ignore[call-overload]  # the types of its overloads
            callback,
            errback,
            callbackArgs,
            callbackKeywords or {},
            errbackArgs,
            errbackKeywords or {},
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
        return self.addCallbacks(callback, None, args, kwargs)

    def addErrback(
        self, errback: Callable[..., object], /, *args: object, **kwargs: object
    ) -> DeferredContext[Any]:
        """
        Add an errback, to be run with the action.

        :param errback: called with the Failure, and the other arguments.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        return self.addCallbacks(None, errback, errbackArgs=args, errbackKeywords=kwargs)

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
        return self.addCallbacks(callback, callback, args, kwargs, args, kwargs)

    def addActionFinish(self) -> Deferred[_T]:
        """
        Have the action end once the callbacks that were added have run: it
        succeeds with a result, and fails with a Failure.

        :returns: the Deferred.
        :raises AlreadyFinished: the second time.
        """
        if self._finish_added:
            raise AlreadyFinished("The action's finish has been added already.")
        self._finish_added = True
        action = self._action
        if action is not None:
            self.result.addCallbacks(_succeed, _fail, (action,), {}, (action,), {})
        return self.result


def _within(action: Action, function: Callable[..., object]) -> Callable[..., object]:
    def call(result: object, /, *args: object, **kwargs: object) -> object:
        enter(action)
        try:
            return function(result, *args, **kwargs)
        finally:
            leave(action)

    return call


def _succeed(result: object, action: Action) -> object:
    action.finish()
    return result


def _fail(failure: Failure, action: Action) -> Failure:
    action.finish(failure)
    return failure
