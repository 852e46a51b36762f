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
from itertools import islice
from typing import Final, final

from eliot.read._action import ActionNode
from eliot.read._message import Message

#: How many tasks at least are remembered, by their identifiers alone, after they were
#: handed out, so that a message that turns up afterwards is known to belong
#: to one of them.
REMEMBERED: Final = 10_000

#: The level of a message outside of any action, and of what starts the root.
_FIRST: Final = (1,)


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

    __slots__ = ("_missing", "is_rest", "root", "task_uuid")

    def __init__(self, task_uuid: str, *, is_rest: bool) -> None:
        self.task_uuid = task_uuid
        self.root = ActionNode(0)
        self.is_rest = is_rest
        self._missing = self.root.missing

    @property
    def lone_message(self) -> Message | None:
        """
        The message, if the task is nothing but one that was logged outside of any action.
        """
        message = self.root.messages.get(1)
        if message is None or message.status is not None:
            return None
        # There may be duplicates of it.
        return message if self.root.numbers() == [1] and not self.root.actions else None

    @property
    def is_complete(self) -> bool:
        """
        Whether nothing is known to be missing.
        """
        return not self._missing or self.lone_message is not None

    def with_root(self, root: ActionNode) -> Task:
        """
        Make a task that differs in what is shown of its actions.

        :param root: what :meth:`ActionNode.without` gave for the root, or for some below it.
        """
        task = Task(self.task_uuid, is_rest=self.is_rest)
        task.root = root
        task._missing = self._missing
        return task

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

    def add(self, message: Message) -> bool:
        """
        Put a message in its place, and make places above it if there are none.

        :returns: whether the task is complete now.
        """
        node = self.root
        level = message.level
        if len(level) > 1:
            for step in level[:-1]:
                child = node.actions.get(step)
                if child is None:
                    child, missing = node.open_child(step)
                    self._missing += missing
                node = child
        missing = self._missing = self._missing + node.place(level[-1], message)
        if missing:
            return level == _FIRST and self.lone_message is not None
        return True


@final
class TaskBuilder:
    """
    Puts tasks together from messages.  Use one from one thread at a time.

    :param patience: how many complete tasks are kept back, so that what their actions
        did late still finds them.
    """

    def __init__(self, patience: int = 0) -> None:
        self._open: dict[str, Task] = {}
        self._closed: dict[str, None] = {}
        self._patience = patience
        self._kept_back: dict[str, Task] = {}

    def add(self, message: Message) -> Task | None:
        """
        Take a message.

        :param message: the next message of the log.
        :returns: a task that is complete, which is forgotten here, or ``None``.  Without
            patience it is the one that the message belongs to.
        """
        task = self._open.get(message.task_uuid) or self._begin(message.task_uuid)
        return self._complete(task) if task.add(message) else None

    def add_all(self, messages: Iterable[Message]) -> Iterator[Task]:
        """
        Take messages, one by one.

        :param messages: the next messages of the log.
        :returns: the tasks that are complete, as :meth:`add` gives them.
        """
        get, begin, complete = self._open.get, self._begin, self._complete
        for message in messages:
            task = get(message.task_uuid) or begin(message.task_uuid)
            if task.add(message):
                ready = complete(task)
                if ready is not None:
                    yield ready

    def open_tasks(self) -> list[Task]:
        """
        List the tasks that were not handed out so far, in the order of their
        first messages.  They stay here, and change with what is added.
        """
        return list(self._open.values())

    def rest(self) -> Iterator[Task]:
        """
        Hand out what is left once the log has come to its end: those that were kept
        back, and then those that are not complete, in the order of their first
        messages.  They are forgotten here.
        """
        waiting = deque(each for each in self._kept_back.values() if each.is_complete)
        done = {each.task_uuid for each in waiting}
        waiting += [each for each in self._open.values() if each.task_uuid not in done]
        self._kept_back.clear()
        self._open.clear()
        while waiting:
            yield waiting.popleft()

    def _begin(self, task_uuid: str) -> Task:
        task = self._open[task_uuid] = Task(task_uuid, is_rest=task_uuid in self._closed)
        return task

    def _complete(self, task: Task) -> Task | None:
        """
        See to a task that is complete.

        :returns: the task whose time has come.
        """
        if self._patience:
            kept_back = self._kept_back
            kept_back.setdefault(task.task_uuid, task)
            if len(kept_back) <= self._patience:
                return None
            task = kept_back.pop(next(iter(kept_back)))
            if not task.is_complete:
                # One of its actions did something late that is not through yet.
                return None
        del self._open[task.task_uuid]
        self._remember(task.task_uuid)
        return task

    def _remember(self, task_uuid: str) -> None:
        closed = self._closed
        closed[task_uuid] = None
        if len(closed) > 2 * REMEMBERED:
            # Half of them at once: to take the first of a dictionary again and again is slow.
            for each in list(islice(closed, REMEMBERED)):
                del closed[each]


def read_tasks(messages: Iterable[Message], patience: int = 0) -> Iterator[Task]:
    """
    Put tasks together from a whole log.

    :param messages: the messages, in any order; they are taken one by one.
    :param patience: how many complete tasks are kept back, so that what their actions
        did late still finds them; without, it is handed out as the rest of the task.
    :returns: the tasks: each complete one as soon as its last message has come,
        or so many others are complete, and at the end those that are not.
    """
    builder = TaskBuilder(patience)
    yield from builder.add_all(messages)
    yield from builder.rest()
