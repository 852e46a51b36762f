"""
Repeated calls, each of which is an action.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper
from typing import Self

from twisted.internet import task
from twisted.internet.defer import Deferred, maybeDeferred

from eliot._action import Action
from eliot._context import NOWHERE, Scope
from eliot._start import begin, begin_task
from eliot.twisted._bind import call_within, present_scope
from eliot.twisted._callbacks import finish_with
from eliot.twisted._kept import keep

_DEFAULT_TYPE = "eliot:looping_call"


class LoopingCall(task.LoopingCall):
    """
    Calls a function again and again; each call is an action, which lasts until the
    Deferred or the coroutine that it returns has a result.

    The actions are inside the one that was current when :meth:`start` was called.
    Where the calls go on for longer than that, as those of services do, each of them
    had better be a task of its own: ``as_tasks``.  It is a
    :class:`twisted.internet.task.LoopingCall` in all else.

    :param f: what is called, with the other arguments.
    :param action_type: what kind of action a call is.
    :param as_tasks: whether each call is the root of a new task.
    """

    def __init__(
        self,
        f: Callable[..., object],
        *a: object,
        action_type: str = _DEFAULT_TYPE,
        as_tasks: bool = False,
        **kw: object,
    ) -> None:
        def run(*args: object, **kwargs: object) -> Deferred[object]:
            action = self._begin_call()
            done: Deferred[object] = call_within(
                (action, NOWHERE), maybeDeferred, (f, *args), kwargs
            )
            return done.addBoth(finish_with, action)

        # Twisted shows its name to people.
        with suppress(Exception):
            update_wrapper(run, f, updated=())
        super().__init__(run, *a, **kw)
        self._action_type = action_type
        self._as_tasks = as_tasks
        self._scope: Scope = NOWHERE

    def _begin_call(self) -> Action:
        if self._as_tasks:
            return begin_task(None, self._action_type, {})
        return call_within(self._scope, begin, (None, self._action_type, {}))

    @classmethod
    def withCount(  # noqa: N802 (Twisted's name)
        cls,
        countCallable: Callable[[int], object],  # noqa: N803 (Twisted's name)
        *,
        action_type: str = _DEFAULT_TYPE,
        as_tasks: bool = False,
    ) -> Self:
        """
        Make one that tells the function for how many calls this one stands.

        :param countCallable: what is called, with the number.
        :param action_type: what kind of action a call is.
        :param as_tasks: whether each call is the root of a new task.
        """
        made = super().withCount(countCallable)
        assert isinstance(made, cls)
        made._action_type = action_type
        made._as_tasks = as_tasks
        return made

    def start(self, interval: float, now: bool = True) -> Deferred[task.LoopingCall]:
        """
        Start calling.

        :param interval: the seconds between calls.
        :param now: whether the first call is made at once.
        :returns: a Deferred that fires with this object when it has been stopped, or
            fails with what the function raises; in the action that is current now.
        """
        if not self.running:
            self._scope = present_scope()
        return keep(super().start(interval, now))
