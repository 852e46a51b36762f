"""
Lines that are put together from what threads write, each for itself.
"""

from __future__ import annotations

from codecs import utf_8_decode
from collections.abc import Callable
from itertools import count
from threading import local
from typing import Final, TypeAlias
from weakref import WeakMethod

from eliot._fork import RenewedAfterFork
from eliot._text import decode

#: How many characters of a line come in one piece.
MAXIMUM_PIECE: Final = 64 * 1024

#: Is given a line, or a piece of one, and whether that ends the line.
Emit: TypeAlias = Callable[[str, bool], None]


class _Thread:
    """
    A thread that writes: there is one for as long as the thread lives.

    :param number: what it is known by.
    :param end: called when the thread ends.
    """

    def __init__(self, number: int, end: Callable[[int], None]) -> None:
        self.number = number
        self._end = WeakMethod(end)

    def __del__(self) -> None:
        end = self._end()
        if end is not None:
            end(self.number)


class Halves(RenewedAfterFork):
    """
    Keeps the halves of lines, one of each thread, until the rest comes.

    A half is always taken away by whoever goes on with it.  So there is no lock, which a
    signal's handler or a forked child might find held.

    :param emit: called for each line, in the thread that ends it; one that is longer than
        :data:`MAXIMUM_PIECE` comes in pieces.
    """

    def __init__(self, emit: Emit) -> None:
        super().__init__()
        self._emit = emit
        self._texts: dict[int, str] = {}
        # Less than a character each.
        self._bytes: dict[int, bytes] = {}
        self._numbers = count()
        self._local = local()

    def write(self, text: str) -> None:
        """
        Go on with a text.
        """
        number = self._number()
        if number in self._bytes:
            text = decode(self._bytes.pop(number, b"")) + text
        self._add(number, text)

    def write_bytes(self, data: bytes) -> None:
        """
        Go on with a text in UTF-8; what is none is shown by escapes.
        """
        number = self._number()
        data = self._bytes.pop(number, b"") + data
        text, read = utf_8_decode(data, "backslashreplace", False)
        if read < len(data):
            self._bytes[number] = data[read:]
        self._add(number, text)

    def end(self) -> None:
        """
        Emit all halves there are.
        """
        for number in {*self._texts, *self._bytes}:
            self._end_of(number)

    def _number(self) -> int:
        try:
            thread: _Thread = self._local.thread
        except AttributeError:
            thread = self._local.thread = _Thread(next(self._numbers), self._end_of)
        return thread.number

    def _add(self, number: int, text: str) -> None:
        lines = (self._texts.pop(number, "") + text).split("\n")
        *pieces, rest = _pieces(lines.pop())
        # Before anything is emitted, during which more may be written.
        if rest:
            self._texts[number] = rest
        for line in lines:
            self._emit_line(line, True)
        for piece in pieces:
            self._emit(piece, False)

    def _end_of(self, number: int) -> None:
        text = self._texts.pop(number, "") + decode(self._bytes.pop(number, b""))
        if text:
            self._emit_line(text, False)

    def _emit_line(self, line: str, whole: bool) -> None:
        *pieces, last = _pieces(line)
        for piece in pieces:
            self._emit(piece, False)
        self._emit(last.removesuffix("\r") if whole else last, whole)

    def _renew_after_fork(self) -> None:
        # The parent goes on with them.
        self._texts.clear()
        self._bytes.clear()


def _pieces(line: str) -> list[str]:
    """
    Cut a line, so that the last piece is empty only if the line is.
    """
    if len(line) <= MAXIMUM_PIECE:
        return [line]
    return [line[start : start + MAXIMUM_PIECE] for start in range(0, len(line), MAXIMUM_PIECE)]
