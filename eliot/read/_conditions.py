"""
The conditions by which tasks are selected, but for those on fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from fnmatch import translate
from math import isnan
from typing import Final

from eliot.read._action import ActionNode
from eliot.read._condition import Condition, Node
from eliot.read._message import JSON, Message
from eliot.read._tasks import Task

#: How an action, or what it has left behind, can have ended.
STATUSES: Final = ("succeeded", "failed", "unfinished")

#: The levels that are known by name: those of :mod:`logging` and of :mod:`twisted.logger`.
LEVELS: Final = {
    "notset": 0,
    "debug": 10,
    "info": 20,
    "warn": 30,
    "warning": 30,
    "error": 40,
    "critical": 50,
    "fatal": 50,
}

#: The fields that tell which process has written a message.  No field does so by itself:
#: these are what programs are used to give, as global fields most of all.
OF_PROCESS: Final = ("program", "process", "pid", "host", "hostname")

#: So many names are remembered with what is known of them.
_REMEMBERED: Final = 10_000


def of_type(patterns: Sequence[str]) -> Condition:
    """
    The type of the message or the action is like one of the patterns.
    """
    known = remembering(_glob(patterns))
    return Condition(2, lambda message: known(message.type))


def of_status(statuses: Collection[str]) -> Condition:
    """
    The action ended, or did not end, in one of these ways.

    A start or an end that is not that of its action, as that has another, stands for itself; it
    fits if it says so.

    :raises ValueError: if one is not known.
    """
    for status in statuses:
        if status not in STATUSES:
            raise ValueError(f"{status!r} is no status: say {_listed(STATUSES)}")
    if "unfinished" not in statuses:
        return Condition(1, lambda message: message.status in statuses)
    wanted = {"started" if each == "unfinished" else each for each in statuses}
    said = wanted - {"started"}

    def of_node(node: Node) -> bool:
        return node.status in (wanted if isinstance(node, ActionNode) else said)

    # Of a complete task, every action that was found has ended.
    return Condition(1, None, of_node, None if said else lambda task: not task.is_complete)


def of_exception(patterns: Sequence[str]) -> Condition:
    """
    The exception of a failed action or of a traceback is like one of the patterns: its full
    name or the last part of it.
    """
    fits = _glob(patterns)
    known = remembering(lambda name: fits(name) or fits(name.rpartition(".")[2]))

    def of_message(message: Message) -> bool:
        name = message.fields.get("exception")
        return isinstance(name, str) and known(name)

    return Condition(2, of_message)


def of_duration(minimum: float | None, maximum: float | None) -> Condition:
    """
    The action took so long at least, and so long at most.

    :raises ValueError: if one of them is not a number.
    """
    least = _bound(minimum, "-inf")
    most = _bound(maximum, "inf")

    def of_node(node: Node) -> bool:
        if isinstance(node, Message):
            return False
        duration = node.duration
        return duration is not None and least <= duration <= most

    return Condition(4, None, of_node)


def of_time(since: float | None, until: float | None) -> Condition:
    """
    The message was logged, or the action went on, at some time between these two: not before
    ``since``, and before ``until``.  Of an action whose end was not found only the start counts,
    and the other way round.

    :raises ValueError: if one of them is not a number.
    """
    first = _bound(since, "-inf")
    end = _bound(until, "inf")

    def of_node(node: Node) -> bool:
        if isinstance(node, Message):
            return first <= node.timestamp < end
        # In any order: the wall clock may have been set back in between.
        times = [each.timestamp for each in (node.start, node.end) if each is not None]
        return first <= max(times) and min(times) < end

    def of_task(task: Task) -> bool:
        before = after = False
        for message in task.messages():
            if message.timestamp < first:
                before = True
            elif message.timestamp >= end:
                after = True
            else:
                return True
        return before and after

    return Condition(3, None, of_node, of_task)


def of_level(lowest: str | float) -> Condition:
    """
    The field ``log_level`` is this at least: a number or a name, in capitals or not.

    :raises ValueError: if the level is not known.
    """
    threshold = _number_of_level(lowest)
    if threshold is None:
        raise ValueError(f"{lowest!r} is no level: say {_listed([*LEVELS])}, or a number")
    least = threshold

    def of_message(message: Message) -> bool:
        said = message.fields.get("log_level")
        if said is None:
            return False
        number = _number_of_level(said)
        return number is not None and number >= least

    return Condition(2, of_message)


def of_process(patterns: Sequence[str]) -> Condition:
    """
    One of the fields that tell of a process (:data:`OF_PROCESS`) is like one of the patterns.
    """
    known = remembering(_glob(patterns))

    def of_message(message: Message) -> bool:
        fields = message.fields
        for name in OF_PROCESS:
            value = fields.get(name)
            if value is None:
                continue
            if isinstance(value, str):
                if known(value):
                    return True
            elif type(value) in {int, float} and known(repr(value)):
                return True
        return False

    return Condition(3, of_message)


def remembering(fits: Callable[[str], bool]) -> Callable[[str], bool]:
    """
    Ask once only of each text.  There are few types, names and the like in a log, but if there
    are many they are not all kept.
    """
    answers: dict[str, bool] = {}

    def ask(text: str) -> bool:
        answer = answers.get(text)
        if answer is None:
            if len(answers) >= _REMEMBERED:
                answers.clear()
            answer = answers[text] = fits(text)
        return answer

    return ask


def _glob(patterns: Sequence[str]) -> Callable[[str], bool]:
    """
    :returns: what tells whether a text is like one of the patterns of a shell.
    """
    match = re.compile("|".join(map(translate, patterns))).match
    return lambda text: match(text) is not None


def _bound(value: float | None, default: str) -> float:
    if value is None:
        return float(default)
    if isnan(value):
        raise ValueError("not a number")
    return value


def _number_of_level(level: JSON) -> float | None:
    """
    :returns: ``None`` for what is not a level.
    """
    if isinstance(level, str):
        name = level.strip().lower()
        known = LEVELS.get(name)
        if known is not None:
            return known
        # A number as text, not so long that it would take time.
        return int(name) if len(name) < 20 and name.isascii() and name.isdecimal() else None
    return level if type(level) is int or type(level) is float else None


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"
