"""
Calling in an action what others call anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from twisted.internet.interfaces import IPullProducer, IPushProducer
from zope.interface import implementer

from eliot._action import Action
from eliot._context import NOWHERE
from eliot.twisted._bind import call_within

_P = ParamSpec("_P")
_T = TypeVar("_T")


def within(
    action: Action, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """
    Call a function in an action, and in nothing else.

    :returns: what it returns.
    """
    return call_within((action, NOWHERE), function, args, kwargs)


@implementer(IPushProducer, IPullProducer)
class InAction:
    """
    A producer that is called in an action.

    :param producer: the producer.
    :param action: the action.
    """

    __slots__ = ("_action", "_producer")

    def __init__(self, producer: IPushProducer | IPullProducer, action: Action) -> None:
        self._producer = producer
        self._action = action

    def resumeProducing(self) -> None:  # noqa: N802
        """
        Have it go on.
        """
        within(self._action, self._producer.resumeProducing)

    def pauseProducing(self) -> None:  # noqa: N802
        """
        Have it wait.
        """
        # Asked only of those that do it.
        within(self._action, cast("IPushProducer", self._producer).pauseProducing)

    def stopProducing(self) -> None:  # noqa: N802
        """
        Have it stop.
        """
        within(self._action, self._producer.stopProducing)
