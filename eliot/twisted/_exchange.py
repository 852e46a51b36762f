"""
Actions that are a request and its answer, seen from one side or the other.
"""

from __future__ import annotations

from time import monotonic

from eliot._action import Action, ActionSerializers
from eliot._interfaces import ILogger, MessageSerializer


class Exchange(Action):
    """
    An action whose end message says how long it took, which is what everybody asks of a
    request, and how far it came, also where it has failed.

    :ivar ending: the fields that the end message will have.
    """

    __slots__ = ("ending",)

    def __init__(
        self,
        logger: ILogger | None,
        task_uuid: str,
        task_level: list[int],
        action_type: str,
        serializers: ActionSerializers | None = None,
    ) -> None:
        Action.__init__(self, logger, task_uuid, task_level, action_type, serializers)
        self._started_at = monotonic()
        self.ending: dict[str, object] = {}

    def _write(
        self, fields: dict[str, object], level: list[int], serializer: MessageSerializer | None
    ) -> None:
        fields |= self.ending
        Action._write(self, fields, level, serializer)
