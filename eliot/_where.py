"""
Which line of the program it was.
"""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Final

#: What tracebacks give as the file of functions that the framework generates.
GENERATED: Final = "<eliot log_call>"

# How the names of files with code of ours begin.
_OURS: Final = (os.path.dirname(__file__) + os.sep, GENERATED)


def is_ours(file: str) -> bool:
    """
    Tell whether code is the framework's.

    :param file: where it is from, as code objects name it.
    """
    return file.startswith(_OURS)


def where() -> str | None:
    """
    Find the innermost line of code that is not the framework's.

    :returns: file, line and function; ``None`` where there is no such code.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    code = frame.f_code
    return f"{code.co_filename}:{frame.f_lineno} in {code.co_qualname}"
