"""
Serializing the fields of typed messages.
"""

from __future__ import annotations

from typing import Final

from eliot._context import current_action
from eliot._errors import TRACEBACK, describe_with_traceback
from eliot._interfaces import MessageSerializer
from eliot._stamp import stamp
from eliot._text import safe_repr


class _AsItIs:
    def serialize(self, message: dict[str, object]) -> None:
        """
        Leave the message as it is.
        """


#: The serializer of messages that another process has logged, by which loggers
#: know them: nothing is added to them, not even the global fields of this one.
AS_IT_IS: Final[MessageSerializer] = _AsItIs()


def serialized(
    message: dict[str, object], serializer: MessageSerializer
) -> list[dict[str, object]]:
    """
    Serialize a message, leaving the original as it is.

    :param message: the fields as they were given.
    :param serializer: the serializer of the message's type.
    :returns: the serialized message.  If a field could not be serialized, two
        messages follow that tell of it: ``eliot:traceback`` and
        ``eliot:serialization_failure``.
    """
    copy = message.copy()
    try:
        serializer.serialize(copy)
    except Exception as error:
        action = current_action()
        traceback = describe_with_traceback(error)
        stamp(traceback, action, TRACEBACK)
        failure: dict[str, object] = {"message": safe_repr(message)}
        stamp(failure, action, "eliot:serialization_failure")
        return [copy, traceback, failure]
    return [copy]
