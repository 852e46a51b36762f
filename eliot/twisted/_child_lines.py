"""
The lines in what a child process writes, whatever that is.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: How many bytes of a line are kept together.
MAXIMUM_LINE: Final = 1024 * 1024


class Line(NamedTuple):
    """
    A line, or as much of it as is kept together.

    :ivar data: its bytes, without those that end it.
    :ivar piece: which piece it is of a line that was too long, from 1; 0 for
        all others.
    :ivar unfinished: whether no end of the line follows it.
    """

    data: bytes
    piece: int = 0
    unfinished: bool = False


class LineCutter:
    """
    Cuts what comes from one descriptor into lines.

    It holds less than :data:`MAXIMUM_LINE` bytes, and what each byte costs does not
    depend on how long its line is.
    """

    __slots__ = ("_held", "_piece")

    def __init__(self) -> None:
        self._held = bytearray()
        # How many pieces of the present line there were.
        self._piece = 0

    def feed(self, data: bytes) -> list[Line]:
        """
        Go on.

        :param data: what has come.
        :returns: the lines, and pieces of them, that are there now.
        """
        found: list[Line] = []
        *ended, rest = data.split(b"\n")
        for each in ended:
            self._hold(each, found)
            found.append(self._take(len(self._held), unfinished=False))
        self._hold(rest, found)
        return found

    def end(self) -> list[Line]:
        """
        Take what is left, where nothing will come any more.

        :returns: at most one line, which has no end.
        """
        if not self._held:
            return []
        if self._piece:
            self._piece += 1
        return [self._take(len(self._held), unfinished=True)]

    def _hold(self, data: bytes, found: list[Line]) -> None:
        self._held += data
        while len(self._held) > MAXIMUM_LINE:
            self._piece += 1
            found.append(self._take(_whole(self._held), unfinished=True))

    def _take(self, size: int, unfinished: bool) -> Line:
        data = bytes(self._held[:size])
        del self._held[:size]
        if unfinished:
            return Line(data, self._piece, unfinished)
        piece, self._piece = self._piece, 0
        # Terminals end lines like this.
        return Line(data.removesuffix(b"\r"), piece + 1 if piece else 0)


def _whole(held: bytearray) -> int:
    """
    Find out where a line is cut, at :data:`MAXIMUM_LINE` or a little before, so that
    no character of UTF-8 is.
    """
    for size in range(MAXIMUM_LINE, MAXIMUM_LINE - 4, -1):
        # The first byte that is cut off begins a character.
        if held[size] & 0xC0 != 0x80:
            return size
    return MAXIMUM_LINE
