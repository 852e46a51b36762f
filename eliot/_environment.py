"""
A task that goes on in a child process: its identifier in the environment.
"""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from eliot import _ids
from eliot._action import Action
from eliot._context import current_action
from eliot._public import show_in
from eliot._start import begin

#: The variable that holds the serialized task identifier.
VARIABLE: Final = "ELIOT_TASK_ID"

#: The type of a message that says that the variable holds something else.
MALFORMED: Final = "eliot:malformed_task_id"


def task_environment(action: Action | None = None, *, shared: bool = False) -> dict[str, str]:
    """
    Take a place in an action, for a process that will be started: what that
    logs can go on there.

    ::

        with start_action(action_type="yourapp:convert"):
            subprocess.run(command, env={**os.environ, **task_environment()})

    The place is missed by readers until the child has logged something there,
    so this is for programs that do, by :func:`continue_task_from_environment` or
    :func:`start_root_action`.

    :param action: the action; the current one for ``None``.
    :param shared: whether the place is good for any number of processes, also
        none, as where a shell script runs several programs.  Otherwise it is
        good for one.
    :returns: the variables to add to the environment of the child: ``ELIOT_TASK_ID``, or
        nothing outside of all actions.
    """
    if action is None and (action := current_action()) is None:
        return {}
    return {VARIABLE: action.serialize_task_id(shared=shared).decode("ascii")}


def continue_task_from_environment(
    action_type: str = "eliot:remote_task", **fields: object
) -> Action:
    """
    Start an action that goes on with the task of the process which has started
    this one, if that has said in the environment where.

    The variable ``ELIOT_TASK_ID`` is taken out of ``os.environ``, since the place is this
    process's alone.  Without it, or the second time, this is what
    :func:`start_action` is: the start of an action inside the current one, or
    the root action of the process, or of a new task.  The same holds if the variable is
    malformed, which a message of the type ``eliot:malformed_task_id`` tells then.

    ::

        with continue_task_from_environment("yourapp:worker"):
            work()

    Never raises; may be called in any thread.

    :param action_type: what kind of action it is.
    :param fields: what the start message says.
    """
    inherited = take_inherited()
    if inherited.place is None:
        action = begin(None, action_type, fields)
    else:
        action = Action(None, *inherited.place, action_type)
        action._start(fields)
    inherited.complain(action)
    return action


class Inherited(NamedTuple):
    """
    What the environment has said.

    :ivar place: where to go on: the task's identifier, and the level.
    :ivar complaint: why there is no place, where there should be one.
    """

    place: tuple[str, list[int]] | None
    complaint: str | None = None

    def complain(self, action: Action) -> None:
        """
        Tell of what is wrong, if something is.

        :param action: where to do that.
        """
        if self.complaint is not None:
            action.log(MALFORMED, reason=self.complaint)


def take_inherited() -> Inherited:
    """
    Take the variable out of the environment, and read it.  Never raises.
    """
    task_id = os.environ.get(VARIABLE)
    if task_id is None:
        return Inherited(None)
    try:
        # This succeeds once, in one thread.
        del os.environ[VARIABLE]
        return Inherited(_ids.parse(task_id))
    except KeyError:
        return Inherited(None)
    except ValueError as error:
        return Inherited(None, str(error))


show_in("eliot", continue_task_from_environment, task_environment)
