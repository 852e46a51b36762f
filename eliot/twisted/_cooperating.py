"""
Iterators that share the time of a reactor, each in its own action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import CooperativeTask

from eliot.twisted._bind import Stepping, present_scope
from eliot.twisted._kept import keep

_I = TypeVar("_I", bound=Iterator[object])

# What Twisted waits for between two turns.
_AT_ONCE = 0.00000001


class _Steps(Iterator[object]):
    """
    An iterator whose steps are taken in an action.

    :ivar iterator: the iterator.
    """

    def __init__(self, iterator: Iterator[object]) -> None:
        self.iterator = iterator
        self._steps = Stepping(present_scope())

    def __next__(self) -> object:
        return self._steps.step(next, self.iterator)


class _Task(CooperativeTask):  # type: ignore[type-arg]  # older ones cannot be subscripted
    """
    A task that steps in an action, and knows its iterator by sight.
    """

    def __init__(self, iterator: Iterator[object], cooperator: task.Cooperator) -> None:
        super().__init__(_Steps(iterator), cooperator)

    def whenDone(self) -> Deferred[Any]:  # noqa: N802 (Twisted's name)
        """
        Wait for the end.

        :returns: a Deferred that fires with the iterator, in the action that is current
            now.
        """
        return keep(super().whenDone()).addCallback(_original)


def _original(steps: _Steps) -> Iterator[object]:
    return steps.iterator


class Cooperator(task.Cooperator):
    """
    Steps through iterators by turns, through each of them in the action that was
    current when it was added.

    It is a :class:`twisted.internet.task.Cooperator` in all else.  A generator that
    has started an action is in that again at the next step.
    """

    def cooperate(self, iterator: _I) -> CooperativeTask[_I]:
        """
        Add an iterator.

        :returns: with what it can be paused, stopped, and waited for.
        """
        return _Task(iterator, self)

    def coiterate(
        self,
        iterator: _I,
        doneDeferred: Deferred[_I] | None = None,  # noqa: N803 (Twisted's name)
    ) -> Deferred[_I]:
        """
        Add an iterator, and wait for its end.

        :param doneDeferred: what fires then, unless it is to be a new Deferred.
        :returns: a Deferred that fires with the iterator, in the action that is current
            now.
        """
        done: Deferred[_I] = _Task(iterator, self).whenDone()
        if doneDeferred is None:
            return done
        done.chainDeferred(doneDeferred)
        return doneDeferred


_cooperators: WeakKeyDictionary[IReactorTime, Cooperator] = WeakKeyDictionary()


def cooperate(reactor: IReactorTime, iterator: _I) -> CooperativeTask[_I]:
    """
    Step through an iterator, a while in each turn of the reactor, in the action that is
    current now.  All that are added this way share that while.

    It is what :func:`twisted.internet.task.cooperate` is, but for the action.

    :param reactor: whose time it is.
    :param iterator: does a part of its work each time, and may yield Deferreds to wait
        for.
    :returns: with what it can be paused, stopped, and waited for.
    """
    cooperator = _cooperators.get(reactor)
    if cooperator is None:
        cooperator = _cooperators[reactor] = Cooperator(scheduler=_scheduler(reactor))
    return cooperator.cooperate(iterator)


def _scheduler(reactor: IReactorTime) -> Callable[[Callable[[], None]], IDelayedCall]:
    # The cooperator must not keep alive what it is kept for.
    reference = ref(reactor)

    def schedule(step: Callable[[], None]) -> IDelayedCall:
        found = reference()
        assert found is not None
        return found.callLater(_AT_ONCE, step)

    return schedule
