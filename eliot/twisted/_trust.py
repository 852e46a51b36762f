"""
Where an action belongs that somebody else has asked for: in the caller's task, if the caller is
trusted, or else in a task of its own that says who called.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final, TypeAlias, TypeVar, cast

from eliot._action import Action
from eliot._ids import new_task_uuid
from eliot._propagation import RemoteContext
from eliot._tracebacks import write_traceback

_T = TypeVar("_T")
_A = TypeVar("_A", bound=Action)

#: The type of a message that says that an identifier which is good for one has come again.
REPEATED: Final = "eliot:repeated_task_id"

#: How many identifiers are remembered.
MEMORY: Final = 10_000

#: Whether the identifiers that come in are believed: always, never, or as a function says that is
#: given what asks.
Trust: TypeAlias = bool | Callable[[_T], bool]


class Places:
    """
    The places that were gone on at, each of which is good for one.  May be used in any thread.

    :param memory: how many are remembered: the latest.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        # Hashes, since identifiers may be long.  They depend on a secret of the process, so that
        # nobody can make up two that are the same.
        self._taken: dict[int, None] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, task_id: str) -> bool:
        """
        Take a place.

        :param task_id: a well-formed identifier.
        :returns: whether it was free, as far as is known.  Shared ones always are.
        """
        if task_id.endswith("/"):
            return True
        known = hash(task_id)
        with self._lock:
            if known in self._taken:
                return False
            self._taken[known] = None
            if len(self._taken) > self._memory:
                del self._taken[next(iter(self._taken))]
        return True


#: Those of this process.
all_places: Final = Places()


def begin_asked(
    kind: type[_A],
    action_type: str,
    fields: dict[str, object],
    remote: RemoteContext,
    trusted: Trust[_T],
    asks: _T,
) -> _A:
    """
    Start an action that somebody else has asked for.  Never raises.

    :param kind: the class of the action.
    :param action_type: what kind of action it is.
    :param fields: what the start message says.
    :param remote: what came with the question.
    :param trusted: whether that is believed.
    :param asks: what a function that says so is given.
    """
    place = remote.place()
    error = None
    repeated = False
    if place is not None:
        if trusted is not True:
            try:
                believed = trusted and trusted(asks)
            except Exception as raised:
                believed, error = False, raised
            if not believed:
                place = None
        if place is not None:
            repeated = not all_places.take(cast("str", remote.task_id))
    if place is None or repeated:
        action = kind(None, new_task_uuid(), [], action_type)
        action._start({**fields, **remote.fields()})
    else:
        action = kind(None, *place, action_type)
        action._start(fields)
    if repeated:
        action.log(REPEATED)
    remote.complain(action)
    if error is not None:
        action.run(write_traceback, None, (type(error), error, error.__traceback__))
    return action
