"""
Logging that tells *why* something happened, not only *what*.

A program's actions start, cause messages and further actions, and end, well or
with an exception.  Each message knows its place in that tree::

    from eliot import log_message, start_action, to_file

    to_file(open("example.log", "ab"))

    with start_action(action_type="greet", name="Dorothea") as action:
        log_message("said", text="Good evening!")
        action.add_success_fields(smiled=True)

Each name is defined in a private module about its subject; this one only
shows them.  Twisted programs find their services in :mod:`eliot.twisted`.
"""

import os
import typing

from eliot._public import load_later

# The debug mode turns itself on when it is loaded.
if typing.TYPE_CHECKING or os.environ.get("ELIOT_DEBUG"):
    from eliot import debug

if typing.TYPE_CHECKING:
    from eliot._action import Action, measure_durations
    from eliot._call import log_call
    from eliot._compat import (
        add_destination,
        addDestination,
        addGlobalFields,
        removeDestination,
        startAction,
        startTask,
        use_asyncio_context,
        writeFailure,
        writeTraceback,
    )
    from eliot._context import current_action
    from eliot._destinations import add_destinations, add_global_fields, remove_destination
    from eliot._direct import TeeLogger, current_logger, write_message
    from eliot._environment import continue_task_from_environment, task_environment
    from eliot._errors import register_exception_extractor
    from eliot._field import Field, ValidationError, fields
    from eliot._file import FileDestination, to_file
    from eliot._interfaces import IEncodedDestination, ILogger, IOpenedDestination, NotWritten
    from eliot._logger import Logger
    from eliot._memory import MemoryLogger
    from eliot._message import Message, log_message
    from eliot._root import start_root_action
    from eliot._rotating import RotatingFile
    from eliot._schema import ActionType, MessageType
    from eliot._stacks import include_tracebacks
    from eliot._start import start_action, start_task
    from eliot._threads import TooManyCalls, preserve_context
    from eliot._tracebacks import write_failure, write_traceback
    from eliot._trackers import ExceptionDestination
else:
    __getattr__, __dir__ = load_later(
        __name__,
        globals(),
        {
            "eliot._action": "Action measure_durations",
            "eliot._call": "log_call",
            "eliot._compat": (
                "addDestination addGlobalFields add_destination removeDestination startAction"
                " startTask use_asyncio_context writeFailure writeTraceback"
            ),
            "eliot._context": "current_action",
            "eliot._destinations": "add_destinations add_global_fields remove_destination",
            "eliot._direct": "TeeLogger current_logger write_message",
            "eliot._environment": "continue_task_from_environment task_environment",
            "eliot._errors": "register_exception_extractor",
            "eliot._field": "Field ValidationError fields",
            "eliot._file": "FileDestination to_file",
            "eliot._interfaces": "IEncodedDestination ILogger IOpenedDestination NotWritten",
            "eliot._logger": "Logger",
            "eliot._memory": "MemoryLogger",
            "eliot._message": "Message log_message",
            "eliot._root": "start_root_action",
            "eliot._rotating": "RotatingFile",
            "eliot._schema": "ActionType MessageType",
            "eliot._stacks": "include_tracebacks",
            "eliot._start": "start_action start_task",
            "eliot._threads": "TooManyCalls preserve_context",
            "eliot._tracebacks": "write_failure write_traceback",
            "eliot._trackers": "ExceptionDestination",
            "eliot.debug": "",
        },
    )

__all__ = [
    # Actions
    "Action",
    "continue_task_from_environment",
    "current_action",
    "log_call",
    "measure_durations",
    "start_action",
    "start_root_action",
    "start_task",
    "task_environment",
    # Messages
    "Message",
    "log_message",
    "write_message",
    # Types
    "ActionType",
    "Field",
    "MessageType",
    "ValidationError",
    "fields",
    # Threads
    "TooManyCalls",
    "preserve_context",
    # Errors
    "include_tracebacks",
    "register_exception_extractor",
    "write_failure",
    "write_traceback",
    # Where messages go
    "ExceptionDestination",
    "FileDestination",
    "IEncodedDestination",
    "ILogger",
    "IOpenedDestination",
    "Logger",
    "MemoryLogger",
    "NotWritten",
    "RotatingFile",
    "TeeLogger",
    "add_destinations",
    "add_global_fields",
    "current_logger",
    "remove_destination",
    "to_file",
    # Looking for faults
    "debug",
    # Older spellings
    "addDestination",
    "addGlobalFields",
    "add_destination",
    "removeDestination",
    "startAction",
    "startTask",
    "use_asyncio_context",
    "writeFailure",
    "writeTraceback",
]

__version__ = "2.0.0"
