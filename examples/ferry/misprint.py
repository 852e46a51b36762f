"""
A field that cannot be serialized: ``python misprint.py``.
"""

import sys

from eliot import Field, MessageType, to_file

SAILED = MessageType(
    "ferry:sailed",
    [
        Field("minutes", int, "How long it took."),
        Field.for_types("ferry", [str], "Which ferry it was."),
    ],
)

if __name__ == "__main__":
    to_file(sys.stdout)
    SAILED.log(ferry="Tern", minutes="twenty")
