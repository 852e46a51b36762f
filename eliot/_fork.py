"""
What a forked child must make anew: locks that another thread may have held,
queues that belong to the parent, identifiers that the parent holds ready.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from weakref import WeakSet


class RenewedAfterFork:
    """
    A base for objects that cannot be used in a forked child as they are.

    They are held weakly; those that are alive when the process forks get
    :meth:`_renew_after_fork` called in the child, before anything else runs.
    """

    __slots__ = ("__weakref__",)

    def __init__(self) -> None:
        _renewed.add(self)

    def _renew_after_fork(self) -> None:
        """
        Replace what the parent's other threads may hold.  Must not raise.
        """
        raise NotImplementedError


_renewed: WeakSet[RenewedAfterFork] = WeakSet()


def call_in_forked_child(function: Callable[[], object]) -> None:
    """
    Have ``function`` called in every child that this process forks.

    :param function: called without arguments in the child's only thread; it is
        kept for ever, so it belongs to a module, not to an object.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=function)


@call_in_forked_child
def _renew_all() -> None:
    for each in list(_renewed):
        each._renew_after_fork()
