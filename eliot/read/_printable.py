"""
Text that is safe to show.

What stands in a log was written by many programs, and some of it came from
outside of them.  On its way to a terminal no character of it may act: move
the cursor, change the colour or the title, or turn the writing direction
around.
"""

from __future__ import annotations

import re
from typing import Final

_NOT_PLAIN: Final = re.compile(r"[^ -~]")


def printable(text: str, *, ascii_only: bool = False) -> str:
    r"""
    Show characters that are not printable, line ends among them, as escapes
    such as ``\n``, ``\x1b`` and ``\u202e``.

    Backslashes are left alone: paths and patterns stay readable, and nothing
    reads the result back.

    :param text: any text, lone surrogates included.
    :param ascii_only: show every character beyond ASCII as an escape, too.
    :returns: text on one line, without control characters.
    """
    if text.isprintable() and (text.isascii() or not ascii_only):
        return text
    return _NOT_PLAIN.sub(_escape_all if ascii_only else _escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return character if character.isprintable() else _escape_all(match)


def _escape_all(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
