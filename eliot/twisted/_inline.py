"""
Generators that wait for Deferreds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Generator
from contextvars import copy_context
from functools import partial, wraps
from inspect import isgeneratorfunction
from types import GeneratorType
from typing import Any, ParamSpec, TypeVar, overload

from twisted.internet.defer import Deferred, fail, inlineCallbacks, maybeDeferred

from eliot._message import log_message

_P = ParamSpec("_P")
_T = TypeVar("_T")

# What is surely no generator.  If just anything were accepted here, a generator
# would fit twice, and be of no known type where it yields Deferreds of any.
_Value = TypeVar("_Value", bound=complex | Collection[Any] | None)


@overload
def inline_callbacks(
    original: Callable[_P, Generator[Any, Any, _T]], debug: bool = False
) -> Callable[_P, Deferred[_T]]: ...


@overload
def inline_callbacks(
    original: Callable[_P, Coroutine[Any, Any, _T]], debug: bool = False
) -> Callable[_P, Deferred[_T]]: ...


@overload
def inline_callbacks(
    original: Callable[_P, Deferred[_T]], debug: bool = False
) -> Callable[_P, Deferred[_T]]: ...


@overload
def inline_callbacks(
    original: Callable[_P, _Value], debug: bool = False
) -> Callable[_P, Deferred[_Value]]: ...


def inline_callbacks(
    original: Callable[_P, Any], debug: bool = False
) -> Callable[_P, Deferred[Any]]:
    """
    Have a generator wait for the Deferreds that it yields, as
    :func:`twisted.internet.defer.inlineCallbacks` does.

    Each call has a context of its own.  It begins in the action that is
    current where the function is called, an action that it starts stays the
    current one across ``yield``, and whoever calls sees nothing of that.
    Twisted's own decorator does so as well; this one also takes functions that
    are no generators, or only sometimes return one: a value, a coroutine, a
    Deferred, or an exception becomes the result of the Deferred.

    Use it as a decorator, also of methods.

    :param original: the function.
    :param debug: whether a message of the type ``yielded`` is logged, inside
        the current action of the generator, whenever that has yielded
        something.
    :returns: a function that takes the same arguments, and returns a Deferred.
        Cancelling that cancels the Deferred which is being waited for.
    """
    if isgeneratorfunction(original):
        if not debug:
            return inlineCallbacks(original)

        @wraps(original)
        def generate(*args: _P.args, **kwargs: _P.kwargs) -> Generator[Any, Any, object]:
            # Wrong arguments are raised at once, as they are without debugging.
            return _telling(original(*args, **kwargs))

        return inlineCallbacks(generate)

    run = inlineCallbacks(_telling if debug else _genuine)

    @wraps(original)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> Deferred[Any]:
        return copy_context().run(_call, partial(original, *args, **kwargs), run)

    return call


def _call(
    function: Callable[[], object],
    run: Callable[[Generator[Any, Any, object]], Deferred[object]],
) -> Deferred[object]:
    try:
        result = function()
    except Exception:
        return fail()
    return run(result) if isinstance(result, Generator) else maybeDeferred(lambda: result)


def _genuine(generator: Generator[Any, Any, _T]) -> Generator[Any, Any, _T]:
    """
    Get a generator of Python's own, as Twisted wants it.
    """
    return generator if isinstance(generator, GeneratorType) else _delegate(generator)


def _delegate(generator: Generator[Any, Any, _T]) -> Generator[Any, Any, _T]:
    return (yield from generator)


def _telling(generator: Generator[Any, Any, _T]) -> Generator[Any, Any, _T]:
    """
    Do what a generator does, and log each step.
    """
    step: Callable[[], object] = partial(next, generator)
    while True:
        try:
            yielded = step()
        except StopIteration as end:
            result: _T = end.value
            return result
        log_message("yielded")
        try:
            step = partial(generator.send, (yield yielded))
        except GeneratorExit:
            generator.close()
            raise
        except BaseException as error:
            step = partial(generator.throw, error)
