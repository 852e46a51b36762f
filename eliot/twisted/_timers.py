"""
Timed calls that are made in the action in which they were asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater

from eliot.twisted._bind import call_within, present_scope
from eliot.twisted._kept import keep

_T = TypeVar("_T")


def call_later(
    reactor: IReactorTime,
    seconds: float,
    function: Callable[..., object],
    /,
    *args: object,
    **kwargs: object,
) -> IDelayedCall:
    """
    Have a function called later, in the action that is current now.

    It is what
    :meth:`reactor.callLater <twisted.internet.interfaces.IReactorTime.callLater>`
    is, which makes its calls outside of all actions.

    :param reactor: what calls it; a :class:`~twisted.internet.task.Clock` in tests.
    :param seconds: how long that waits.
    :param function: called with the other arguments.
    :returns: with what the call can be cancelled, or made sooner or later.
    """
    return reactor.callLater(seconds, call_within, present_scope(), function, args, kwargs)


@overload
def defer_later(clock: IReactorTime, delay: float, /) -> Deferred[None]: ...


@overload
def defer_later(
    clock: IReactorTime,
    delay: float,
    function: Callable[..., Deferred[_T]],
    /,
    *args: object,
    **kwargs: object,
) -> Deferred[_T]: ...


@overload
def defer_later(
    clock: IReactorTime,
    delay: float,
    function: Callable[..., _T],
    /,
    *args: object,
    **kwargs: object,
) -> Deferred[_T]: ...


def defer_later(
    clock: IReactorTime,
    delay: float,
    function: Callable[..., object] | None = None,
    /,
    *args: object,
    **kwargs: object,
) -> Deferred[Any]:
    """
    Have a function called later, in the action that is current now, and get its
    result.

    It is what :func:`twisted.internet.task.deferLater` is, but for the action.

    :param clock: what calls it: a reactor.
    :param delay: how long that waits, in seconds.
    :param function: called with the other arguments; nothing is for ``None``.
    :returns: a Deferred that fires with what the function returns, in the action, too.
        Cancelling it cancels the call.
    """
    if function is None:
        return keep(deferLater(clock, delay))
    return keep(deferLater(clock, delay, call_within, present_scope(), function, args, kwargs))
