"""
What must hold for any input: functions of bytes that raise if it does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from math import isfinite
from typing import Final

from eliot.parse import Parser, WrittenAction, WrittenMessage
from eliot.read import (
    Message,
    Problem,
    TextOptions,
    draw_task,
    merge_messages,
    read_messages,
    read_tasks,
)
from tests.fuzz.decoding import decode

#: The name of the file that is read.
_NAME: Final = "fuzz.log"

#: How a task is drawn: once so that all is shown, and in other ways.
_WHOLE: Final = TextOptions(field_limit=0)
_OTHERS: Final = [
    TextOptions(ascii_only=True, field_limit=7, local_time=True, levels=True),
    TextOptions(layout="inline"),
    TextOptions(layout="none", levels=True),
]

_MARK: Final = re.compile(r"mark: <(\d+)>$")


def lines(data: bytes) -> None:
    """
    Read bytes as a file. Nothing raises; each line is a message or a problem, unless it is empty;
    problems tell where they are; messages are well-formed.
    """
    problems: list[Problem] = []
    messages = list(read_messages(BytesIO(data), _NAME, problems.append))
    number = data.count(b"\n") + 1
    before = 0
    for problem in problems:
        assert problem.file == _NAME
        assert problem.line is not None
        assert before < problem.line <= number, problem
        before = problem.line
        assert problem.what
        assert str(problem).isprintable(), problem
    for message in messages:
        _check(message)
    said = len(messages) + len(problems)
    wanted = sum(bool(line.strip()) for line in data.split(b"\n"))
    # Of a log in text, other lines are passed over.
    assert said == wanted if data.startswith(b"{") else said <= wanted, (said, wanted)
    half = len(messages) // 2
    merged = list(merge_messages([messages[:half], messages[half:]]))
    assert Counter(map(id, merged)) == Counter(map(id, messages))


def _check(message: Message) -> None:
    fields = message.fields
    assert type(fields) is dict
    assert type(message.task_uuid) is str
    assert message.task_uuid == fields["task_uuid"]
    assert message.level
    assert all(type(each) is int and each > 0 for each in message.level)
    assert list(message.level) == fields["task_level"]
    assert type(message.timestamp) is float
    assert isfinite(message.timestamp)
    assert message.status in {"started", "succeeded", "failed", None}
    assert type(message.type) is str


def tasks(data: bytes) -> None:
    """
    Put messages together, and draw them. Nothing raises; every message is shown exactly once; what
    is shown is printable.
    """
    messages = [Message(each) for each in decode(data)]
    found = list(read_tasks(messages))
    held = [message for task in found for message in task.messages()]
    _assert_same(map(id, held), map(id, messages))
    shown = []
    for task in found:
        for line in draw_task(task, _WHOLE):
            assert line.isprintable(), repr(line)
            if (mark := _MARK.search(line)) is not None:
                shown.append(mark[1])
        for options in _OTHERS:
            for line in draw_task(task, options):
                assert line.isprintable(), repr(line)
                assert line.isascii() or not options.ascii_only, repr(line)
    _assert_same(shown, map(str, range(len(messages))))
    _parse(data)


def _assert_same(found: Iterable[object], wanted: Iterable[object]) -> None:
    left, right = Counter(found), Counter(wanted)
    assert left == right, (left - right, right - left)


def _parse(data: bytes) -> None:
    """
    Do the same with the older parser.
    """
    for task in Parser.parse_stream(decode(data)):
        waiting: list[WrittenAction | WrittenMessage] = [task.root()]
        while waiting:
            each = waiting.pop()
            assert each.task_uuid is not None
            if isinstance(each, WrittenAction):
                for name in ("status", "start_time", "end_time", "exception", "reason"):
                    getattr(each, name)
                assert repr(each)
                waiting += each.children
            else:
                assert repr(each.contents)


#: The targets by their names.
TARGETS: Final[dict[str, Callable[[bytes], None]]] = {"lines": lines, "tasks": tasks}
