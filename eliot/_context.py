"""
Where the current action is kept: one context variable.

Its value is a *scope*: the current action and the scope around it, a linked
list that never changes.  Leaving a scope looks for it in the context at hand
and puts back what was around it.  So nothing has to be remembered between
entering and leaving but the action, an action can be entered any number of
times from any number of threads, and a block that is left in a context which
never entered it (a generator closed elsewhere) changes nothing.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeAlias

from eliot import _watch
from eliot._public import show_in

if TYPE_CHECKING:
    from eliot._action import Action

Scope: TypeAlias = "tuple[Action, Scope] | tuple[None, None]"

NOWHERE: Scope = (None, None)

scope: ContextVar[Scope] = ContextVar("eliot.scope", default=NOWHERE)

#: The root action of the process, if there is one: what is current outside of
#: all actions.  Only those who find no other action look here.
root: Action | None = None

_get = scope.get
_set = scope.set


def current_action() -> Action | None:
    """
    Find the action that the calling code runs in.

    :returns: the innermost action that was entered in this context (thread,
        coroutine, callback); outside of all actions the root action of the
        process, or ``None`` if there is none.
    """
    action = _get()[0]
    return root if action is None else action


def enter(action: Action) -> None:
    """
    Make ``action`` the current one, inside what is current now.
    """
    _set((action, _get()))


def leave(action: Action) -> None:
    """
    Put back what was current before ``action`` was entered in this context;
    where it never was, do nothing.
    """
    here = _get()
    if here[0] is action:
        _set(here[1])
        return
    if (watcher := _watch.watcher) is not None:
        watcher.leaked(action, here[0])
    while here[0] is not None:
        outer = here[1]
        if here[0] is action:
            _set(outer)
            return
        here = outer


show_in("eliot", current_action)
