"""
Which tasks are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eliot.read._message import Message
from eliot.read._tasks import Task, read_tasks


class Selection:
    """
    Picks whole tasks, and counts what it left out.

    :param task_uuid: how the identifiers of the tasks begin.
    """

    def __init__(self, task_uuid: str = "") -> None:
        self._task_uuid = task_uuid

    def tasks(self, messages: Iterable[Message]) -> Iterator[Task]:
        """
        Put tasks together, and pick those that are wanted.
        """
        return read_tasks(each for each in messages if each.task_uuid.startswith(self._task_uuid))

    def messages(self, messages: Iterable[Message]) -> Iterator[Message]:
        """
        Pick the messages of the tasks that are wanted.
        """
        return (each for each in messages if each.task_uuid.startswith(self._task_uuid))
