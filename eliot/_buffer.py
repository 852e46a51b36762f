"""
What is logged before there is any destination.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from sys import getsizeof
from typing import TypeAlias, cast

_Deliver: TypeAlias = "Callable[[dict[str, object]], None]"

#: How many messages are held; beyond it the oldest ones are dropped.
CAPACITY = 1000

#: How many bytes they may take, about; beyond it the oldest ones are dropped,
#: and so is one that is larger than that by itself.
MAXIMUM_BYTES = 16 * 1024 * 1024

# Those who tell how large they are, and tell the truth.  All else is counted as
# if it were small: whoever logs it has it already, and the buffer only refers to it.
_MEASURED = frozenset({str, bytes, bytearray, int})
_SMALL = 64

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
        # Each with its size, and whether it is to be delivered as it is.
        self._held: deque[tuple[dict[str, object], int, bool]] = deque()
        # Kept by plain additions, which CPython does not interrupt.
        self._bytes = 0
        self._deliver: tuple[_Deliver, _Deliver] | None = None

    def __call__(self, message: dict[str, object]) -> None:
        self.hold(message)

    def hold(self, message: dict[str, object], *, as_it_is: bool = False) -> None:
        """
        Hold a message; what calling this object does.

        :param message: the fields.
        :param as_it_is: whether it has been logged by another process.
        """
        copy, size = _copy(message)
        if size > MAXIMUM_BYTES and self._deliver is None:
            # All the others would have to go for it.
            self.dropped += 1
            return
        self._bytes += size
        self._held.append((copy, size, as_it_is))
        if self._deliver is not None:
            self._drain(self._deliver)
        while len(self._held) > CAPACITY or self._bytes > MAXIMUM_BYTES:
            try:
                _, size, _ = self._held.popleft()
            except IndexError:
                # Another thread was faster.
                return
            self._bytes -= size
            self.dropped += 1

    def replay(self, deliver: _Deliver, deliver_as_it_is: _Deliver | None = None) -> None:
        """
        Hand out what is held, oldest first, and whatever still comes.

        :param deliver: is given each message; must not raise.
        :param deliver_as_it_is: is given those that other processes have logged, instead.
        """
        self._deliver = (deliver, deliver if deliver_as_it_is is None else deliver_as_it_is)
        self._drain(self._deliver)

    def _drain(self, deliver: tuple[_Deliver, _Deliver]) -> None:
        # Taking from the left is atomic: whoever takes a message delivers it.
        while True:
            try:
                message, size, as_it_is = self._held.popleft()
            except IndexError:
                return
            self._bytes -= size
            deliver[as_it_is](message)


def _copy(message: dict[str, object]) -> tuple[dict[str, object], int]:
    """
    Copy a message with the dictionaries and lists in it, also those within
    tuples, so that later changes do not show.  Other values are held as they
    are, and so is what is in more tuples than anybody writes.

    :returns: the copy, and how many bytes it takes, about.
    """
    copies: dict[int, object] = {}
    size = 0
    # Originals stay referred to by the message, so their ids stay theirs.
    todo: list[tuple[object, object]] = []

    def copy_of(value: object, tuples: int = 0) -> object:
        nonlocal size
        kind = type(value)
        size += getsizeof(value) if kind in _MEASURED else _SMALL
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
    return copied, size  # type: ignore[return-value]  # the copy of a dictionary
