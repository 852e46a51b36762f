"""
What a writer itself has to say, in the destination that it writes to.
"""

from __future__ import annotations

from eliot._destinations import all_destinations
from eliot._encode import Encoder
from eliot._stamp import stamp
from eliot.twisted._counts import Trouble


class Notes:
    """
    The lines that a writer has to say itself.

    :param encoder: makes a line of a message.
    """

    __slots__ = ("_encoder",)

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def dropped(self, count: int) -> bytes:
        """
        Tell how many messages were dropped.
        """
        reason = "They could not be written as fast as they came, or not at all."
        return self._line("eliot:messages_dropped", {"count": count, "reason": reason})

    def recovered(self, trouble: Trouble) -> bytes:
        """
        Tell that something can be written again.
        """
        return self._line("eliot:destination_recovered", trouble.describe())

    def _line(self, message_type: str, fields: dict[str, object]) -> bytes:
        stamp(fields, None, message_type)
        return self._encoder(all_destinations.with_global_fields(fields))
