"""
The ways into files of different kinds.

Each writes whole lines: lines from several threads never mix, and a line that
could be written only in part does not spoil the one after it.
"""

from __future__ import annotations

import io
import json
import os
import stat
from typing import Protocol, TypeVar, cast

from eliot._fork import LockedOverFork
from eliot._interfaces import NotWritten
from eliot._torn import PASSING, Torn

_Data_contra = TypeVar("_Data_contra", contravariant=True)  # bytes or str


class OpenFile(Protocol[_Data_contra]):
    """
    A file that is open for writing, or something like it.
    """

    def write(self, data: _Data_contra, /) -> object:
        """
        Write some bytes or some text.
        """

    def flush(self) -> object:
        """
        Hand what has been written to the operating system.
        """


class Way(Protocol):
    """
    A way into a file.
    """

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines, or what was left of them the last time.

        :raises NotWritten: if not all can be written now, and it is known what not.
        :raises OSError: if they cannot be written, or not in full.
        """


def name_of(file: object) -> str:
    """
    Name a file, for people.
    """
    return repr(getattr(file, "name", file))


def way_into(file: OpenFile[bytes] | OpenFile[str]) -> Way:
    """
    Choose the way into a file, and see that it is open.

    :raises RuntimeError: if the file cannot be written to; the message names it.
    """
    try:
        is_text = _is_text(file)
        file.flush()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise RuntimeError(f"The file {name_of(file)} cannot be written to: {error}.") from error
    if is_text:
        return _TextWay(cast("OpenFile[str]", file))
    raw = file.raw if type(file) is io.BufferedWriter else file
    if type(raw) is io.FileIO and stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
        return _RegularWay(file, raw)
    return _BinaryWay(cast("OpenFile[bytes]", file))


def _is_text(file: OpenFile[bytes] | OpenFile[str]) -> bool:
    """
    Tell text files from binary ones, by writing nothing to them.

    :raises Exception: of several kinds, if the file is not open for writing.
    """
    if isinstance(file, io.TextIOBase):
        if not file.writable():
            raise io.UnsupportedOperation("not writable")
        return True
    try:
        cast("OpenFile[bytes]", file).write(b"")
    except TypeError:
        cast("OpenFile[str]", file).write("")
        return True
    return False


class _RegularWay:
    """
    Into a regular file, past its buffer, which is empty: one call to the
    operating system, which lets no other write come between.

    :param file: the file that was given; it closes when it is forgotten.
    :param raw: the unbuffered file below it.
    """

    __slots__ = ("_file", "_raw_write", "_torn")

    def __init__(self, file: object, raw: io.FileIO) -> None:
        self._file = file
        self._raw_write = raw.write
        # Other threads, and other processes, may write in between.
        self._torn = Torn(alone=False)

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines.
        """
        torn = self._torn
        written: int | None = 0
        if not torn.unended:
            try:
                written = self._raw_write(lines)
            except OSError:
                # Once more, below, where it is known what an error means.
                written = 0
            if written == len(lines):
                return
        # The disk is full, or nearly so.  What got through is a number of whole
        # lines and perhaps the beginning of one, which stays behind.
        torn.write(self._raw_write, lines, written or 0)


class LockedWay(LockedOverFork):
    """
    Into anything that several threads must not write to at once.
    """

    __slots__ = ()

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines.
        """
        with self._lock:
            self._write(lines)

    def _write(self, lines: bytes) -> None:
        raise NotImplementedError


class _BinaryWay(LockedWay):
    """
    Into a binary file of any kind.
    """

    __slots__ = ("_file", "_is_raw", "_torn")

    def __init__(self, file: OpenFile[bytes]) -> None:
        super().__init__()
        self._file = file
        self._is_raw = isinstance(file, io.RawIOBase)
        # How much others have taken when they raise is not to be known.
        self._torn = Torn(alone=True, passing=PASSING if self._is_raw else ())

    def _write(self, lines: bytes) -> None:
        self._torn.write(self._put_raw if self._is_raw else self._put_all, lines)
        try:
            self._file.flush()
        except BlockingIOError as error:
            # It stays in the file's buffer, and comes first the next time: it must
            # not be written again, only flushed.
            raise NotWritten(error, b"") from error

    def _put_raw(self, lines: bytes) -> int | None:
        # It may take a part only, and says how much; None is nothing.
        return cast("int | None", self._file.write(lines))

    def _put_all(self, lines: bytes) -> int:
        # Others say what they like, and take all or raise.
        try:
            self._file.write(lines)
        except BlockingIOError as error:
            # But for those of a buffered file, which knows.
            count = getattr(error, "characters_written", None)
            if count is None:
                raise
            return cast("int", count)
        return len(lines)


class _TextWay(LockedWay):
    """
    Into a text file, whatever characters it can hold.
    """

    __slots__ = ("_file", "_torn")

    def __init__(self, file: OpenFile[str]) -> None:
        super().__init__()
        self._file = file
        self._torn = False

    def _write(self, lines: bytes) -> None:
        text = lines.decode()
        if self._torn:
            text = "\n" + text
        try:
            try:
                self._file.write(text)
            except UnicodeEncodeError:
                self._file.write("".join(map(_in_ascii, text.split("\n")[:-1])))
            self._file.flush()
        except BaseException:
            # How much of the text got through is not to be known.
            self._torn = True
            raise
        self._torn = False


def _in_ascii(line: str) -> str:
    return json.dumps(json.loads(line)) + "\n" if line else "\n"
