"""
The fields that the framework itself puts into messages.
"""

from __future__ import annotations

from typing import Final

#: Present in every message, or deciding what kind of message it is.  A user's
#: field of such a name loses against the framework's own.
RESERVED: Final = frozenset(
    ["task_uuid", "task_level", "timestamp", "message_type", "action_type", "action_status"]
)

#: The field with how long an action took, in seconds.
DURATION_FIELD: Final = "eliot:duration"

#: The field that names the fields in which something was replaced, since it
#: could not be encoded.
ENCODING_FIELD: Final = "eliot:encoding"
