"""
The stamp of a message: its place in a task, the time, and its type.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from eliot import _context
from eliot._fields import make_names_exact
from eliot._ids import new_task_uuid

if TYPE_CHECKING:
    from eliot._action import Action
    from eliot._context import Scope


def stamp(
    message: dict[str, object], action: Action | None, message_type: object, blame: bool = True
) -> None:
    """
    Give ``message`` the next place in ``action``; where there is none, a place
    in the root action of the process, or a task of its own.

    :param message: the fields; those of the framework's names are overwritten.
    :param action: the action that the message belongs to.
    :param message_type: what kind of message it is.
    :param blame: whether somebody is to blame if the action has ended.
    """
    if action is None and (action := _context.root) is None:
        task_uuid = new_task_uuid()
        level = [1]
    else:
        task_uuid = action.task_uuid
        # What next_level() does, without calling it: every message comes this way.
        if action._row.message.effect is not None:
            action._count_late(blame)
        level = [*action._prefix, next(action._levels)]
    try:
        message["task_uuid"] = task_uuid
        message["task_level"] = level
        message["timestamp"] = time()
        message["message_type"] = message_type
    except Exception:
        # A name that cannot even be compared with these.
        make_names_exact(message)
        message |= {
            "task_uuid": task_uuid,
            "task_level": level,
            "timestamp": time(),
            "message_type": message_type,
        }


def unfinished(scope: Scope) -> Action | None:
    """
    Find the innermost action of a scope that has not ended, where what is logged
    is not late.

    :returns: ``None`` if there is none.
    """
    while scope[0] is not None:
        if scope[0]._row.message.effect is None:
            return scope[0]
        scope = scope[1]
    return None
