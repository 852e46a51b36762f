"""
A patch of Twisted, for those who ask for it: each Deferred that fails notes the action
in which it did.

Twisted gives a Deferred that has failed a helper object, which tells of the failure
if nobody does anything about it: a ``twisted.internet.defer.DebugInfo``.  Nothing of it
is public.  The patch puts a class in its place that is derived from it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextvars import Context
from types import CodeType, FrameType
from typing import Final, Protocol, cast

from twisted.internet import defer
from twisted.python.failure import Failure

from eliot._action import Action
from eliot._context import NOWHERE, scope

_HOOK: Final = "twisted.internet.defer.DebugInfo"
_ACTION: Final = "_eliot_action"
_FAILURE: Final = "_eliot_failure"

# What coroutines and their like are run by.  When one has raised, errback(),
# _startRunCallbacks() and _runCallbacks() are called below it.
_RUNNER: Final[object] = getattr(getattr(defer, "_inlineCallbacks", None), "__code__", None)
_CALLS_BELOW: Final = 3

_current_scope = scope.get


class _Place(Protocol):
    """
    Where the class is looked up.
    """

    DebugInfo: type


_place: Final = cast("_Place", defer)


class _Noting:
    """
    What is different: when the failure is set, the action is noted.
    """

    @property
    def failResult(self) -> Failure | None:  # noqa: N802 (Twisted's name)
        """
        The failure that nobody has handled so far.
        """
        return cast("Failure | None", vars(self).get(_FAILURE))

    @failResult.setter
    def failResult(self, failure: Failure | None) -> None:  # noqa: N802 (Twisted's name)
        attributes = vars(self)
        attributes[_FAILURE] = failure
        attributes[_ACTION] = None if failure is None else _failing()


def patch_unhandled_errors(enabled: bool = True) -> None:
    """
    Patch Twisted: an error of a Deferred that nobody handles is placed in the
    action that was current when the Deferred failed, where the exception has
    crossed none.  For a coroutine, or a generator of ``inlineCallbacks``, that is the
    action in which it was called.

    The class ``twisted.internet.defer.DebugInfo``, which is not public, is replaced by
    one derived from it, for the whole process.  Deferreds that have failed before
    remember nothing.  What is so already is left alone.  Call it in the reactor's thread.

    :param enabled: ``False`` takes the patch back.
    :raises RuntimeError: if this Twisted is not as it was known, or somebody else has
        replaced the class, too.  Nothing is changed then.
    """
    if enabled == unhandled_errors_are_patched():
        return
    found = _hook()
    if enabled:
        if not _is_known(found):
            raise RuntimeError(f"{_HOOK} cannot be patched: {found!r} is not as it was known.")
        _place.DebugInfo = type(found.__name__, (_Noting, found), {})
    else:
        noting, *replaced = found.__bases__
        if noting is not _Noting:
            raise RuntimeError(f"{_HOOK} cannot be put back: {found!r} was put there later.")
        [_place.DebugInfo] = replaced


def unhandled_errors_are_patched() -> bool:
    """
    Tell whether the patch of :func:`patch_unhandled_errors` is in force.
    """
    return issubclass(_hook(), _Noting)


def _hook() -> type:
    found: object = getattr(_place, "DebugInfo", None)
    return found if isinstance(found, type) else type(found)


def has_noted(attributes: Mapping[str, object]) -> bool:
    """
    Tell whether it is known in which action a Deferred has failed, or that it was in none.

    :param attributes: those of its helper object.
    """
    return _ACTION in attributes


def noted_action(attributes: Mapping[str, object]) -> Action | None:
    """
    Find that action.

    :param attributes: likewise.
    """
    return cast("Action | None", attributes[_ACTION])


def _is_known(found: type) -> bool:
    """
    Tell whether a class is what Twisted's was when this was written, and Deferreds
    make the same use of it.
    """
    attributes = vars(found)
    run = getattr(defer.Deferred, "_runCallbacks", None)
    return (
        found.__module__ == defer.__name__
        and attributes.get("failResult", found) is None
        and "failResult" in _names_in(attributes.get("__del__"))
        and {"DebugInfo", "failResult"} <= _names_in(run)
    )


def _names_in(function: object) -> set[str]:
    code: CodeType | None = getattr(function, "__code__", None)
    return set() if code is None else set(code.co_names)


def _failing() -> Action | None:
    """
    Find the action in which a Deferred is failing.
    """
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_CALLS_BELOW):
        frame = None if frame is None else frame.f_back
    # What is current here says where the last result of a coroutine has come from, no more.
    context: object = None
    if frame is not None and frame.f_code is _RUNNER:
        context = frame.f_locals.get("context")
    return (context.get(scope, NOWHERE) if type(context) is Context else _current_scope())[0]
