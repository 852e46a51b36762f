"""
Opening logs: files, plain or gzipped, and standard input.

Whether a file is gzipped is told by what is in it, not by its name: a rotated log may be called
anything.  How far reading has come is counted in bytes of the file itself, since nobody knows
how many they become.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Final, TypeAlias, final

from eliot.read._lines import PIECE

#: Gives so many bytes at most, as soon as there are any; none at the end.
Read: TypeAlias = Callable[[int], bytes]

GZIP: Final = b"\x1f\x8b"

#: How files begin that are compressed in another way, and what reads those.
_OTHERS: Final = {b"BZh": "bzcat", b"\xfd7zXZ\0": "xzcat", b"\x28\xb5\x2f\xfd": "zstdcat"}

_BEGINNINGS: Final = (GZIP, *_OTHERS)

# How much gzipped data is taken at once.
_STEP: Final = 64 * 1024

# What zlib calls the format of gzip.
_WBITS: Final = 31


class Damaged(OSError):
    """
    A file cannot be read to its end, because of what is in it; the text says why.
    """


@final
class LogFile:
    """
    A log that is open for reading.

    It is closed when its context is left.  Use it from one thread at a time.

    :param file: the file, which can be read without waiting for more than there is.
    :param name: what it is called in problems.
    :ivar name: the same.
    :ivar position: how many bytes of the file itself have been read.
    """

    __slots__ = ("_file", "_pieces", "_read", "_start", "name", "position")

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.position = 0
        self._file = file
        self._read: Read = getattr(file, "read1", file.read)
        self._start = file.tell() if _is_regular(file) else None
        self._pieces = self._contents()

    def read(self, size: int = -1, /) -> bytes:
        """
        Read what comes next, without waiting for more than there is.

        :param size: is as it pleases the file.
        :returns: some bytes; none at the end.
        :raises OSError: if it cannot be read further.  What could be has been given before.
        """
        return next(self._pieces, b"")

    @property
    def size(self) -> int | None:
        """
        How many bytes of the file itself there are to be read, as far as is known.
        """
        if self._start is None:
            return None
        return max(os.fstat(self._file.fileno()).st_size - self._start, self.position)

    def fileno(self) -> int:
        """
        :returns: the descriptor of the file.
        :raises OSError: if it has none.
        """
        return self._file.fileno()

    def close(self) -> None:
        """
        Close the file.
        """
        self._file.close()

    def __enter__(self) -> LogFile:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _raw(self, size: int) -> bytes:
        piece = self._read(size)
        self.position += len(piece)
        if not piece and self._start is not None:
            left = os.fstat(self._file.fileno()).st_size - self._start
            if left < self.position:
                raise Damaged("it was truncated while it was read")
        return piece

    def _contents(self) -> Iterator[bytes]:
        beginning = piece = self._raw(PIECE)
        # A pipe may give the first byte alone; what cannot become one of these waits for nothing.
        while piece and any(_may_become(beginning, each) for each in _BEGINNINGS):
            piece = self._raw(PIECE)
            beginning += piece
        if beginning.startswith(GZIP):
            yield from self._decompressed(beginning)
            return
        for other, program in _OTHERS.items():
            if beginning.startswith(other):
                raise Damaged(f"it is compressed, but not by gzip: {program} can read it")
        if beginning:
            yield beginning
        while piece := self._raw(PIECE):
            yield piece

    def _decompressed(self, data: bytes) -> Iterator[bytes]:
        """
        Decompress what gzip has made, which may be several such files after one another.

        :param data: the beginning.
        """
        while data:
            decoder = zlib.decompressobj(_WBITS)
            while not decoder.eof:
                before = decoder.copy()
                try:
                    piece = decoder.decompress(data, PIECE)
                except zlib.error:
                    yield from _salvaged(before, data)
                    raise Damaged("its compressed data is damaged") from None
                if piece:
                    yield piece
                data = decoder.unconsumed_tail
                if not data and not decoder.eof:
                    data = self._raw(_STEP)
                    if not data:
                        if rest := decoder.flush():
                            yield rest
                        raise Damaged("its compressed data is cut off")
            data = self._next_member(decoder.unused_data)

    def _next_member(self, data: bytes) -> bytes:
        """
        Find what comes after a compressed file.

        :param data: what has been read already.
        :returns: the beginning of the next one; nothing at the end.
        """
        # Tapes and such fill up with zeros.
        while len(data := data.lstrip(b"\0")) < len(GZIP):
            more = self._raw(_STEP)
            if not more:
                break
            data += more
        if data and not data.startswith(GZIP):
            raise Damaged("something else stands after its compressed data")
        return data


def open_log(path: str) -> LogFile:
    """
    Open a file.

    :param path: where it is, and what it is called in problems.
    :raises OSError: if it cannot be opened.
    """
    # Not buffered: it is read in large pieces, and none of them is waited for.
    return LogFile(open(path, "rb", buffering=0), path)


def _may_become(beginning: bytes, longer: bytes) -> bool:
    return len(beginning) < len(longer) and longer.startswith(beginning)


def _is_regular(file: BinaryIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except (OSError, AttributeError):
        return False


def _salvaged(decoder: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """
    Decompress all that comes before the place where compressed data is damaged.

    :param decoder: has seen what came before.
    :param data: what is damaged.
    :returns: it, in pieces.
    """
    with suppress(zlib.error):
        for byte in data:
            if piece := decoder.decompress(bytes([byte])):
                yield piece
