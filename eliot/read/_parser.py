"""
The parser of :mod:`eliot.parse`: decoded messages in, tasks out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import final

from eliot.read._message import JSON, Message
from eliot.read._misfits import WrongTask
from eliot.read._tasks import Task as ReadTask
from eliot.read._tasks import TaskBuilder, read_tasks
from eliot.read._written import WrittenAction, WrittenMessage, view_of


@final
class Task:
    """
    A task: a tree of actions and messages, or one message alone.

    Tasks come from a :class:`Parser`.  One can also be put together by hand,
    from nothing, message by message.
    """

    __slots__ = ("_grows", "_root", "_task")

    __module__ = "eliot.parse"

    def __init__(self) -> None:
        self._task: ReadTask | None = None
        self._grows = True
        self._root: WrittenAction | WrittenMessage | None = None

    def add(self, message_dict: Mapping[str, JSON]) -> Task:
        """
        Put a message in its place.

        :param message_dict: a message, as it was decoded.
        :returns: this very task, which has changed.
        :raises MalformedMessage: if it is no message; the text says why.
        :raises WrongTask: if the message belongs to another task.
        """
        message = Message(message_dict)
        task = self._task
        if task is None:
            task = self._task = ReadTask(message.task_uuid, is_rest=False)
        elif message.task_uuid != task.task_uuid:
            raise WrongTask(f"{message!r} does not belong to the task {task.task_uuid}.")
        self._grows = True
        task.add(message)
        return self

    def root(self) -> WrittenAction | WrittenMessage:
        """
        Get the action that all others are in.  It does not change, even if
        the task still does.

        :returns: the action, of which nothing may have been found but what is
            below it; or the only message of the task, if it is one that was
            logged outside of any action.
        :raises ValueError: if the task is empty.
        """
        if self._task is None:
            raise ValueError("There is no message in the task.")
        if self._grows:
            root = _show(self._task)
            _finish(root)
            return root
        if self._root is None:
            self._root = _show(self._task)
        return self._root

    def is_complete(self) -> bool:
        """
        :returns: whether nothing of the task is known to be missing.
        """
        return self._task is not None and self._task.is_complete

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Task):
            return NotImplemented
        if self._task is None or other._task is None:
            return self._task is other._task
        return self._task is other._task or self.root() == other.root()

    def __hash__(self) -> int:
        return hash(None if self._task is None else self._task.task_uuid)

    def __repr__(self) -> str:
        what = "complete" if self.is_complete() else "incomplete"
        task_uuid = "" if self._task is None else f" {self._task.task_uuid}"
        return f"<{type(self).__name__}{task_uuid} {what}>"


@final
class Parser:
    """
    Puts tasks together from decoded messages, in whatever order those come.
    Use one from one thread at a time.

    A task that is complete is handed out and forgotten, so memory holds only
    the tasks that are still open.  A message that comes after that, a
    duplicate or what an action did late, begins the task anew; what is left
    of it then is handed out with those that are not complete.
    """

    __slots__ = ("_builder",)

    __module__ = "eliot.parse"

    def __init__(self) -> None:
        self._builder = TaskBuilder()

    def add(self, message_dict: Mapping[str, JSON]) -> tuple[list[Task], Parser]:
        """
        Take a message.

        :param message_dict: a message, as it was decoded; it is kept, not copied.
        :returns: the tasks that it completed, of which there is one at most,
            and the parser to go on with, which is this one.
        :raises MalformedMessage: if it is no message; the text says why.  The
            parser goes on as if it had not come.
        """
        completed = self._builder.add(Message(message_dict))
        return ([] if completed is None else [_handed_out(completed)]), self

    def incomplete_tasks(self) -> list[Task]:
        """
        List the tasks that are not complete so far, in the order of their
        first messages.  They stay here, and grow with what is added.

        :returns: the tasks.
        """
        tasks = []
        for each in self._builder.open_tasks():
            task = Task()
            task._task = each
            tasks.append(task)
        return tasks

    @classmethod
    def parse_stream(cls, iterable: Iterable[Mapping[str, JSON]]) -> Iterator[Task]:
        """
        Put tasks together from a whole log.

        :param iterable: the messages, as they were decoded; they are taken one by one.
        :returns: the tasks: each complete one as soon as its last message has come,
            and at the end those that are not.
        :raises MalformedMessage: if something is no message; the text says why.
        """
        for task in read_tasks(map(Message, iterable)):
            yield _handed_out(task)


def _handed_out(task: ReadTask) -> Task:
    """
    Wrap a task that does not change any more.
    """
    shown = Task()
    shown._task = task
    shown._grows = False
    return shown


def _show(task: ReadTask) -> WrittenAction | WrittenMessage:
    alone = task.lone_message
    if alone is not None:
        return WrittenMessage(alone)
    return view_of(task.root, task.task_uuid, ())


def _finish(root: WrittenAction | WrittenMessage) -> None:
    """
    Have all views below one made now, before what they show changes.
    """
    waiting = [root]
    while waiting:
        view = waiting.pop()
        if isinstance(view, WrittenAction):
            waiting.extend(view.children)
