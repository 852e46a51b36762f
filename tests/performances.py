"""
Random forests, logged by real programs, for those who read what was really written.

The shapes are those of :mod:`tests.forests`; here the writing side performs them, down to the
lines of a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias, assert_never
from unittest import TestCase

from hypothesis import strategies as st

from eliot import Action, FileDestination, current_action, log_message, start_action
from eliot.read import Message, Problem, read_messages
from tests.forests import Act, Lone, Shape, Shared, shapes
from tests.helpers import fresh_destinations

#: The identifier of a task, and a place in it.
Place: TypeAlias = tuple[str, tuple[int, ...]]


class Oops(Exception):
    """
    What goes wrong in actions that fail.
    """


@dataclass(frozen=True)
class Performed:
    """
    What programs have logged.

    :ivar lines: The lines of the file.
    :ivar late: The places of messages and actions that came after the end of their action.
    """

    lines: list[bytes]
    late: set[Place]

    def messages(self) -> list[Message]:
        """
        Read it all.
        """
        problems: list[Problem] = []
        found = list(read_messages(BytesIO(b"".join(self.lines)), "x.log", problems.append))
        assert not problems, problems
        return found


def programs(*, odd: bool = False) -> st.SearchStrategy[list[Shape]]:
    """
    Draw what programs do, each in a task of its own.

    :param odd: Have late messages and shared task ids, too.
    """
    return st.lists(shapes(odd=odd), min_size=1, max_size=3)


def perform(test: TestCase, program: list[Shape]) -> Performed:
    """
    Do what programs do, and log it.

    :param test: The test; destinations are put back after it.
    :param program: What they do.
    """
    file = BytesIO()
    fresh_destinations(test).add(FileDestination(file))
    late: set[Place] = set()
    for shape in program:
        # A task id is shared by an action, so there is one around it.
        _do(Act([shape]) if isinstance(shape, Shared) else shape, late)
    return Performed(file.getvalue().splitlines(keepends=True), late)


def _do(shape: Shape, late: set[Place]) -> None:
    match shape:
        case Lone():
            log_message("test:message")
        case Act():
            _act(lambda: start_action(action_type="test:act"), shape, late)
        case Shared(continuations=continuations):
            holder = current_action()
            assert holder is not None
            task_id = holder.serialize_task_id(shared=True)
            for continuation in continuations.values():
                _act(lambda: Action.continue_task(task_id=task_id), continuation, late)
        case _:
            assert_never(shape)


def _act(begin: Callable[[], Action], shape: Act, late: set[Place]) -> None:
    action = begin()
    try:
        with action:
            for inner in shape.inner:
                _do(inner, late)
            if shape.failed:
                raise Oops
    except Oops:
        pass
    with action.context():
        for number, inner in enumerate(shape.late, len(shape.inner) + 3):
            late.add((action.task_uuid, (*action.task_level, number)))
            _do(inner, late)
