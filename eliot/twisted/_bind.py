"""
Functions that run in the action in which they were bound.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import suppress
from functools import update_wrapper
from inspect import iscoroutinefunction
from types import coroutine
from typing import Any, Final, ParamSpec, TypeVar, overload

from eliot._context import NOWHERE, Scope, scope
from eliot._crossed import remember

_P = ParamSpec("_P")
_R = TypeVar("_R")

_get_scope = scope.get
_set_scope = scope.set
_reset_scope = scope.reset

_NO_KEYWORDS: Final[Mapping[str, object]] = {}


def present_scope() -> Scope:
    """
    Get what later code is to run in: the current action, and nothing around it.
    What is around it would be kept alive, and grow from each call to the next where
    a function that starts an action asks to be called again.
    """
    here = _get_scope()
    action, around = here
    return here if action is None or around is NOWHERE else (action, NOWHERE)


def call_within(
    scope: Scope,
    function: Callable[..., _R],
    args: tuple[object, ...] = (),
    kwargs: Mapping[str, object] = _NO_KEYWORDS,
) -> _R:
    """
    Call a function in a scope, in any thread, and put back what was there before,
    whatever the function did.

    :returns: what the function returns.
    :raises BaseException: what the function raises.
    """
    token = _set_scope(scope)
    try:
        return function(*args, **kwargs)
    except BaseException as error:
        if scope[0] is not None:
            remember(error, scope[0])
        raise
    finally:
        _reset_scope(token)


class Stepping:
    """
    Where a coroutine or an iterator is that is bound: each of its steps begins as
    deep in its actions as the last one has got, and whoever asks for the step sees
    nothing of that.

    :param scope: where the first step begins.
    """

    __slots__ = ("_scope",)

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def step(self, function: Callable[..., _R], /, *args: object) -> _R:
        """
        Take a step.

        :param function: takes it, with the other arguments.
        :returns: what the function returns.
        :raises BaseException: what the function raises.
        """
        token = _set_scope(self._scope)
        try:
            return function(*args)
        except StopIteration:
            raise
        except BaseException as error:
            if (action := self._scope[0]) is not None:
                remember(error, action)
            raise
        finally:
            self._scope = _get_scope()
            _reset_scope(token)


@overload
def bind(
    function: Callable[_P, Coroutine[Any, Any, _R]], /
) -> Callable[_P, Coroutine[Any, Any, _R]]: ...


@overload
def bind(function: Callable[_P, _R], /) -> Callable[_P, _R]: ...


@overload
def bind(function: Callable[..., _R], /, *args: object, **kwargs: object) -> Callable[..., _R]: ...


def bind(function: Callable[..., Any], /, *args: object, **kwargs: object) -> Callable[..., Any]:
    """
    Have a function run in the action that is current now, whoever calls it.

    That is for whatever takes a function to call it later::

        with start_action(action_type="app:listen").context():
            service.subscribe(bind(received))

    It can be called any number of times, in any thread.  After each call the
    context is what it was before, whatever the function did.  A function that is
    bound outside of all actions runs outside of all actions.  A coroutine function
    gives coroutines all of whose steps run there.  Binding starts no action: what is
    logged after the end of the current one is marked as late by readers.

    :param function: anything that can be called.
    :param args: the arguments that it gets first.
    :param kwargs: the keyword arguments that it gets, unless it is called with others
        of the same names.
    :returns: a function that takes further arguments.  The same as
        :func:`functools.partial`, but for the action.
    """
    here = present_scope()

    if _makes_coroutines(function):

        async def bound_coroutine(*more: object, **named: object) -> object:
            steps = Stepping(here)
            made = steps.step(lambda: function(*args, *more, **{**kwargs, **named}))
            return await _take_steps(made, steps)

        bound: Callable[..., Any] = bound_coroutine
    elif args or kwargs:

        def bound_with_arguments(*more: object, **named: object) -> object:
            return call_within(here, function, args + more, {**kwargs, **named})

        bound = bound_with_arguments
    else:
        # Put together in less time.
        def bound_function(*more: object, **named: object) -> object:
            return call_within(here, function, more, named)

        bound = bound_function

    # An object that cannot be asked, such as a proxy of something that is not there
    # yet, can still be called later.
    with suppress(Exception):
        update_wrapper(bound, function, updated=())
    if args or kwargs:
        # It does not take what that function takes.
        with suppress(AttributeError):
            del bound.__wrapped__  # type: ignore[attr-defined]  # set by update_wrapper()
    return bound


def _makes_coroutines(function: Callable[..., object]) -> bool:
    """
    Tell whether a function, or an object that can be called, is ``async``.
    """
    try:
        return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
    except Exception:
        # One that does not like to be asked.
        return False


@coroutine
def _take_steps(
    awaited: Coroutine[Any, Any, object], steps: Stepping
) -> Generator[Any, Any, object]:
    """
    Await a coroutine, each of whose steps is taken in its own scope.
    """
    step: Callable[[Any], object] = awaited.send
    value: object = None
    while True:
        try:
            value = steps.step(step, value)
        except StopIteration as end:
            result: object = end.value
            return result
        try:
            value = yield value
        except BaseException as error:
            step, value = awaited.throw, error
        else:
            step = awaited.send
