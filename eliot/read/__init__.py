"""
Reading logs: from lines to messages, to tasks, to trees.

A log is lines of JSON, one message each.  Messages of many tasks stand mixed
in it, perhaps from several processes, and some may be missing.  Reading puts
each task together again::

    from eliot.read import draw_task, read_messages, read_tasks

    with open("example.log", "rb") as log:
        messages = read_messages(log, "example.log", on_problem=print)
        for task in read_tasks(messages):
            for line in draw_task(task):
                print(line)

All of it streams.  :func:`read_messages` gives a :class:`Message` for each
line; a line that is none becomes a :class:`Problem` and stops nothing.
:func:`merge_messages` makes one log of several.  :func:`read_tasks` hands out
a :class:`Task` as soon as it is complete and forgets it, so memory holds only
the tasks that are still open; at the end it hands out those that are not.
:class:`TaskBuilder` does the same one message at a time.

What a log is on the disk, :func:`find_logs` knows: each :class:`Log` may be several files, if
it was rotated, and gives each as a :class:`LogFile`, be it gzipped or not, as
:func:`open_log` does for one of them.  :func:`follow_messages` reads logs while they are written.

A :class:`Selection` picks tasks by what is in them, and counts what it leaves out;
:func:`json_line` writes a message as a line again.

A task is a tree of :class:`ActionNode` objects.  Each gives its
:class:`Child` objects in the order in which they happened: messages, actions,
and every :class:`Gap` where something is missing.  What is odd is marked
rather than left out: messages that came after the end of their action, and
messages whose place was taken.

:class:`Statistics` counts tasks, and says how long things took in a
:class:`Summary`.

:func:`draw_task` draws a task as text, in the way that :class:`TextOptions`
describe.  What it gives is safe to print; :func:`printable` makes other text so.
"""

import typing

from eliot._public import load_later

if typing.TYPE_CHECKING:
    from eliot.read._action import SHARED_TASK, ActionNode, Child, Gap, LeftOut
    from eliot.read._durations import DurationFigures
    from eliot.read._figures import (
        ActionFigures,
        ErrorFigures,
        MessageFigures,
        SlowTask,
        SpanFigures,
        Summary,
        TimeFigures,
        TotalFigures,
    )
    from eliot.read._files import LogFile, open_log
    from eliot.read._following import GoOn, follow_messages
    from eliot.read._json_line import json_line
    from eliot.read._lines import merge_messages, read_messages
    from eliot.read._message import JSON, MalformedMessage, Message
    from eliot.read._options import PLAIN, Layout, Role, Styles, TextOptions
    from eliot.read._printable import printable
    from eliot.read._problems import Problem
    from eliot.read._rotated import Log, find_logs
    from eliot.read._selection import Selection
    from eliot.read._statistics import SortKey, Statistics
    from eliot.read._tasks import Task, TaskBuilder, read_tasks
    from eliot.read._text import TaskDrawer, draw_task
    from eliot.read._trace_events import TraceEvents
else:
    # Each program that reads logs needs few of these, and is to start at once.
    __getattr__, __dir__ = load_later(
        __name__,
        globals(),
        {
            "eliot.read._action": "SHARED_TASK ActionNode Child Gap LeftOut",
            "eliot.read._durations": "DurationFigures",
            "eliot.read._figures": (
                "ActionFigures ErrorFigures MessageFigures SlowTask SpanFigures "
                "Summary TimeFigures TotalFigures"
            ),
            "eliot.read._files": "LogFile open_log",
            "eliot.read._following": "GoOn follow_messages",
            "eliot.read._json_line": "json_line",
            "eliot.read._lines": "merge_messages read_messages",
            "eliot.read._message": "JSON MalformedMessage Message",
            "eliot.read._options": "PLAIN Layout Role Styles TextOptions",
            "eliot.read._printable": "printable",
            "eliot.read._problems": "Problem",
            "eliot.read._rotated": "Log find_logs",
            "eliot.read._selection": "Selection",
            "eliot.read._statistics": "SortKey Statistics",
            "eliot.read._tasks": "Task TaskBuilder read_tasks",
            "eliot.read._text": "TaskDrawer draw_task",
            "eliot.read._trace_events": "TraceEvents",
        },
    )

__all__ = [
    # From lines to messages
    "JSON",
    "MalformedMessage",
    "Message",
    "Problem",
    "json_line",
    "merge_messages",
    "read_messages",
    # From files to lines
    "GoOn",
    "Log",
    "LogFile",
    "find_logs",
    "follow_messages",
    "open_log",
    # From messages to tasks
    "SHARED_TASK",
    "ActionNode",
    "Child",
    "Gap",
    "LeftOut",
    "Task",
    "TaskBuilder",
    "read_tasks",
    # Which tasks
    "Selection",
    # From tasks to figures
    "ActionFigures",
    "DurationFigures",
    "ErrorFigures",
    "MessageFigures",
    "SlowTask",
    "SortKey",
    "SpanFigures",
    "Statistics",
    "Summary",
    "TimeFigures",
    "TotalFigures",
    # From tasks to traces
    "TraceEvents",
    # From tasks to text
    "Layout",
    "PLAIN",
    "Role",
    "Styles",
    "TaskDrawer",
    "TextOptions",
    "draw_task",
    "printable",
]
