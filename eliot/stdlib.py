"""
The standard library's ``logging``: from there, and to there.
"""

from eliot._public import publish
from eliot._stdlib import EliotHandler, StdlibDestination

__all__ = ["EliotHandler", "StdlibDestination"]

publish(__name__, globals())
