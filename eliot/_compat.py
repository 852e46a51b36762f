"""
Older spellings of public names.

They work as ever, and no warning says otherwise.  Those of methods are given to
their classes here, where type checkers do not see them: new code has no use
for them.
"""

from __future__ import annotations

from typing import Final

from eliot._action import Action, start_action, start_task
from eliot._destinations import add_destinations, add_global_fields, remove_destination
from eliot._field import Field
from eliot._memory import MemoryLogger
from eliot._schema import ActionType
from eliot._tracebacks import write_failure, write_traceback

startAction = start_action
startTask = start_task
add_destination = add_destinations
addDestination = add_destinations
addGlobalFields = add_global_fields
removeDestination = remove_destination
writeFailure = write_failure
writeTraceback = write_traceback

#: The class, the older spelling of a method, and the one of today.
METHODS: Final[list[tuple[type, str, str]]] = [
    (Action, "addSuccessFields", "add_success_fields"),
    (Action, "continueTask", "continue_task"),
    (Action, "serializeTaskId", "serialize_task_id"),
    (ActionType, "asTask", "as_task"),
    (Field, "forTypes", "for_types"),
    (Field, "forValue", "for_value"),
    (MemoryLogger, "flushTracebacks", "flush_tracebacks"),
]

for _cls, _older, _name in METHODS:
    setattr(_cls, _older, vars(_cls)[_name])


def use_asyncio_context() -> None:
    """
    Do nothing: every coroutine keeps its own current action by itself.  It had
    to be asked for once, so there are programs that do.
    """
