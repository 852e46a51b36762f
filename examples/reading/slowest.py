"""
Which actions took long, of the logs of any number of processes:
``python slowest.py SECONDS client.log server.log``.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack

from eliot.read import (
    ActionNode,
    Problem,
    Task,
    merge_messages,
    printable,
    read_messages,
    read_tasks,
)


def actions_of(task: Task) -> Iterator[ActionNode]:
    """
    Walk through the actions of a task. It may be deeper than Python can call.
    """
    waiting = [task.root]
    while waiting:
        action = waiting.pop()
        yield action
        waiting += [child.item for child in action.children() if isinstance(child.item, ActionNode)]


def complain(problem: Problem) -> None:
    """
    Tell of a line that is no message; all others are read.
    """
    print(problem, file=sys.stderr)


def main(seconds: float, *paths: str) -> None:
    """
    Print the actions that took longer.
    """
    with ExitStack() as files:
        logs = [
            read_messages(files.enter_context(open(path, "rb")), path, complain) for path in paths
        ]
        for task in read_tasks(merge_messages(logs)):
            for action in actions_of(task):
                if (action.duration or 0) > seconds:
                    print(f"{printable(action.type or '?')}: {printable(task.task_uuid)}")


if __name__ == "__main__":
    main(float(sys.argv[1]), *sys.argv[2:])
