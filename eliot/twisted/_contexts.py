"""
Which action another thread is in.

A context variable can be read in its own thread only, but a
:class:`~contextvars.Context` can be asked by anybody.  The one that a thread has
from its start is found once, by code that runs there; the others are those of
generators, coroutines and the handles of asyncio, and whoever has code run in one
of them has it at hand.  What such a context says is not guessed: it is the value
that the code would read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from contextvars import Context, ContextVar
from gc import get_referents
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Final

from eliot._context import NOWHERE, Scope, scope

_probe: ContextVar[None] = ContextVar("eliot.probe")

# Where threads run at the same time, looking at what another one has would be a
# race.
_ONE_AT_A_TIME: Final[bool] = getattr(sys, "_is_gil_enabled", lambda: True)()


def present_context() -> Context | None:
    """
    Find the context that the calling code runs in: itself, where the standard
    library only gives copies.

    :returns: ``None`` where Python does not tell.
    """
    token = _probe.set(None)
    try:
        # A token knows the context that it is good for.
        found = [each for each in get_referents(token) if type(each) is Context]
    finally:
        _probe.reset(token)
    return found[0] if len(found) == 1 else None


def scope_within(frames: Iterable[FrameType], outermost: Context | None) -> Scope:
    """
    Find the scope that code of another thread runs in.  Call it as soon as the
    frames are there: the other thread goes on.

    :param frames: what that thread does, the innermost first, beginning where
        ``outermost`` is the context.
    :param outermost: that context, if it is known.
    :returns: what :data:`eliot._context.scope` is there; outside of all actions,
        and where that is not known, that of no action.
    """
    if not _ONE_AT_A_TIME:
        return NOWHERE
    for frame in frames:
        for each in _contexts_of(frame):
            if _is_entered(each):
                return each.get(scope, NOWHERE)
    return NOWHERE if outermost is None else outermost.get(scope, NOWHERE)


def _contexts_of(frame: FrameType) -> Iterator[Context]:
    """
    Find the contexts that a frame may have code run in.
    """
    code = frame.f_code
    # Asking a frame for its variables makes copies of them, which live as long as
    # it does: so only those are asked which call something of this name.
    if "run" not in code.co_names or not code.co_flags & CO_OPTIMIZED:
        return
    for each in list(frame.f_locals.values()):
        if type(each) is Context:
            yield each
    if code.co_qualname == "Handle._run" and frame.f_globals.get("__name__") == "asyncio.events":
        with suppress(Exception):
            context: object = frame.f_locals["self"]._context
            if type(context) is Context:
                yield context


def _is_entered(context: Context) -> bool:
    """
    Tell whether code runs in a context at this moment.
    """
    try:
        # Nothing of this is Python code, so no other thread comes in between.
        context.run(bool)
    except RuntimeError:
        return True
    return False
