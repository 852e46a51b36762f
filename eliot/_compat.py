"""
Older spellings of public names; those of methods stand in their classes.

They work as ever, and no warning says otherwise.
"""

from __future__ import annotations

from eliot._destinations import add_destinations, add_global_fields, remove_destination
from eliot._public import show_in
from eliot._start import start_action, start_task
from eliot._tracebacks import write_failure, write_traceback

startAction = start_action
startTask = start_task
add_destination = add_destinations
addDestination = add_destinations
addGlobalFields = add_global_fields
removeDestination = remove_destination
writeFailure = write_failure
writeTraceback = write_traceback


def use_asyncio_context() -> None:
    """
    Do nothing: every coroutine keeps its own current action by itself.  It had
    to be asked for once, so there are programs that do.
    """


show_in("eliot", use_asyncio_context)
