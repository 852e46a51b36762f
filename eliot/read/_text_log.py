"""
Messages among the lines of a text: the log that Twisted writes for people, as trial does
to ``_trial_temp/test.log``.

What Twisted puts in front of a line is that of
:func:`twisted.logger.formatEventAsClassicLogText` and of
:class:`twisted.python.log.FileLogObserver`: the time, and where the line comes from, in
brackets.  Workers of ``trial -j`` put nothing there.
"""

from __future__ import annotations

import re
from typing import Final

_TIME: Final = rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[^ ]* "

_LINE: Final = re.compile(_TIME + rb"\[")

# There may be brackets within the brackets.
_BEFORE_MESSAGE: Final = re.compile(rb"(?:" + _TIME + rb"\[.*?\] )?(?=\{)")

#: What both kinds of trial write first, also where nothing is in front.
_OPENED: Final = b"Log opened."


def begins_text_log(line: bytes) -> bool:
    """
    Tell whether a file is a text with messages among its lines.

    :param line: its first line.
    """
    return line.startswith(_OPENED) or _LINE.match(line) is not None


def message_in(line: bytes) -> bytes | None:
    """
    Find the message in a line of such a text.

    :returns: what should be JSON; ``None`` if the line is one of the text.
    """
    before = _BEFORE_MESSAGE.match(line)
    return None if before is None else line[before.end() :]
