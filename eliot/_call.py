"""
Functions whose calls are actions.

The function that stands for another is made from source, so that it has the
same parameters and is of the same kind: see :mod:`eliot._signatures`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import WRAPPER_UPDATES, partial, update_wrapper
from inspect import (
    CO_ITERABLE_COROUTINE,
    Parameter,
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
)
from types import FunctionType, coroutine
from typing import Final, Protocol, TypeVar, cast, overload

from eliot._fields import RESERVED
from eliot._outcomes import CallLog
from eliot._public import show_in
from eliot._signatures import (
    as_arguments,
    as_pairs,
    hands_on,
    make,
    own_parameters,
    same_shape,
    shown_parameters,
)
from eliot._steps import Steps, first_step
from eliot._text import safe_repr

_F = TypeVar("_F", bound=Callable[..., object])

_FIELDS: Final = """
def {_}made({signature}):
    return {fields}
"""

_FUNCTION: Final = """
{async_}def {_}made({signature}):
    {_}action = {_}log.begin({fields})
    try:
        {_}result = {await_}{_}function({arguments})
    except {_}BaseException as {_}error:
        {_}log.failed({_}action, {_}error)
        raise
    return {_}log.{returned}({_}action, {_}result)
"""

# What is thrown in goes in, be it GeneratorExit: so the generator itself
# decides what comes of it.
_GENERATOR: Final = """
{async_}def {_}made({signature}):
    {_}action = {_}log.start({fields})
    {_}steps = {_}Steps({_}action)
    {_}generator = {_}function({arguments})
    {_}step, {_}value = {_}first, {_}generator
    while True:
        {_}steps.resume()
        try:
            {_}value = {await_}{_}step({_}value)
        except {_}Exhausted as {_}stop:
            {_}steps.suspend()
            {exhausted}
        except {_}BaseException as {_}error:
            {_}value = None
            {_}steps.suspend()
            {_}log.thrown({_}action, {_}error)
            raise
        {_}steps.suspend()
        try:
            {_}value = yield {_}value
        except {_}BaseException as {_}error:
            {_}step, {_}value = {_}generator.{throw}, {_}error
        else:
            {_}step = {_}generator.{send}
