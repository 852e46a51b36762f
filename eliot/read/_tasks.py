"""
From messages to tasks.

Messages of one task may come in any order, with those of other tasks in
between, more than once, or not at all.  A task is handed out as soon as
nothing of it is known to be missing, and forgotten: memory holds the tasks
that are still open, however long the log is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, final

from eliot.read._action import ActionNode
from eliot.read._message import Message

#: How many tasks are remembered, by their identifiers alone, after they were
#: handed out, so that a message that turns up afterwards is known to belong
#: to one of them.
REMEMBERED: Final = 10_000


@final
class Task:
    """
    A task: a tree of actions and messages, or one message alone.

    :ivar task_uuid: its identifier.
    :ivar root: the action at the root.  Nothing of it may have been found but
        what is below it.
    :ivar is_rest: whether a task of this identifier was complete and handed out
        before, so that this holds only what came afterwards: duplicates, or
        what an action of the task did late.
    """

    __slots__ = ("is_rest", "root", "task_uuid")

    def __init__(self, task_uuid: str, *, is_rest: bool) -> None:
        self.task_uuid = task_uuid
        self.root = ActionNode(0)
        self.is_rest = is_rest

    @property
    def lone_message(self) -> Message | None:
        """
        The message, if the task is nothing but one that was logged outside of any action.
        """
        message = self.root.messages.get(1)
        if message is None or message.status is not None:
            return None
        alone = len(self.root.messages) == 1 and not self.root.actions
        return message if alone else None

    @property
    def is_complete(self) -> bool:
        """
        Whether nothing is known to be missing.
        """
        return self.root.is_complete or self.lone_message is not None

    def messages(self) -> Iterator[Message]:
        """
        Walk through all messages of the task: those of each action in the
        order of levels, an action's own before those of the actions in it.
        """
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            for number in sorted(node.messages):
                yield node.messages[number]
                yield from node.duplicates_at(number)
            waiting += [node.actions[number] for number in sorted(node.actions, reverse=True)]

    def add(self, message: Message) -> None:
        """
        Put a message in its place, and make places above it if there are none.
        """
        node = self.root
        path = [node]
        changed = len(message.level) - 1  # the deepest node that the message can complete
        for depth, number in enumerate(message.level[:-1]):
            child = node.actions.get(number)
            if child is None:
                child = node.open_child(number)
                # What was made just now is not complete; its parent may have been.
                changed = min(changed, depth)
            node = child
            path.append(node)
        node.place(message)
        while path[changed].settle() and changed:
            changed -= 1
            path[changed].child_settled(path[changed + 1].is_complete)


@final
class TaskBuilder:
    """
    Puts tasks together from messages.  Use one from one thread at a time.
    """

    def __init__(self) -> None:
        self._open: dict[str, Task] = {}
        self._closed: set[str] = set()
        self._closed_in_order: deque[str] = deque()

    def add(self, message: Message) -> Task | None:
        """
        Take a message.

        :param message: the next message of the log.
        :returns: the task that it completed, which is forgotten here, or ``None``.
        """
        task_uuid = message.task_uuid
        task = self._open.get(task_uuid)
        if task is None:
            task = self._open[task_uuid] = Task(task_uuid, is_rest=task_uuid in self._closed)
        task.add(message)
        if not task.is_complete:
            return None
        del self._open[task_uuid]
        self._remember(task_uuid)
        return task

    def open_tasks(self) -> list[Task]:
        """
        List the tasks that are not complete so far, in the order of their
        first messages.  They stay here, and change with what is added.
        """
        return list(self._open.values())

    def incomplete(self) -> Iterator[Task]:
        """
        Hand out the tasks that are not complete, once the log has come to its
        end, in the order of their first messages.  They are forgotten here.
        """
        waiting = deque(self._open.values())
        self._open.clear()
        while waiting:
            yield waiting.popleft()

    def _remember(self, task_uuid: str) -> None:
        if task_uuid in self._closed:
            return
        self._closed.add(task_uuid)
        self._closed_in_order.append(task_uuid)
        if len(self._closed_in_order) > REMEMBERED:
            self._closed.remove(self._closed_in_order.popleft())


def read_tasks(messages: Iterable[Message]) -> Iterator[Task]:
    """
    Put tasks together from a whole log.

    :param messages: the messages, in any order; they are taken one by one.
    :returns: the tasks: each complete one as soon as its last message has come,
        and at the end those that are not.
    """
    builder = TaskBuilder()
    for message in messages:
        task = builder.add(message)
        if task is not None:
            yield task
    yield from builder.incomplete()
