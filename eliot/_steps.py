"""
Generators whose code runs inside an action, though not the code between their steps.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

from eliot._action import Action
from eliot._context import Scope, scope

_T = TypeVar("_T")

_get_scope = scope.get
_set_scope = scope.set


class Steps:
    """
    Where a generator is: inside its action while it runs, and as deep in there
    as it has got; outside while it waits for the next step.

    :param action: the action.
    """

    __slots__ = ("_action", "_inside", "_outside")

    def __init__(self, action: Action) -> None:
        self._action = action
        self._outside = _get_scope()
        self._inside: Scope = (action, self._outside)

    def resume(self) -> None:
        """
        Go inside: the generator's code is going to run.
        """
        self._outside = _get_scope()
        _set_scope(self._inside)

    def suspend(self) -> None:
        """
        Go outside: whoever asked for the step sees its own context again.
        """
        here = inside = _get_scope()
        action = self._action
        while here[0] is not None:
            if here[0] is action:
                self._inside = inside
                _set_scope(self._outside)
                return
            here = here[1]
        # A context that never went inside, as where an asynchronous generator
        # is thrown away while it awaits something: it stays as it is.


def first_step(generator: AsyncGenerator[_T, None]) -> Awaitable[_T]:
    """
    Begin the first step of an asynchronous generator that nobody but another
    one can reach: the event loop, which closes those that are forgotten, shall
    only know of the other.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)
