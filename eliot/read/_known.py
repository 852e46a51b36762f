"""
Which identifiers were there before.
"""

from __future__ import annotations

from collections import deque

from eliot.read._tasks import REMEMBERED


class Known:
    """
    Remembers as many identifiers as is needed to count tasks, and not those of a whole log: one
    that comes again after thousands of others counts once more.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._in_order: deque[str] = deque()

    def is_new(self, identifier: str) -> bool:
        """
        Ask whether an identifier comes for the first time, and remember it.
        """
        known = self._known
        if identifier in known:
            return False
        known.add(identifier)
        self._in_order.append(identifier)
        if len(known) > REMEMBERED:
            known.remove(self._in_order.popleft())
        return True
