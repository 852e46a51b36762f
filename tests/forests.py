"""
Random forests, as a program would have logged them, for all who read.

Each message carries a field ``mark`` that no other message has, so that every one of them can be
found again, however it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias
from uuid import UUID

import orjson
from hypothesis import strategies as st

from eliot.read import JSON

Fields: TypeAlias = dict[str, JSON]


@dataclass(frozen=True)
class Lone:
    """
    One message.
    """


@dataclass(frozen=True)
class Act:
    """
    An action.

    :ivar inner: What happens in it.
    :ivar late: What happens in it after its end.
    :ivar failed: How it ends.
    """

    inner: list[Shape]
    late: list[Shape] = field(default_factory=list)
    failed: bool = False


@dataclass(frozen=True)
class Shared:
    """
    A shared task id, with what continues there.

    :ivar continuations: Actions, by their random levels.
    """

    continuations: dict[int, Act]


Shape: TypeAlias = Lone | Act | Shared


@dataclass(frozen=True)
class Forest:
    """
    What was logged.

    :ivar messages: All messages, in the order in which they were logged.
    :ivar late: The marks of those that stand right in an action that had ended.
    """

    messages: list[Fields]
    late: set[str]

    def of_task(self, task_uuid: str) -> list[Fields]:
        """
        Pick the messages of one task.
        """
        return [each for each in self.messages if each["task_uuid"] == task_uuid]

    @property
    def task_uuids(self) -> set[str]:
        """
        The identifiers of the tasks.
        """
        return {str(each["task_uuid"]) for each in self.messages}


def shapes(*, odd: bool) -> st.SearchStrategy[Shape]:
    """
    Draw what happens.

    :param odd: Have late messages and shared task ids, too.
    """

    def larger(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
        acts = st.builds(
            Act,
            inner=st.lists(inner, max_size=3),
            late=st.lists(inner, max_size=2) if odd else st.just([]),
            failed=st.booleans(),
        )
        if not odd:
            return acts
        levels = st.integers(min_value=2**52, max_value=2**53 - 1)
        return acts | st.builds(Shared, st.dictionaries(levels, acts, max_size=3))

    lone: st.SearchStrategy[Shape] = st.just(Lone())
    return st.recursive(lone, larger, max_leaves=8)


@st.composite
def forests(draw: st.DrawFn, *, odd: bool = False) -> Forest:
    """
    Draw a forest.

    :param odd: Have late messages and shared task ids, too.  The root itself is in time, so that
        each task ends with its root.
    """
    roots = draw(st.lists(shapes(odd=odd), min_size=1, max_size=4))
    forest = Forest([], set())
    numbers = count(1)
    for number, shape in enumerate(roots):
        root: Shape = shape
        if isinstance(root, Act):
            root = Act(root.inner, [], root.failed)
        elif isinstance(root, Shared):
            # A task id is shared by an action, so there is one around it.
            root = Act([root])
        _log(root, str(UUID(int=number)), numbers, forest)
    return forest


def _log(root: Shape, task_uuid: str, numbers: Iterator[int], forest: Forest) -> None:
    def log(level: list[int], fields: Fields, *, late: bool = False) -> None:
        number = next(numbers)
        place: Fields = {"task_uuid": task_uuid, "task_level": list(level)}
        mark = f"m{number}"
        forest.messages.append({**place, "timestamp": number / 8, "mark": mark, **fields})
        if late:
            forest.late.add(mark)

    def start(level: list[int], action_type: str) -> None:
        log([*level, 1], {"action_type": action_type, "action_status": "started"})

    def end(level: list[int], action_type: str, *, failed: bool = False) -> None:
        status = "failed" if failed else "succeeded"
        why: Fields = {"exception": "test.Oops", "reason": "it broke"} if failed else {}
        log(level, {"action_type": action_type, "action_status": status, **why})

    def act(level: list[int], shape: Act) -> None:
        start(level, "test:act")
        for number, inner in enumerate(shape.inner, 2):
            any_shape([*level, number], inner)
        after = len(shape.inner) + 2
        end([*level, after], "test:act", failed=shape.failed)
        for number, inner in enumerate(shape.late, after + 1):
            any_shape([*level, number], inner, late=True)

    def any_shape(level: list[int], shape: Shape, *, late: bool = False) -> None:
        match shape:
            case Lone():
                log(level, {"message_type": "test:message"}, late=late)
            case Act():
                act(level, shape)
            case Shared(continuations=continuations):
                start(level, "eliot:shared_task")
                end([*level, 2], "eliot:shared_task")
                for number, continuation in continuations.items():
                    act([*level, number], continuation)

    any_shape([1] if isinstance(root, Lone) else [], root)


def line(fields: Fields) -> bytes:
    """
    Write a message as it stands in a file.
    """
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def not_json(text: bytes) -> str:
    """
    Say what is told of a line that is not JSON: each orjson has words of its own.
    """
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"not JSON ({error.msg})"
    raise ValueError("It is JSON.")


@dataclass(frozen=True)
class Damaged:
    """
    A log after all that can befall one.

    :ivar lines: What is in the file.
    :ivar survivors: The messages that can be read, with repetitions.
    :ivar garbage: How many lines are no messages.
    """

    lines: list[bytes]
    survivors: list[Fields]
    garbage: int


#: Lines that are no messages.
GARBAGE = [
    b"Traceback (most recent call last):\n",
    b'{"task_uuid": "x", "task_level": [1], "timest\n',
    b'{"task_uuid": "x", "task_level": [0], "timestamp": 1.0}\n',
    b'{"task_uuid": 5, "task_level": [1], "timestamp": 1.0}\n',
    b'{"task_uuid": "x", "task_level": [1]}\n',
    b"[]\n",
    b"\0\0\0\0\n",
    b'"\xff\xfe"\n',
]


@st.composite
def damaged(draw: st.DrawFn, forest: Forest) -> Damaged:
    """
    Draw what became of a log: lines were lost, repeated, shuffled and mixed with others.
    """
    copies = draw(
        st.lists(
            st.sampled_from([0, 1, 1, 1, 1, 2, 3]),
            min_size=len(forest.messages),
            max_size=len(forest.messages),
        )
    )
    survivors = [
        message for message, n in zip(forest.messages, copies, strict=True) for _ in range(n)
    ]
    garbage = draw(st.lists(st.sampled_from(GARBAGE), max_size=5))
    lines = draw(st.permutations([*map(line, survivors), *garbage]))
    return Damaged(lines, survivors, len(garbage))
