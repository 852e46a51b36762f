"""
Asking conditions of messages and of tasks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from itertools import count

from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, Selection, Task, read_tasks

_numbers = count(1)

#: Values of all kinds, however odd.
scalars: st.SearchStrategy[JSON] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["info", "failed", "test:act", "\ud800", "x.ValueError", -(2**80), 2**70])
)
values: st.SearchStrategy[JSON] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)

#: The fields that conditions look at, with anything in them.
hostile = st.dictionaries(
    st.sampled_from(
        [
            *("message_type", "action_type", "action_status", "exception", "reason"),
            *("log_level", "process", "pid", "host", "hostname", "program"),
            *("eliot:duration", "a", "a.b", ""),
        ]
    ),
    values,
)


def message(
    more: Mapping[str, JSON] | None = None,
    *,
    level: list[int] | None = None,
    timestamp: float = 1.0,
    **fields: JSON,
) -> Message:
    """
    Make a message of a task of its own.

    :param more: fields whose names are no identifiers.
    """
    place: dict[str, JSON] = {
        "task_uuid": f"task {next(_numbers)}",
        "task_level": [*(level or [1])],
        "timestamp": timestamp,
    }
    return Message({**place, **(more or {}), **fields})


def task(*messages: Mapping[str, JSON]) -> list[Message]:
    """
    Make an action: each message stands in the root, in this order, a second after the other.
    The first and the last get no status but what they say.
    """
    return [
        Message({"task_uuid": "task", "task_level": [number], "timestamp": float(number), **fields})
        for number, fields in enumerate(messages, 1)
    ]


def started(**fields: JSON) -> dict[str, JSON]:
    """
    Make the start of an action.
    """
    return {"action_type": "shop:order", "action_status": "started", **fields}


def ended(status: str = "succeeded", **fields: JSON) -> dict[str, JSON]:
    """
    Make the end of an action.
    """
    return {"action_type": "shop:order", "action_status": status, **fields}


def chosen(selection: Selection, messages: Iterable[Message]) -> list[str]:
    """
    :returns: the identifiers of the tasks that are chosen.
    """
    return [each.task_uuid for each in selection.tasks(messages)]


def fits(selection: Selection, *messages: Message) -> bool:
    """
    Ask whether the only task is chosen.
    """
    tasks: list[Task] = list(read_tasks(messages))
    assert len(tasks) == 1, tasks
    return bool(chosen(selection, messages))


def refuse_jmespath(case: SynchronousTestCase) -> None:
    """
    Have jmespath not be installed, until the end of a test.
    """
    for name in ["jmespath", "eliot.read._where"]:
        module = sys.modules.pop(name, None)

        def restore(name: str = name, module: object = module) -> None:
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module  # type: ignore[assignment] # it came from there

        case.addCleanup(restore)
    sys.modules["jmespath"] = None  # type: ignore[assignment] # this is how an import is refused
