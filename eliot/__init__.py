"""
Logging that tells why something happened, not only what.
"""

from eliot._action import Action, measure_durations, start_action, start_task
from eliot._context import current_action
from eliot._destinations import add_destinations, add_global_fields, remove_destination
from eliot._errors import register_exception_extractor
from eliot._file import FileDestination, to_file
from eliot._interfaces import IEncodedDestination, ILogger
from eliot._logger import Logger
from eliot._message import Message, log_message
from eliot._tracebacks import write_failure, write_traceback

__version__="2.0.0"
