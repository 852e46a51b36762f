"""
Parsing logs: from decoded messages to trees of Python objects.

A :class:`Parser` is given messages as dictionaries, for example lines of a log
file that JSON was decoded from, and hands out each task once it is complete::

    import json

    from eliot.parse import Parser

    with open("example.log", "rb") as log:
        for task in Parser.parse_stream(map(json.loads, log)):
            print(task.root().action_type)

The order of the messages does not matter.  Tasks that are not complete when
the log ends come last.  What is no message at all is a
:class:`MalformedMessage`, which is raised.

The root of a :class:`Task` is a :class:`WrittenAction`, whose ``children`` are
actions and messages in turn, or the only :class:`WrittenMessage` of the task.
The place of each in the tree is its :class:`TaskLevel`.

:mod:`eliot.read` does the same work for those who read files and want to know
of all that is odd about them: lines that are no messages, what is missing,
late or there more than once.
"""

from eliot.read._level import TaskLevel
from eliot.read._message import MalformedMessage
from eliot.read._misfits import (
    DuplicateChild,
    InvalidStartMessage,
    InvalidStatus,
    WrongActionType,
    WrongTask,
    WrongTaskLevel,
)
from eliot.read._parser import Parser, Task
from eliot.read._written import WrittenAction, WrittenMessage

__all__ = [
    # From messages to tasks
    "Parser",
    "Task",
    # What tasks consist of
    "TaskLevel",
    "WrittenAction",
    "WrittenMessage",
    # What goes wrong
    "DuplicateChild",
    "InvalidStartMessage",
    "InvalidStatus",
    "MalformedMessage",
    "WrongActionType",
    "WrongTask",
    "WrongTaskLevel",
]
