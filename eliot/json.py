"""
How messages become JSON, for those who want to add to it.
"""

from __future__ import annotations

import json

from eliot._json_default import json_default
from eliot._public import publish

__all__ = ["EliotJSONEncoder", "json_default"]


class EliotJSONEncoder(json.JSONEncoder):
    """
    Encodes what messages may hold.  Derive from it, override
    :meth:`default` for types of your own, and leave the rest to it; then give
    the class to :func:`eliot.to_file` or :class:`eliot.FileDestination`.
    """

    def default(self, o: object) -> object:
        """
        Turn a value of a type that JSON does not know into one that it knows.

        :raises TypeError: if the type is not known here either.
        """
        return json_default(o)


publish(__name__, globals())
