"""
What is logged before there is any destination.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import cast

#: How many messages are held; beyond it the oldest ones are dropped.
CAPACITY = 1000

# Tuples within this many others are not looked into.
_MAXIMUM_TUPLES = 20


class StartUpBuffer:
    """
    A destination that holds messages until the first real ones are there.

    May be called from any thread.  A message that is logged while the first
    destinations are being added arrives at them too, exactly once.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._held: deque[dict[str, object]] = deque(maxlen=CAPACITY)
        self._deliver: Callable[[dict[str, object]], None] | None = None

    def __call__(self, message: dict[str, object]) -> None:
        if len(self._held) == CAPACITY:
            self.dropped += 1
        self._held.append(_copy(message))
        if self._deliver is not None:
            self._drain(self._deliver)

    def replay(self, deliver: Callable[[dict[str, object]], None]) -> None:
        """
        Hand out what is held, oldest first, and whatever still comes.

        :param deliver: is given each message; must not raise.
        """
        self._deliver = deliver
        self._drain(deliver)

    def _drain(self, deliver: Callable[[dict[str, object]], None]) -> None:
        # Taking from the left is atomic: whoever takes a message delivers it.
        while True:
            try:
                message = self._held.popleft()
            except IndexError:
                return
            deliver(message)


def _copy(message: dict[str, object]) -> dict[str, object]:
    """
    Copy a message with the dictionaries and lists in it, also those within
    tuples, so that later changes do not show.  Other values are held as they
    are, and so is what is in more tuples than anybody writes.
    """
    copies: dict[int, object] = {}
    # Originals stay referred to by the message, so their ids stay theirs.
    todo: list[tuple[object, object]] = []

    def copy_of(value: object, tuples: int = 0) -> object:
        kind = type(value)
        if kind is tuple and tuples < _MAXIMUM_TUPLES:
            if id(value) not in copies:
                items = cast("tuple[object, ...]", value)
                copies[id(value)] = tuple([copy_of(item, tuples + 1) for item in items])
            return copies[id(value)]
        if kind is not dict and kind is not list:
            return value
        if id(value) not in copies:
            copies[id(value)] = kind()
            todo.append((value, copies[id(value)]))
        return copies[id(value)]

    copied = copy_of(message if type(message) is dict else dict(message))
    while todo:
        original, copy = todo.pop()
        if isinstance(original, dict) and isinstance(copy, dict):
            for key, value in list(original.items()):
                copy[key] = copy_of(value)
        elif isinstance(original, list) and isinstance(copy, list):
            copy.extend([copy_of(value) for value in list(original)])
    return copied  # type: ignore[return-value]  # the copy of a dictionary
