"""
From lines to messages.

A log file lives in the real world: a process is killed in the middle of a
line, a disk fills up, another program writes in between.  So a line that is
no message is a :class:`Problem`, which is told, and reading goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from typing import BinaryIO, Final

from orjson import JSONDecodeError, loads

from eliot.read._message import JSON, MalformedMessage, Message
from eliot.read._printable import printable
from eliot.read._text_log import begins_text_log, message_in

#: Longer lines, in bytes, are skipped unseen: decoding takes many times the
#: length of a line in memory, and no program means to log that much at once.
MAXIMUM_LINE: Final = 16 * 1024 * 1024

_EXCERPT: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something in the input that could not be read.

    :ivar file: the name of the file.
    :ivar line: the number of the line, from 1; ``None`` if the file itself is the problem.
    :ivar what: what was wrong with it.
    :ivar excerpt: the beginning of the line, printable and of bounded length.
    """

    file: str
    line: int | None
    what: str
    excerpt: str = ""

    def __str__(self) -> str:
        """
        Say it all in one printable line.
        """
        place = printable(self.file) + ("" if self.line is None else f":{self.line}")
        return f"{place}: {self.what}" + (f": {self.excerpt}" if self.excerpt else "")


def read_messages(
    file: BinaryIO, name: str, on_problem: Callable[[Problem], object]
) -> Iterator[Message]:
    """
    Read messages from lines of JSON, one by one, as they come.

    Empty lines are passed over.  Nothing that the file holds, and no error of
    the operating system, is raised; both are told to ``on_problem``.

    A file that begins as Twisted's own log in text does, such as trial's, has messages
    among its lines: the others are passed over then.

    :param file: a file opened for reading bytes.
    :param name: what to call the file in problems.
    :param on_problem: called with each :class:`Problem`, in order, between the messages.
    :returns: the messages, in the order of the file.
    """
    readline = file.readline
    number = 0
    within_text = False
    while True:
        number += 1
        try:
            line = readline(MAXIMUM_LINE)
            length = len(line)
            if length == MAXIMUM_LINE and not line.endswith(b"\n"):
                length += _skip_line(file)
        except OSError as error:
            on_problem(Problem(name, number, f"cannot be read further: {error.strerror or error}"))
            return
        if not line:
            return
        if number == 1:
            within_text = begins_text_log(line)
        if within_text:
            part = message_in(line)
            if part is None:
                continue
            line = part
        try:
            if length > MAXIMUM_LINE:
                raise MalformedMessage(f"a line of {length:,} bytes, which is too long")
            message = Message(_decode(line))
        except MalformedMessage as error:
            if line.strip():
                on_problem(Problem(name, number, str(error), _excerpt(line)))
        else:
            yield message


def merge_messages(sources: Iterable[Iterable[Message]]) -> Iterator[Message]:
    """
    Merge messages from several sources, such as the logs of several processes.

    Of all the messages that stand next in their sources, the oldest comes
    first.  So a task that crosses processes is found whole at about the time
    when it ended, without keeping one log in memory until the other is read.
    Sources that are out of order lose nothing but this.

    :param sources: the sources; each is read lazily, and keeps its order.
    :returns: the messages of all of them.
    """
    return merge(*sources, key=attrgetter("timestamp"))


def _decode(line: bytes) -> JSON:
    decoded: JSON
    try:
        decoded = loads(line)
    except JSONDecodeError as error:
        decoded = _decode_leniently(line, error)
    return decoded


def _decode_leniently(line: bytes, refusal: JSONDecodeError) -> JSON:
    """
    Try again with Python's own decoder.  It takes what its encoder, and so
    many a program, writes although JSON has no word for it: ``NaN``,
    ``Infinity``, and lone surrogates.
    """
    if b"\0" in line:
        raise MalformedMessage("NUL bytes") from None
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedMessage(f"not UTF-8 at byte {error.start + 1}") from None
    try:
        decoded: JSON = json.loads(text)
    except RecursionError:
        raise MalformedMessage("JSON that is nested too deeply") from None
    except ValueError:
        cut_off = "" if line.endswith(b"\n") else ", and the line is cut off"
        raise MalformedMessage(f"not JSON ({refusal.msg}{cut_off})") from None
    return decoded


def _skip_line(file: BinaryIO) -> int:
    """
    Read to the end of a line without keeping it.

    :returns: how many bytes that were.
    """
    skipped = 0
    while chunk := file.readline(MAXIMUM_LINE):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def _excerpt(line: bytes) -> str:
    shown = line[:_EXCERPT].rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return printable(shown) + ("..." if len(line.rstrip(b"\r\n")) > _EXCERPT else "")
