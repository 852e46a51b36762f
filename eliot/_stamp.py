"""
The stamp of a message: its place in a task, and the time.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from eliot._ids import new_task_uuid

if TYPE_CHECKING:
    from eliot._action import Action


def stamp(message: dict[str, object], action: Action | None) -> None:
    """
    Give ``message`` the next place in ``action``, or a task of its own.

    :param message: the fields; those of the framework's names are overwritten.
    :param action: the action that the message belongs to.
    """
    if action is None:
        message["task_uuid"] = new_task_uuid()
        message["task_level"] = [1]
    else:
        message["task_uuid"] = action.task_uuid
        message["task_level"] = action.next_level()
    message["timestamp"] = time()
