"""
The logs of all processes, joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from eliot.read import ActionNode, Message, Problem, Task, merge_messages, read_messages, read_tasks
from examples.network.programs import PROCESS


@dataclass(frozen=True)
class Unfinished:
    """
    An action that has not ended, or of which not even the start is known.

    :ivar place: where it is: ``<task_uuid>@/<level>``.
    :ivar type: its type; ``None`` if that is not known.
    :ivar process: the process that has started it; ``None`` if that is not known.
    """

    place: str
    type: str | None
    process: str | None

    def __str__(self) -> str:
        return f"{self.type or 'an action'} at {self.place}"


@dataclass(frozen=True)
class Joined:
    """
    What the logs tell.

    :ivar messages: all messages.
    :ivar problems: what is no message, by the name of the log.
    :ivar requests: the tasks of the requests.
    :ivar processes: the tasks in which each process tells of itself.
    """

    messages: list[Message]
    problems: list[Problem]
    requests: list[Task]
    processes: list[Task]

    def unfinished(self) -> list[Unfinished]:
        """
        Name the actions of requests that have not ended.
        """
        return [
            _describe(task, node)
            for task in self.requests
            for node in actions_of(task)
            if node.start is None or node.end is None
        ]


def join(logs: Iterable[Path]) -> Joined:
    """
    Read logs.
    """
    problems: list[Problem] = []
    each_log = []
    for path in logs:
        with path.open("rb") as log:
            each_log.append(list(read_messages(log, path.stem, problems.append)))
    messages = list(merge_messages(each_log))
    tasks = list(read_tasks(messages))
    processes = [task for task in tasks if task.root.type == PROCESS]
    requests = [task for task in tasks if task.root.type != PROCESS]
    return Joined(messages, problems, requests, processes)


def actions_of(task: Task) -> Iterator[ActionNode]:
    """
    Walk through the actions of a task.
    """
    waiting = [task.root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.actions.values()


def process_of(message: Message) -> str:
    """
    Name the process that has logged a message.
    """
    return str(message.fields["process"])


def _describe(task: Task, node: ActionNode) -> Unfinished:
    place = "/".join(map(str, node.level))
    known = node.start or node.end
    return Unfinished(
        f"{task.task_uuid}@/{place}", node.type, None if known is None else process_of(known)
    )
