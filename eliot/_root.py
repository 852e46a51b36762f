"""
A root action for the whole process.
"""

from __future__ import annotations

from threading import RLock

from eliot import _context, _ids
from eliot._action import Action
from eliot._environment import take_inherited
from eliot._fork import call_in_forked_child
from eliot._public import show_in

_lock = RLock()


@call_in_forked_child
def _forget() -> None:
    # The numbers of the messages in it are the parent's to give.  And another
    # thread of the parent may hold the lock.
    global _lock  # noqa: PLW0603 (there is one for the process)
    _lock = RLock()
    _context.root = None


class _RootAction(Action):
    """
    The root action of the process, for as long as it has not ended.
    """

    __slots__ = ()

    def finish(self, exception: BaseException | object | None = None) -> None:
        """
        End the action; after that, there is no root action.
        """
        with _lock:
            # Before its end message, so that nothing comes after that.
            if _context.root is self:
                _context.root = None
        super().finish(exception)


def start_root_action(action_type: str, /, **fields: object) -> Action:
    """
    Start an action that holds everything else which this process does.

    From now on everything that would start a task of its own, since it happens
    outside of all actions, is part of this one, in all threads, coroutines and
    callbacks; :func:`current_action` returns it there.  :func:`start_task`
    starts a new task all the same.  If another process has started this one, and has
    said in the environment where its task shall go on (see :func:`task_environment`), this
    action is there; otherwise it is a new task.  It ends, and is the root no longer, with
    :meth:`Action.finish`, or with the block if it is used as a context manager::

        root = start_root_action("yourapp:server", version="1.2")
        atexit.register(root.finish)

    A forked child has no root action; it may start its own.  May be called in
    any thread.

    :param action_type: what kind of action it is.
    :param fields: what the start message says.
    :returns: the action.
    :raises RuntimeError: if there is a root action already; nothing is logged then.
    """
    with _lock:
        if _context.root is not None:
            raise _refusal(_context.root)
        inherited = take_inherited()
        place = inherited.place or (_ids.new_task_uuid(), [])
        action = _RootAction(None, *place, action_type)
        action._start(fields)
        inherited.complain(action)
        _context.root = action
    return action


def take_over_root_action(action: Action) -> None:
    """
    Make the root action of the process from which this one was forked the root
    of this one.

    The numbers of the messages in it are this process's to give then, so
    nothing may be logged in the other one any more.  It is for daemons, which
    start in one process and go on in another.

    :param action: what :func:`start_root_action` gave there.
    :raises RuntimeError: if there is a root action already.
    """
    with _lock:
        if _context.root is not None and _context.root is not action:
            raise _refusal(_context.root)
        _context.root = action


def _refusal(root: Action) -> RuntimeError:
    return RuntimeError(
        f"This process has a root action already: {root!r}. Finish that before you start another."
    )


show_in("eliot", start_root_action)
