"""
Which line of the program it was.
"""

from __future__ import annotations

import os
import sys
from types import FrameType

from eliot._signatures import GENERATED

# How the names of files with code of ours begin.
_OURS = (os.path.dirname(__file__) + os.sep, GENERATED)


def where() -> str | None:
    """
    Find the innermost line of code that is not the framework's.

    :returns: file, line and function; ``None`` where there is no such code.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    return f"{code.co_filename}:{frame.f_lineno} in {code.co_qualname}"
