"""
What an example has logged, in a form that a test can write down as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from eliot.read import JSON, ActionNode, Gap, LeftOut, Message, Task, read_tasks
from tests.examples.running import EXAMPLES, read_lines, run

#: The fields that every message has, each with its own place in a story or no place there.
_BUILT_IN = frozenset(
    ["task_uuid", "task_level", "timestamp", "message_type", "action_type", "action_status"]
)

Fields: TypeAlias = "dict[str, JSON]"


@dataclass(frozen=True)
class Said:
    """
    A message.

    :ivar type: its type.
    :ivar fields: its fields, but for those that every message has.
    """

    type: str
    fields: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """
    An action.

    :ivar type: its type.
    :ivar status: how it has ended.
    :ivar start: the fields of its start message.
    :ivar end: the fields of its end message.
    :ivar parts: what happened in it, in order.
    """

    type: str
    status: str
    start: Mapping[str, JSON] = field(default_factory=dict)
    end: Mapping[str, JSON] = field(default_factory=dict)
    parts: Sequence[Said | Done] = field(default_factory=list)


def failed(exception: str, reason: str, **more: JSON) -> Fields:
    """
    Make the fields of the end message of an action that has failed.

    :param exception: the path of the exception's class.
    :param reason: its text.
    :param more: further fields.
    """
    return {"exception": exception, "reason": reason, **more}


def fields_of(message: Message | None) -> Fields:
    """
    Get the fields of a message that must be there, but for those that every message has.
    """
    assert message is not None
    return {name: value for name, value in message.fields.items() if name not in _BUILT_IN}


def story_of(task: Task) -> Said | Done:
    """
    Make a story of a task.

    :raises AssertionError: if something of it is missing, late, or there more than once.
    """
    assert task.is_complete, task.root
    alone = task.lone_message
    return _said(alone) if alone is not None else _done(task.root)


def _said(message: Message) -> Said:
    return Said(message.type, fields_of(message))


def _done(action: ActionNode) -> Done:
    parts: list[Said | Done] = []
    for child in action.children():
        item = child.item
        assert not isinstance(item, Gap | LeftOut) and not child.late and not child.duplicate, child
        if isinstance(item, ActionNode):
            parts.append(_done(item))
        elif item.status is None:
            parts.append(_said(item))
    assert action.type is not None and action.status is not None
    return Done(action.type, action.status, fields_of(action.start), fields_of(action.end), parts)


@cache
def output_of(example: str, *arguments: str) -> str:
    """
    Run an example, once for all tests.

    :param example: its path below the folder of the examples.
    :param arguments: what it is given.
    :returns: what it has printed.
    :raises AssertionError: if it does not end well.
    """
    with TemporaryDirectory() as folder:
        program = run(Path(folder), str(EXAMPLES / example), *arguments)
    assert (program.returncode, program.stderr) == (0, ""), program
    return program.stdout


def messages_of(example: str, *arguments: str) -> list[Message]:
    """
    Run an example that prints its log, and read that; parameters are those of :func:`output_of`.
    """
    log = output_of(example, *arguments)
    return read_lines(BytesIO(log.encode()), example)


def stories_of(example: str, *arguments: str) -> list[Said | Done]:
    """
    Run an example that prints its log, and make a story of each of its tasks; parameters are those
    of :func:`output_of`.

    :returns: the stories, in the order in which they ended.
    """
    return [story_of(task) for task in read_tasks(messages_of(example, *arguments))]
