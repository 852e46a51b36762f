"""
Taking the current action along into a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper
from typing import ParamSpec, TypeVar

from eliot._action import Action
from eliot._context import current_action
from eliot._public import show_in
from eliot._text import safe_repr

_P = ParamSpec("_P")
_R = TypeVar("_R")


class TooManyCalls(Exception):
    """
    A function that :func:`preserve_context` has returned was called again.

    Each call takes a place of its own in the task, so there has to be one
    :func:`preserve_context` for each.
    """


def preserve_context(function: Callable[_P, _R], /) -> Callable[_P, _R]:
    """
    Have a function run inside the current action, wherever it is called.

    That is for threads, since a new one is in no action::

        with start_action(action_type="main_thread"):
            Thread(target=preserve_context(work), args=(3, 4)).start()

    The call becomes an action of type ``eliot:remote_task``.  Its place in the
    task is taken now, so this is for one call.

    :param function: anything that can be called.
    :returns: a function that can be called once, in any thread, with the
        arguments of ``function``, and which raises :class:`TooManyCalls` after
        that; outside of all actions, ``function`` itself.
    """
    action = current_action()
    if action is None:
        return function
    # Taking from a list succeeds once, in one thread.
    left = [action.serialize_task_id()]

    def call_in_context(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            task_id = left.pop()
        except IndexError:
            task_id = None
        if task_id is None:
            raise TooManyCalls(
                f"What preserve_context({safe_repr(function)}) returned was called before,"
                " and is good for one call: call preserve_context() anew for each."
            )
        with Action.continue_task(task_id=task_id):
            return function(*args, **kwargs)

    # An object that cannot be asked, such as a proxy of something that is not
    # there yet, can still be called later.
    with suppress(Exception):
        update_wrapper(call_in_context, function, updated=())
    return call_in_context


show_in("eliot", TooManyCalls, preserve_context)
