"""
The lines of a log as they are, many at a time.

Whoever shows lines one by one, and also those that are no messages, needs no more than that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import Final

from orjson import JSONDecodeError, loads

from eliot.read._lenient import decode_leniently
from eliot.read._message import JSON, MalformedMessage

#: How many bytes are read at once.
_BLOCK: Final = 128 * 1024

#: What is longer, in bytes, is cut there.
MAXIMUM_LINE: Final = 16 * 1024 * 1024

#: orjson reads larger integers as floats.
_LARGE_NUMBER: Final = re.compile(r"[0-9]{19}")


def read_blocks(file: BufferedIOBase) -> Iterator[list[str]]:
    """
    Read lines as they come: whatever is there is handed out before more is waited for.

    :param file: a file.
    :returns: lists of lines, without their ends.  Bytes that are not UTF-8 are lone surrogates,
        as in :pep:`383`.
    :raises OSError: if it cannot be read.
    """
    pending: list[bytes] = []
    size = 0
    while chunk := file.read1(_BLOCK):
        end = chunk.rfind(b"\n")
        if end < 0:
            if size <= MAXIMUM_LINE:
                pending.append(chunk)
            size += len(chunk)
            continue
        if size > MAXIMUM_LINE:
            first = chunk.index(b"\n")
            yield [_text(b"".join(pending)[:MAXIMUM_LINE])]
            pending = []
            if first == end:
                lines: list[str] = []
            else:
                lines = _text(chunk[first + 1 : end]).split("\n")
        else:
            pending.append(chunk[:end])
            lines = _text(b"".join(pending)).split("\n")
        rest = chunk[end + 1 :]
        pending = [rest] if rest else []
        size = len(rest)
        if lines:
            yield lines
    if pending:
        yield [_text(b"".join(pending)[:MAXIMUM_LINE])]


def raw_line(line: str) -> bytes:
    """
    Get a line as it was in the file.
    """
    return line.encode("utf-8", "surrogateescape")


def decode_line(line: str) -> JSON:
    """
    Decode a line.

    :returns: what it holds, integers of any size among it, and what Python's own encoder writes
        although JSON has no word for it: ``NaN``, infinities, lone surrogates.
    :raises MalformedMessage: if it is not JSON.
    """
    decoded: JSON
    try:
        decoded = loads(line)
    except JSONDecodeError as error:
        if len(line) >= MAXIMUM_LINE:
            raise MalformedMessage("a line that is too long") from None
        return decode_leniently(raw_line(line), b"\n", error, exact=True)
    return _with_large_numbers(line, decoded) if _LARGE_NUMBER.search(line) else decoded


def _with_large_numbers(line: str, decoded: JSON) -> JSON:
    try:
        decoded = json.loads(line)
    except (ValueError, RecursionError):
        # Thousands of digits, or hundreds of levels.
        return decoded
    return decoded


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
