"""
The kinds of destinations that come with this package, for Twisted to find.
"""

from eliot.twisted import _kinds

file = _kinds.File()
stdout = _kinds.Standard("stdout", 1)
stderr = _kinds.Standard("stderr", 2)
fd = _kinds.Inherited()
twisted = _kinds.Twisted()
null = _kinds.Null()

__all__ = ["fd", "file", "null", "stderr", "stdout", "twisted"]
