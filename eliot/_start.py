"""
Starting actions: inside the current one, or as the root of a task.
"""

from __future__ import annotations

from eliot import _context, _ids
from eliot._action import Action, ActionSerializers
from eliot._context import scope
from eliot._interfaces import ILogger
from eliot._public import show_in

_current_scope = scope.get


def start_action(
    logger: ILogger | None = None,
    action_type: str = "",
    _serializers: ActionSerializers | None = None,
    **fields: object,
) -> Action:
    """
    Start an action inside the current one, or a task where there is neither
    that nor a root action of the process.

    Use it as a context manager, or call :meth:`Action.finish` in the end.
    Never raises; may be called in any thread.

    :param logger: what its messages are written to; the default logger for ``None``.
    :param action_type: what kind of action it is, such as
        ``"yourapp:subsystem:deed"``.
    :param fields: what the start message says.
    """
    return begin(logger, action_type, fields, _serializers)


def begin(
    logger: ILogger | None,
    action_type: str,
    fields: dict[str, object],
    serializers: ActionSerializers | None = None,
) -> Action:
    """
    Do what :func:`start_action` does, with fields of any name.
    """
    parent = _current_scope()[0]
    if parent is None and (parent := _context.root) is None:
        return begin_task(logger, action_type, fields, serializers)
    action = Action(logger, parent.task_uuid, parent.next_level(), action_type, serializers)
    action._start(fields)
    return action


def begin_task(
    logger: ILogger | None,
    action_type: str,
    fields: dict[str, object],
    serializers: ActionSerializers | None = None,
) -> Action:
    """
    Do what :func:`start_task` does, with fields of any name.
    """
    action = Action(logger, _ids.new_task_uuid(), [], action_type, serializers)
    action._start(fields)
    return action


def start_task(
    logger: ILogger | None = None,
    action_type: str = "",
    _serializers: ActionSerializers | None = None,
    **fields: object,
) -> Action:
    """
    Start an action that is the root of a new task, whatever the current
    action is.  Parameters are those of :func:`start_action`.
    """
    return begin_task(logger, action_type, fields, _serializers)


show_in("eliot", start_action, start_task)
