"""
Calls into threads, and from them, in the action in which they were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, TypeVar, overload

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorFromThreads, IReactorInThreads, IReactorThreads
from twisted.internet.threads import blockingCallFromThread, deferToThreadPool
from twisted.python.threadpool import ThreadPool

from eliot.twisted._bind import call_within, present_scope
from eliot.twisted._kept import keep

_P = ParamSpec("_P")
_R = TypeVar("_R")


def defer_to_thread(
    reactor: IReactorThreads,
    function: Callable[_P, _R],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_R]:
    """
    Run a function in a thread of the reactor's pool, in the action that is current
    now.

    It is what :func:`twisted.internet.threads.deferToThread` is, but for the action.

    :param reactor: whose pool it is, and in whose thread the Deferred fires.
    :param function: called with the other arguments.
    :returns: a Deferred that fires with the result of the function, in the action, too.
    """
    return defer_to_thread_pool(reactor, reactor.getThreadPool(), function, *args, **kwargs)


def defer_to_thread_pool(
    reactor: IReactorFromThreads,
    threadpool: ThreadPool,
    function: Callable[_P, _R],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Deferred[_R]:
    """
    Run a function in a thread of a pool, in the action that is current now.

    It is what :func:`twisted.internet.threads.deferToThreadPool` is, but for the
    action.

    :param reactor: in whose thread the Deferred fires.
    :param threadpool: the pool.
    :param function: called with the other arguments.
    :returns: a Deferred that fires with the result of the function, in the action, too.
    """
    here = present_scope()
    return keep(deferToThreadPool(reactor, threadpool, call_within, here, function, args, kwargs))


def call_in_thread(
    reactor: IReactorInThreads,
    function: Callable[_P, object],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> None:
    """
    Run a function in a thread of the reactor's pool, in the action that is current
    now, and do not wait for it.

    It is what :meth:`reactor.callInThread
    <twisted.internet.interfaces.IReactorInThreads.callInThread>` is, but for the action.

    :param reactor: whose pool it is.
    :param function: called with the other arguments.
    """
    reactor.callInThread(call_within, present_scope(), function, args, kwargs)


def call_from_thread(
    reactor: IReactorFromThreads,
    function: Callable[_P, object],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> None:
    """
    Have the reactor call a function in its own thread, in the action that is current
    now where this is called: in any thread.

    It is what :meth:`reactor.callFromThread
    <twisted.internet.interfaces.IReactorFromThreads.callFromThread>` is, but for the
    action.

    :param reactor: what calls it.
    :param function: called with the other arguments.
    """
    reactor.callFromThread(call_within, present_scope(), function, args, kwargs)


@overload
def blocking_call_from_thread(
    reactor: IReactorFromThreads,
    function: Callable[_P, Deferred[_R]],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _R: ...


@overload
def blocking_call_from_thread(
    reactor: IReactorFromThreads,
    function: Callable[_P, Coroutine[Any, Any, _R]],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _R: ...


@overload
def blocking_call_from_thread(
    reactor: IReactorFromThreads,
    function: Callable[_P, _R],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> _R: ...


def blocking_call_from_thread(
    reactor: IReactorFromThreads,
    function: Callable[_P, Any],
    /,
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> Any:
    """
    Have the reactor call a function in its own thread, in the action that is current
    in this one, and wait for the result.

    It is what :func:`twisted.internet.threads.blockingCallFromThread` is, but for the
    action.

    :param reactor: what calls it, and must not run in this thread.
    :param function: called with the other arguments; it may return a Deferred or a
        coroutine.
    :returns: the result.
    :raises BaseException: what the function raises, or its Deferred fails with.
    """
    # What a coroutine does first shall be done in the action, too.
    call: Callable[[], Deferred[Any]] = partial(
        call_within, present_scope(), maybeDeferred, (function, *args), kwargs
    )
    return blockingCallFromThread(reactor, call)
