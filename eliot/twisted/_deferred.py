"""
Actions and Deferreds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import NOWHERE, Scope, scope
from eliot.twisted._bind import call_within
from eliot.twisted._callbacks import HandedOn, call_simply, call_with_result, finish_with

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

_T = TypeVar("_T")

_get_scope = scope.get

# What a Deferred puts there by itself takes longer to unpack than a dictionary.
_NO_KEYWORDS: Final[dict[str, object]] = {}


class AlreadyFinished(Exception):
    """
    A callback was added to a :class:`DeferredContext` after
    :meth:`~DeferredContext.addActionFinish`.
    """


class DeferredContext(Generic[_T]):
    """
    A Deferred whose callbacks run with an action: the one that was the current one
    when this was made, or one that is given.

    Use it in a block of :meth:`eliot.Action.context`; in the end call
    :meth:`addActionFinish`, which gives the Deferred back::

        with start_action(action_type="fetch").context():
            context = DeferredContext(fetch())
            context.addCallback(parse)
            return context.addActionFinish()

    It has the other methods of a Deferred as well.  The context in which the Deferred
    is fired, paused or cancelled is the same after that as it was before, in whatever
    thread that is.  Outside of all actions, it adds callbacks as they are.

    :param deferred: the Deferred; also found as ``result``.
    :param action: the action, if it is not to be the current one.
    :ivar result: the Deferred that was given.
    """

    __slots__ = ("_action", "_finish_added", "_handed_on", "_scope", "result")

    def __init__(self, deferred: Deferred[_T], action: Action | None = None) -> None:
        self.result = deferred
        if action is None:
            # Not the root action of the process, which no Deferred shall end.
            action = _get_scope()[0]
        self._action = action
        # What callbacks run in, made once for all of them.
        self._scope: Scope = NOWHERE if action is None else (action, NOWHERE)
        self._finish_added = False
        self._handed_on: HandedOn | None = None

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
                self.result.addCallbacks(call_with_result, None, within, _NO_KEYWORDS)
            else:
                self.result.addCallbacks(
                    call_with_result,
                    call_with_result,
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
            self.result.addCallback(call_with_result, self._scope, callback, args, kwargs)
        else:
            # Sooner done than addCallback(), which makes a dictionary for each.
            self.result.addCallbacks(call_simply, None, (self._scope, callback), _NO_KEYWORDS)
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
            self.result.addErrback(call_with_result, self._scope, errback, args, kwargs)
        else:
            self.result.addErrback(call_simply, self._scope, errback)
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
            self.result.addBoth(call_with_result, self._scope, callback, args, kwargs)
        else:
            self.result.addBoth(call_simply, self._scope, callback)
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
            finish = finish_with if self._handed_on is None else self._handed_on.finish
            self.result.addCallbacks(finish, finish, args, _NO_KEYWORDS, args, _NO_KEYWORDS)
        return self.result

    def addTimeout(
        self,
        timeout: float,
        clock: IReactorTime,
        onTimeoutCancel: Callable[[Any, float], object] | None = None,  # noqa: N803
    ) -> DeferredContext[Any]:
        """
        Cancel the Deferred after a while, with the action; what was added before this
        has until then.  Without a canceller it fails with
        :class:`twisted.internet.defer.TimeoutError`, and so does the action.

        :param timeout: how long that is, in seconds.
        :param clock: what measures that: a reactor.
        :param onTimeoutCancel: called with the result that the Deferred has then, and
            ``timeout``, with the action; what it returns is the next result.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        convert = onTimeoutCancel
        if self._action is not None:
            clock = cast("IReactorTime", SimpleNamespace(callLater=partial(self._later, clock)))
            if convert is not None:
                convert = self._within(convert)
        self.result.addTimeout(timeout, clock, convert)
        return self

    def _later(self, clock: IReactorTime, seconds: float, function: Callable[[], object]) -> object:
        return clock.callLater(seconds, call_within, self._scope, function)

    def _within(self, function: Callable[..., object]) -> Callable[..., object]:
        return lambda *args: call_within(self._scope, function, args)

    def chainDeferred(  # noqa: N802 (Twisted's name, here and below)
        self, d: Deferred[Any] | DeferredContext[Any]
    ) -> DeferredContext[Any]:
        """
        Hand the result on to another Deferred, whose callbacks run with the action
        unless they have one of their own.  The next result is ``None``; yet the action
        fails if what was handed on is a Failure.

        :param d: the other Deferred.
        :returns: this object.
        :raises AlreadyFinished: after :meth:`addActionFinish`.
        """
        if self._finish_added:
            raise _too_late()
        chained = d.result if isinstance(d, DeferredContext) else d
        self._note()
        if self._action is None:
            self.result.chainDeferred(chained)
            return self
        return self.addCallbacks(chained.callback, chained.errback)

    def asFuture(self, loop: AbstractEventLoop) -> Future[_T]:  # noqa: N802
        """
        Hand the result on to a future of asyncio.  The next result is ``None``; yet
        the action fails if what was handed on is a Failure.  Where the future is
        cancelled, the Deferred is, with the action.

        :param loop: the event loop.
        :returns: the future.
        :raises AlreadyFinished: after :meth:`addActionFinish`, which gives a Deferred
            that has this method, too.
        """
        if self._finish_added:
            raise _too_late()
        self._note()
        if self._action is None:
            return self.result.asFuture(loop)
        # What listens to the future does so in the present context.
        return call_within(self._scope, self.result.asFuture, (loop,))

    def _note(self) -> None:
        """
        Have the end of the action tell of a result that nobody sees after this.
        """
        if self._action is None:
            return
        if self._handed_on is None:
            self._handed_on = HandedOn()
        self.result.addBoth(self._handed_on.note)

    def __await__(self) -> Generator[Any, None, _T]:
        """
        Wait for the result.  That ends nothing: the action still ends by
        :meth:`addActionFinish`, which may come before or after, and fails if what is
        raised here is a failure.
        """
        if not self._finish_added:
            self._note()
        return self.result.__await__()

    # -- As the Deferred itself

    @property
    def called(self) -> bool:
        """
        Whether the Deferred was fired.
        """
        return self.result.called

    @property
    def paused(self) -> int:
        """
        How often the Deferred was paused, or whether it waits for another one.
        """
        return self.result.paused

    def callback(self, result: _T | Failure) -> None:
        """
        Fire the Deferred.

        :raises twisted.internet.defer.AlreadyCalledError: the second time.
        """
        self.result.callback(result)

    def errback(self, fail: Failure | BaseException | None = None) -> None:
        """
        Fire the Deferred with a failure.

        :param fail: why; the exception that is being handled for ``None``.
        :raises twisted.internet.defer.AlreadyCalledError: the second time.
        """
        self.result.errback(fail)

    def cancel(self) -> None:
        """
        Cancel the Deferred, with the action: its canceller logs what it does in there.
        Unless that thinks otherwise, the action fails.  This may be done after
        :meth:`addActionFinish`, too.
        """
        if self._action is None:
            self.result.cancel()
        else:
            call_within(self._scope, self.result.cancel)

    def pause(self) -> None:
        """
        Have the callbacks wait, until :meth:`unpause` was called as often as this.
        """
        self.result.pause()

    def unpause(self) -> None:
        """
        Have the callbacks go on.
        """
        self.result.unpause()


def _too_late() -> AlreadyFinished:
    return AlreadyFinished("Add callbacks before addActionFinish(), or to the Deferred itself.")
