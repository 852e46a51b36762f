"""
What has to be done about a fork: locks that another thread holds, queues that
belong to the parent, identifiers that the parent holds ready.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from weakref import WeakSet

# How many seconds a fork waits for work that is under way.
_PATIENCE = 0.02


class RenewedAfterFork:
    """
    A base for objects that cannot be used in a forked child as they are.

    They are held weakly; those that are alive when the process forks are told
    of it.  None of the methods may raise.
    """

    __slots__ = ("__weakref__",)

    def __init__(self) -> None:
        _renewed.add(self)

    def _prepare_to_fork(self) -> None:
        """
        Get into a state that a child can have; called in the parent.
        """

    def _go_on_after_fork(self) -> None:
        """
        Undo what was done for the fork; called in the parent.
        """

    def _renew_after_fork(self) -> None:
        """
        Replace what the parent's other threads may hold; called in the child,
        before anything else runs there.
        """
        raise NotImplementedError


_renewed: WeakSet[RenewedAfterFork] = WeakSet()


class LockedOverFork(RenewedAfterFork):
    """
    A base for objects that only one thread at a time may use.

    What they work on may have locks and buffers of its own, which a child gets as
    they are.  So nobody shall be at work when the process forks; but work that
    hangs must not keep the process from forking, either.
    """

    __slots__ = ("_held", "_lock")

    def __init__(self) -> None:
        super().__init__()
        self._held = False
        # Reentrant, since a signal handler may log in the midst of the work.
        self._lock = RLock()

    def _prepare_to_fork(self) -> None:
        self._held = self._lock.acquire(timeout=_PATIENCE)

    def _go_on_after_fork(self) -> None:
        if self._held:
            self._held = False
            self._lock.release()

    def _renew_after_fork(self) -> None:
        self._held = False
        self._lock = RLock()


def call_in_forked_child(function: Callable[[], object]) -> None:
    """
    Have ``function`` called in every child that this process forks.

    :param function: called without arguments in the child's only thread; it is
        kept for ever, so it belongs to a module, not to an object.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=function)


def _tell(method: Callable[[RenewedAfterFork], None]) -> Callable[[], None]:
    def tell_all() -> None:
        for each in list(_renewed):
            # One that is half made has not all its attributes: its constructor has
            # raised, or another thread is in the midst of it.
            with suppress(AttributeError):
                method(each)

    return tell_all


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_tell(lambda each: each._prepare_to_fork()),
        after_in_parent=_tell(lambda each: each._go_on_after_fork()),
        after_in_child=_tell(lambda each: each._renew_after_fork()),
    )
