"""
What events of Twisted's log have beyond what Twisted knows.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from twisted.logger import LogEvent

from eliot._fields import RESERVED
from eliot._json_default import json_default
from eliot._represent import represent
from eliot._text import safe_str

#: The keys of :mod:`twisted.python.log`.  Twisted gives them to other events as well, when it hands
#: those to an observer of that log: so whether they are there says nothing about who logs.
_LEGACY: Final = frozenset(
    [
        *("failure", "format", "isError", "logLevel", "message", "printed", "system", "time"),
        "why",
    ]
)

_OTHERS: Final = "event_"


def extra_fields(event: LogEvent, taken: Container[str]) -> dict[str, object]:
    """
    Find what whoever has logged an event has told beside the text, in a form that can be
    encoded: as encoders do it, but now, since the values may change, and may be more
    than should be kept alive.

    :param event: an exact dictionary.
    :param taken: the names of fields that there are already.  Those, the framework's, and
        names that look like the framework's get ``event_`` before them.
    :returns: fields of other names than those; nothing of it belongs to anybody else.
    """
    found: dict[str, object] = {}
    displaced: dict[str, object] = {}
    for key, value in list(event.items()):
        name = key if type(key) is str else safe_str(key)
        if name.startswith("log_") or name in _LEGACY:
            continue
        if name in RESERVED or name in taken or name.startswith("eliot:"):
            displaced[name] = value
        else:
            found[name] = value
    for name, value in displaced.items():
        free = _OTHERS + name
        while free in found or free in taken:
            free = _OTHERS + free
        found[free] = value
    return dict(represent(found, json_default))