"""


_FUNCTION_KIND: Final = {"async_": "", "await_": "", "returned": "returned"}
_COROUTINE_KIND: Final = {"async_": "async ", "await_": "await ", "returned": "completed"}
_GENERATOR_KIND: Final = {
    "async_": "",
    "await_": "",
    "send": "send",
    "throw": "throw",
    "exhausted": "return {_}log.gave({_}action, {_}stop.value)",
}
_ASYNC_GENERATOR_KIND: Final = {
    "async_": "async ",
    "await_": "await ",
    "send": "asend",
    "throw": "athrow",
    "exhausted": "{_}action.finish(); return",
}


class Decorator(Protocol):
    """
    What :func:`log_call` returns if it is given no function.
    """

    def __call__(self, function: _F, /) -> _F:
        """
        Make a function whose calls are logged.
        """


@overload
def log_call(
    function: _F,
    /,
    action_type: str | None = None,
    include_args: Iterable[str] | None = None,
    include_result: bool = True,
    *,
    fields: Mapping[str, object] | None = None,
) -> _F: ...


@overload
def log_call(
    function: None = None,
    /,
    action_type: str | None = None,
    include_args: Iterable[str] | None = None,
    include_result: bool = True,
    *,
    fields: Mapping[str, object] | None = None,
) -> Decorator: ...


def log_call(
    function: Callable[..., object] | None = None,
    /,
    action_type: str | None = None,
    include_args: Iterable[str] | None = None,
    include_result: bool = True,
    *,
    fields: Mapping[str, object] | None = None,
) -> Callable[..., object]:
    """
    Have each call of a function be an action, with the arguments in its start
    message, and the result in its end message.

    Use it as a decorator, with or without options::

        @log_call
        def divide(x, y):
            return x / y

        @log_call(action_type="login", include_args=["user"], include_result=False)
        async def log_in(user, password): ...

    The action lasts until the result is there: until a coroutine has been
    awaited, until the Deferred or the future that was returned has its result,
    until a generator is exhausted or closed.  A generator or coroutine starts
    its action when its code begins to run.  The code of a generator runs inside
    the action; whoever uses it does not.

    Arguments are logged by name, with their defaults, but for the ``self`` or
    ``cls`` that methods begin with.  One whose name belongs to the framework
    (``action_type``, ``message_type``, ``timestamp``, ...) has an underscore
    appended to it there.  The function's own decorators may come before or
    after this one, :class:`classmethod` and :class:`staticmethod` too.  Where a
    decorator below gives its function other arguments than it gets, they are
    logged as those that it gets.

    :param function: anything that can be called.
    :param action_type: what kind of action it is; for ``None``, the function's
        module and qualified name, joined by a dot.
    :param include_args: the names of the arguments to log; all for ``None``.
    :param include_result: whether the field ``result`` of the end message says
        what the function returned, or the generator.  There is none for
        asynchronous generators, and for generators that were closed.
    :param fields: more fields for the start message.  They win over arguments
        of the same names.
    :returns: a function of the same kind and signature; a decorator where no
        function was given.
    :raises ValueError: if ``include_args`` has a name that the function does not.
    :raises TypeError: if ``function`` cannot be called.
    """
    if include_args is not None:
        include_args = frozenset(include_args)
    extra = dict(fields or {})

    def decorate(wrapped: object) -> object:
        if isinstance(wrapped, (classmethod, staticmethod)):
            unnamed = isinstance(wrapped, classmethod)
            return type(wrapped)(logged(wrapped.__func__, unnamed))
        if not callable(wrapped):
            raise TypeError(f"log_call is for what can be called, not {safe_repr(wrapped)}.")
        return logged(wrapped, _is_method(wrapped))

    def logged(wrapped: Callable[..., object], is_method: bool) -> FunctionType:
        own, shown = own_parameters(wrapped), shown_parameters(wrapped)
        left_out = _left_out(_path(wrapped)[1], shown, is_method, include_args)
        if same_shape(own, shown):
            texts = {"fields": _fields(own, left_out, extra)}
            names: dict[str, object] = {"extra": extra}
        else:
            texts = {"fields": f"{{_}}bind({as_arguments(own)})"}
            show_own = include_args is None
            names = {"bind": _binder(wrapped, own, shown, left_out, show_own, extra)}
        names |= {"function": wrapped, "BaseException": BaseException}
        names["log"] = CallLog(
            ".".join(_path(wrapped)) if action_type is None else action_type, include_result
        )
        made = _made(wrapped, own, names, texts)
        _dress(made, wrapped)
        return made

    return cast("Callable[..., object]", decorate if function is None else decorate(function))


def _left_out(
    name: str, shown: Sequence[Parameter], is_method: bool, include_args: Iterable[str] | None
) -> Collection[str]:
    """
    Find out which arguments are not to be logged.

    :param name: the name of the function.
    :raises ValueError: if ``include_args`` has a name that the function does not.
    """
    known = _names(shown)
    if include_args is None:
        return known[:is_method]
    unknown = sorted(set(include_args).difference(known))
    if unknown:
        raise ValueError(
            f"include_args has what is no argument of {name}(): {', '.join(unknown)}."
            f" The arguments are: {', '.join(known) or 'none'}."
        )
    return set(known).difference(include_args)


def _made(
    function: Callable[..., object],
    parameters: Sequence[Parameter],
    names: dict[str, object],
    texts: Mapping[str, str],
) -> FunctionType:
    """
    Make a function of the same kind.
    """
    if iscoroutinefunction(function):
        return make(_FUNCTION, parameters, names, {**texts, **_COROUTINE_KIND})
    if isasyncgenfunction(function):
        names |= {"Steps": Steps, "first": first_step, "Exhausted": StopAsyncIteration}
        return make(_GENERATOR, parameters, names, {**texts, **_ASYNC_GENERATOR_KIND})
    if isgeneratorfunction(function):
        names |= {"Steps": Steps, "first": next, "Exhausted": StopIteration}
        made = make(_GENERATOR, parameters, names, {**texts, **_GENERATOR_KIND})
        if (
            isinstance(function, FunctionType)
            and function.__code__.co_flags & CO_ITERABLE_COROUTINE
        ):
            coroutine(made)
        return made
    return make(_FUNCTION, parameters, names, {**texts, **_FUNCTION_KIND})


def _fields(
    parameters: Sequence[Parameter], left_out: Collection[str], extra: Mapping[str, object]
) -> str:
    """
    Write the source of the dictionary of fields.
    """
    pairs = as_pairs(parameters, left_out, RESERVED)
    return f"{{{pairs}**{{_}}extra}}" if extra else f"{{{pairs}}}"


def _binder(
    function: Callable[..., object],
    own: Sequence[Parameter],
    shown: Sequence[Parameter],
    left_out: Collection[str],
    show_own: bool,
    extra: Mapping[str, object],
) -> Callable[..., dict[str, object]]:
    """
    Make a function that turns the arguments of a call into fields, for a
    function that takes others than it shows.

    :param show_own: whether its own may be logged, where they do not fit those
        that it shows.
    """
    names = {"extra": extra}
    bind = make(_FIELDS, shown, names, {"fields": _fields(shown, left_out, extra)})
    if hands_on(function):
        # It raises what the function would.
        _dress(bind, function)
        return bind
    bind_own = make(
        _FIELDS, own, names, {"fields": _fields(own, () if show_own else _names(own), extra)}
    )

    def bind_any(*args: object, **kwargs: object) -> dict[str, object]:
        try:
            fields: dict[str, object] = bind(*args, **kwargs)
        except TypeError:
            fields = bind_own(*args, **kwargs)
        return fields

    return bind_any


def _dress(made: FunctionType, function: Callable[..., object]) -> None:
    """
    Have a function look like the one that it stands for.
    """
    made.__module__, made.__qualname__ = _path(function)
    made.__name__ = made.__qualname__.rpartition(".")[2]
    # The attributes of a class are not those of a function.
    updated = () if isinstance(function, type) else WRAPPER_UPDATES
    update_wrapper(made, function, updated=updated)
    made.__code__ = made.__code__.replace(co_name=made.__name__, co_qualname=made.__qualname__)


def _path(function: object) -> tuple[str, str]:
    """
    Find the module and the qualified name of what can be called.
    """
    while isinstance(function, partial):
        function = function.func
    named = function if hasattr(function, "__qualname__") else type(function)
    return str(named.__module__), str(named.__qualname__)


def _names(parameters: Iterable[Parameter]) -> list[str]:
    return [each.name for each in parameters]


def _is_method(function: object) -> bool:
    """
    Tell whether the first argument of ``function`` is the object whose method
    it is: it has been defined in the body of a class, where only this name
    tells it from a static method.
    """
    owner = _path(function)[1].rpartition(".")[0]
    first = shown_parameters(function)[:1]
    return bool(owner) and not owner.endswith("<locals>") and _names(first) in (["self"], ["cls"])


show_in("eliot", log_call)
