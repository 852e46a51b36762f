"""
Those who wait for each other, each in its own action.

A Deferred runs its callbacks where it is fired, so whoever waits for a lock would go
on within what the one is doing that lets go of it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, overload

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from eliot._context import Scope
from eliot.twisted._bind import call_within, present_scope
from eliot.twisted._kept import keep

if TYPE_CHECKING:
    from twisted.internet.defer import _ConcurrencyPrimitive as _Primitive
else:
    _Primitive = object

_P = ParamSpec("_P")
_T = TypeVar("_T")


class _KeepsAction(_Primitive):
    """
    What locks and semaphores have in common.
    """

    def acquire(self) -> Deferred[Self]:
        """
        Wait for it.

        :returns: a Deferred that fires with this object, in the action that is current
            now.  Cancelling it ends the waiting.
        """
        return keep(super().acquire())  # type: ignore[safe-super]  # both have one

    @overload
    def run(
        self, /, f: Callable[_P, Deferred[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> Deferred[_T]: ...

    @overload
    def run(
        self,
        /,
        f: Callable[_P, Coroutine[Deferred[Any], Any, _T]],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    @overload
    def run(self, /, f: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Deferred[_T]: ...

    def run(self, /, f: Callable[_P, Any], *args: _P.args, **kwargs: _P.kwargs) -> Deferred[Any]:
        """
        Wait for it, run a function in the action that is current now, and let go of it
        when the result is there.

        :param f: called with the other arguments; it may return a Deferred or a
            coroutine.
        :returns: a Deferred that fires with the result, in the action, too.
        """
        return keep(super().run(f, *args, **kwargs))


class DeferredLock(_KeepsAction, defer.DeferredLock):
    """
    A lock, of which each one who waits goes on in its own action.

    It is a :class:`twisted.internet.defer.DeferredLock` in all else.
    """


class DeferredSemaphore(_KeepsAction, defer.DeferredSemaphore):
    """
    A semaphore, of which each one who waits goes on in its own action.

    It is a :class:`twisted.internet.defer.DeferredSemaphore` in all else.
    """


class DeferredQueue(defer.DeferredQueue[_T]):
    """
    A queue, of which each one who waits for an object goes on in its own action.

    It is a :class:`twisted.internet.defer.DeferredQueue` in all else.  An object does
    not say in which action it was put there; :func:`bind` makes functions that do.
    """

    def get(self) -> Deferred[_T]:
        """
        Wait for an object.

        :returns: a Deferred that fires with it, in the action that is current now.
            Cancelling it ends the waiting.
        :raises twisted.internet.defer.QueueUnderflow: if too many are waiting.
        """
        return keep(super().get())


class DeferredList(defer.DeferredList):  # type: ignore[misc,valid-type]  # Twisted shows a function
    """
    The results of several Deferreds, which goes on in the action in which it was made,
    whoever fires the last of them.

    It is a :class:`twisted.internet.defer.DeferredList` in all else.  Parameters are
    the same.
    """

    def __init__(
        self,
        deferredList: Iterable[Deferred[Any]],  # noqa: N803 (Twisted's names, here and below)
        fireOnOneCallback: bool = False,  # noqa: N803
        fireOnOneErrback: bool = False,  # noqa: N803
        consumeErrors: bool = False,  # noqa: N803
    ) -> None:
        self._scope: Scope = present_scope()
        super().__init__(deferredList, fireOnOneCallback, fireOnOneErrback, consumeErrors)

    def callback(self, result: object) -> None:
        """
        Fire with a result, in the action.
        """
        call_within(self._scope, super().callback, (result,))

    def errback(self, fail: Failure | BaseException | None = None) -> None:
        """
        Fail, in the action.
        """
        call_within(self._scope, super().errback, (fail,))


def gather_results(
    deferreds: Iterable[Deferred[_T]],
    consumeErrors: bool = False,  # noqa: N803
) -> Deferred[list[_T]]:
    """
    Wait for several Deferreds.

    It is what :func:`twisted.internet.defer.gatherResults` is, but for the action.

    :param deferreds: what is waited for.
    :param consumeErrors: whether failures go nowhere but into the result.
    :returns: a Deferred that fires with the list of their results, or fails with the
        first failure, in the action that is current now.  Cancelling it cancels all of
        them.
    """
    return keep(defer.gatherResults(deferreds, consumeErrors))
