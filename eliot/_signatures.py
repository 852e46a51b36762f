"""
Functions that are made to take the arguments of other functions.

Python itself binds the arguments of a call faster than anything written in it
does, and says best what is wrong with them.  So a function that stands for
another has the same parameters, in source that is put together from their
names: nothing else of what a user has written gets into it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from inspect import (
    Parameter,
    Signature,
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
)
from types import FunctionType, MethodType
from typing import Final

#: What tracebacks give as the file of functions that are made here.
GENERATED: Final = "<eliot log_call>"

#: The parameters of a function that takes anything.
ANYTHING: Final = (
    Parameter("args", Parameter.VAR_POSITIONAL),
    Parameter("kwargs", Parameter.VAR_KEYWORD),
)

_STARS: dict[object, str] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}


def own_parameters(function: object) -> Sequence[Parameter]:
    """
    Find the parameters that calls of ``function`` must fit: its own, whatever
    it wraps.
    """
    # What is not a function may treat an argument that is not given otherwise
    # than its default, and so may one that says itself what it takes.
    if isinstance(function, FunctionType) and not hasattr(function, "__signature__"):
        return _parameters(function, follow_wrapped=False)
    return ANYTHING


def shown_parameters(function: object) -> Sequence[Parameter]:
    """
    Find the parameters that :func:`help` shows for ``function``: those of what
    it wraps, if it does.
    """
    return _parameters(function, follow_wrapped=True)


def _parameters(function: object, *, follow_wrapped: bool) -> Sequence[Parameter]:
    try:
        signature = Signature.from_callable(
            function,  # type: ignore[arg-type]  # what cannot be called is a TypeError
            follow_wrapped=follow_wrapped,
        )
    except (TypeError, ValueError):
        # As for some functions that are written in C.
        return ANYTHING
    return tuple(signature.parameters.values())


def same_shape(some: Sequence[Parameter], others: Sequence[Parameter]) -> bool:
    """
    Tell whether the same calls fit, whatever the defaults and annotations.
    """
    return [(each.name, each.kind) for each in some] == [(each.name, each.kind) for each in others]


def hands_on(function: object) -> bool:
    """
    Tell whether ``function`` surely gives its arguments to what it wraps as
    they are, so that a call that does not fit that is a wrong call.
    """
    while not isinstance(function, FunctionType):
        if isinstance(function, partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        else:
            return False
    wrapped = getattr(function, "__wrapped__", None)
    if wrapped is None:
        return not hasattr(function, "__signature__")
    # What makes something else of a generator or a coroutine, such as a
    # Deferred or a context manager, has nothing to add to their arguments.
    return _is_suspended(wrapped) and not _is_suspended(function)


def _is_suspended(function: object) -> bool:
    return (
        iscoroutinefunction(function)
        or isgeneratorfunction(function)
        or isasyncgenfunction(function)
    )


def make(
    template: str,
    parameters: Sequence[Parameter],
    names: Mapping[str, object],
    texts: Mapping[str, str],
) -> FunctionType:
    """
    Make a function from source.

    In the source, ``{signature}`` stands for the parameters, ``{arguments}``
    for the same as arguments of a call, and ``{_}`` begins all other names, so
    that none is hidden by a parameter's.

    :param template: the source, which defines ``{_}made``.
    :param parameters: what the function takes.
    :param names: what else the source uses, by name without ``{_}``.
    :param texts: what else the source has in braces; may have ``{_}`` itself.
    """
    mark = "_"
    while any(each.name.startswith(mark) for each in parameters):
        mark += "_"
    source = template.format(
        _=mark,
        signature=_as_signature(parameters),
        arguments=as_arguments(parameters),
        **{name: text.replace("{_}", mark) for name, text in texts.items()},
    )
    namespace = {mark + name: value for name, value in names.items()}
    exec(compile(source, GENERATED, "exec", dont_inherit=True), namespace)
    made = namespace[f"{mark}made"]
    assert isinstance(made, FunctionType)
    _set_defaults(made, parameters)
    return made


def as_pairs(
    parameters: Iterable[Parameter], left_out: Collection[str], taken: Collection[str]
) -> str:
    """
    Write the source of a dictionary of arguments, without its braces.

    :param parameters: the parameters that are looked at.
    :param left_out: the names of those that are not in it.
    :param taken: keys that belong to others: an argument of such a name gets an
        underscore appended.
    """
    known = {each.name for each in parameters}
    items = []
    for name in (each.name for each in parameters if each.name not in left_out):
        key = name
        while key in taken or (key != name and key in known):
            key += "_"
        items.append(f"{key!r}: {name}, ")
    return "".join(items)


def as_arguments(parameters: Sequence[Parameter]) -> str:
    """
    Write the source of the arguments with which a function of these parameters
    hands its own on.
    """
    return ", ".join(
        f"{each.name}={each.name}"
        if each.kind is Parameter.KEYWORD_ONLY
        else f"{_STARS.get(each.kind, '')}{each.name}"
        for each in parameters
    )


def _as_signature(parameters: Sequence[Parameter]) -> str:
    pieces = []
    kinds = [each.kind for each in parameters]
    for position, each in enumerate(parameters):
        if each.kind is Parameter.KEYWORD_ONLY and not any(
            kind in (Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY) for kind in kinds[:position]
        ):
            pieces.append("*")
        default = "" if each.default is Parameter.empty else "=None"
        pieces.append(f"{_STARS.get(each.kind, '')}{each.name}{default}")
        if each.kind is Parameter.POSITIONAL_ONLY and (
            Parameter.POSITIONAL_ONLY not in kinds[position + 1 :]
        ):
            pieces.append("/")
    return ", ".join(pieces)


def _set_defaults(function: FunctionType, parameters: Sequence[Parameter]) -> None:
    given = [each for each in parameters if each.default is not Parameter.empty]
    by_keyword = Parameter.KEYWORD_ONLY
    function.__defaults__ = tuple(each.default for each in given if each.kind is not by_keyword)
    function.__kwdefaults__ = {each.name: each.default for each in given if each.kind is by_keyword}
