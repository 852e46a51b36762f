"""
Which tasks are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import final

from eliot.read._condition import Condition, OfTask, asking_node, asking_task
from eliot.read._conditions import (
    of_duration,
    of_exception,
    of_level,
    of_process,
    of_status,
    of_time,
    of_type,
)
from eliot.read._field_condition import of_field
from eliot.read._known import Known
from eliot.read._message import Message
from eliot.read._pruned import pruned
from eliot.read._searching import text_condition
from eliot.read._tasks import Task, read_tasks


@final
class Selection:
    """
    Picks whole tasks, and counts what it leaves out.

    A task is chosen if all conditions hold of the same node of it: of one message that stands
    for itself, or of one action, which is its start and its end together.  With no condition,
    all tasks are.  Of several values of one condition any suffices, but for ``fields`` and
    ``where``, all of which must hold.

    It serves for one log, and from one thread at a time.

    :param task_uuids: how the identifiers of the tasks may begin.
    :param types: what types of actions and messages are like, as patterns of a shell.
    :param fields: conditions on fields, such as ``status>=500``: ``NAME`` alone, or with a
        value after ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, or with a regular expression
        after ``~``.
    :param statuses: how actions ended: ``succeeded``, ``failed``, ``unfinished``.
    :param exceptions: what exceptions are like, as patterns for the full name or its last part.
    :param min_duration: how long actions took at least, in seconds.
    :param max_duration: how long they took at most.
    :param since: when it happened at the earliest, in seconds since the epoch.
    :param until: before when it happened.
    :param level: what the field ``log_level`` is at least, by name or number.
    :param processes: what the process is like, as patterns for the fields ``program``,
        ``process``, ``pid``, ``host`` and ``hostname``.
    :param where: expressions in JMESPath, asked of the fields of messages.
    :param prune: keep of the chosen tasks only the nodes of which all conditions hold, what is
        below them, and the actions that they are in.
    :raises ValueError: if a condition is none; the text says why.
    :raises ModuleNotFoundError: if ``where`` is used and jmespath is not installed.
    :ivar tasks_seen: how many tasks there were so far.
    :ivar tasks_left_out: how many of them were not chosen.
    :ivar messages_left_out: how many messages of the chosen ones were not kept.
    :ivar is_through: whether the log has come to its end.
    """

    def __init__(
        self,
        *,
        task_uuids: Collection[str] = (),
        types: Sequence[str] = (),
        fields: Iterable[str] = (),
        statuses: Collection[str] = (),
        exceptions: Sequence[str] = (),
        min_duration: float | None = None,
        max_duration: float | None = None,
        since: float | None = None,
        until: float | None = None,
        level: str | float | None = None,
        processes: Sequence[str] = (),
        where: Iterable[str] = (),
        prune: bool = False,
    ) -> None:
        self.tasks_seen = 0
        self.tasks_left_out = 0
        self.messages_left_out = 0
        self.is_through = False
        self._prefixes = tuple(task_uuids)
        self._prune = prune
        self._unwanted: OfTask | None = None
        conditions = self._conditions = [of_field(each) for each in fields]
        if types:
            conditions.append(of_type(types))
        if statuses:
            conditions.append(of_status(statuses))
        if exceptions:
            conditions.append(of_exception(exceptions))
        if min_duration is not None or max_duration is not None:
            conditions.append(of_duration(min_duration, max_duration))
        if since is not None or until is not None:
            conditions.append(of_time(since, until))
        if level is not None:
            conditions.append(of_level(level))
        if processes:
            conditions.append(of_process(processes))
        conditions += _where(where)

    @property
    def is_everything(self) -> bool:
        """
        Whether nothing is asked for, so that all tasks are chosen.
        """
        return not self._prefixes and not self._conditions and self._unwanted is None

    def search(
        self, pattern: str, *, ignore_case: bool = False, fixed: bool = False, invert: bool = False
    ) -> re.Pattern[str]:
        """
        Ask for one thing more, before the log is read: that a pattern is found in the same
        node as all the rest, in a type, in the name of a field or in a value.

        :param pattern: a regular expression; ``^`` and ``$`` are the ends of a line.
        :param ignore_case: upper and lower case are the same.
        :param fixed: the pattern is the very text.
        :param invert: choose those tasks that would be chosen if it were not asked for, and
            would not be chosen if it were.
        :returns: what is looked for.
        :raises ValueError: if it is no regular expression.
        """
        regex, condition = text_condition(pattern, ignore_case=ignore_case, fixed=fixed)
        if invert:
            self._unwanted = asking_task([*self._conditions, condition])
        else:
            self._conditions.append(condition)
        return regex

    def tasks(self, messages: Iterable[Message], patience: int = 0) -> Iterator[Task]:
        """
        Put tasks together, and pick those that are wanted.

        :param messages: the messages of the log, in any order; they are taken one by one.
        :param patience: the same as for :func:`read_tasks`.
        :returns: the tasks, in the order in which :func:`read_tasks` hands them out.
        """
        if self.is_everything:
            return read_tasks(messages, patience)
        return self._tasks(messages, patience)

    def messages(self, messages: Iterable[Message]) -> Iterator[Message]:
        """
        Pick the messages of the tasks that are wanted.

        :param messages: the messages of the log, in any order; they are taken one by one.
        :returns: the messages as they come, if they are picked by nothing or by the identifier of
            the task alone; otherwise those of each chosen task by time, as soon as it is complete.
        """
        if self.is_everything:
            return iter(messages)
        if not self._conditions and self._unwanted is None:
            return self._streamed(messages)
        return (
            message
            for task in self._tasks(messages, 0)
            for message in sorted(task.messages(), key=attrgetter("timestamp"))
        )

    def _tasks(self, messages: Iterable[Message], patience: int) -> Iterator[Task]:
        wanted = self._chooser()
        keep = asking_node(self._conditions) if self._prune and self._conditions else None
        if self._prefixes:
            messages = self._of_wanted_ids(messages)
        for task in read_tasks(messages, patience):
            # What comes after a task was complete belongs to one that was counted.
            self.tasks_seen += not task.is_rest
            if not wanted(task):
                self.tasks_left_out += not task.is_rest
            elif keep is None:
                yield task
            else:
                kept, left_out = pruned(task, keep)
                self.messages_left_out += left_out
                yield kept
        self.is_through = True

    def _chooser(self) -> Callable[[Task], bool]:
        unwanted = self._unwanted
        if not self._conditions:
            return lambda task: unwanted is None or not unwanted(task)
        chosen = asking_task(self._conditions)
        if unwanted is None:
            return chosen
        return lambda task: chosen(task) and not unwanted(task)

    def _of_wanted_ids(self, messages: Iterable[Message]) -> Iterator[Message]:
        """
        Pass over the messages of other tasks before anything is done with them.
        """
        prefixes = self._prefixes
        known = Known()
        for message in messages:
            if message.task_uuid.startswith(prefixes):
                yield message
            elif known.is_new(message.task_uuid):
                self.tasks_seen += 1
                self.tasks_left_out += 1

    def _streamed(self, messages: Iterable[Message]) -> Iterator[Message]:
        known = Known()
        for message in self._of_wanted_ids(messages):
            self.tasks_seen += known.is_new(message.task_uuid)
            yield message
        self.is_through = True


def _where(expressions: Iterable[str]) -> list[Condition]:
    listed = [*expressions]
    if not listed:
        return []
    # Not at the top: only who uses it needs the library.
    from eliot.read._where import where  # noqa: PLC0415

    return [where(each) for each in listed]
