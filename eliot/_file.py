"""
Writing messages to a file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from threading import RLock
from typing import IO

from zope.interface import implementer

from eliot._destinations import add_destinations
from eliot._encode import encoder_for
from eliot._fork import RenewedAfterFork
from eliot._interfaces import IEncodedDestination
from eliot._represent import Default

# Writes what it can of some lines; says how many bytes that were.
_Put = Callable[[bytes], "int | None"]


@implementer(IEncodedDestination)
class FileDestination(RenewedAfterFork):
    """
    A destination that writes each message to a file, as one line of JSON.

    The line has been handed to the operating system when the logging call
    returns, so it survives the end of the process, however that comes.  A
    slow disk makes the caller wait; see :class:`eliot.twisted.ThreadedWriter`.

    May be called from any thread.  Write to the file yourself, if you must,
    only while nothing is logged.

    :param file: an open file, binary or text, or an object with its ``write``
        and ``flush`` methods.
    :param encoder: a subclass of :class:`json.JSONEncoder` for values of
        types that JSON does not know.
    :param json_default: a function for such values, instead of ``encoder``.
    :raises RuntimeError: if the file cannot be written to; the message names it.
    :raises TypeError: if ``encoder`` and ``json_default`` are both given.
    """

    __slots__ = ("_lock", "_put", "_torn", "encoder", "file")

    def __init__(
        self,
        file: IO[bytes] | IO[str],
        encoder: type[json.JSONEncoder] | None = None,
        json_default: Default | None = None,
    ) -> None:
        super().__init__()
        #: The file that was given.
        self.file = file
        #: Turns a message into a line.
        self.encoder = encoder_for(encoder, json_default)
        self._put = _way_into(file)
        # Is the last line in the file incomplete, since writing it failed?
        self._torn = False
        # Reentrant, since a signal handler may log in the midst of a write.
        self._lock = RLock()

    def __call__(self, message: dict[str, object]) -> None:
        """
        Write one message.

        :raises OSError: if it cannot be written.
        """
        self.write(self.encoder(message))

    def write(self, lines: bytes) -> None:
        """
        Write one or more whole lines, in one call to the operating system
        where it takes them all.

        :param lines: UTF-8, each line ended by a newline.
        :raises OSError: if they cannot be written, or not in full.
        """
        with self._lock:
            if self._torn:
                lines = b"\n" + lines
            written = self._put(lines)
            if written != len(lines):
                self._put_rest(lines, written or 0)
            self._torn = False

    def _put_rest(self, lines: bytes, written: int) -> None:
        try:
            while written < len(lines):
                more = self._put(lines[written:])
                if not more:
                    raise BlockingIOError(f"{_name(self.file)} takes no more.")
                written += more
        finally:
            self._torn = written > 0 and lines[written - 1 : written] != b"\n"

    def __repr__(self) -> str:
        return f"<FileDestination {_name(self.file)}>"

    def _renew_after_fork(self) -> None:
        self._lock = RLock()


def to_file(
    output_file: IO[bytes] | IO[str],
    encoder: type[json.JSONEncoder] | None = None,
    json_default: Default | None = None,
) -> FileDestination:
    """
    Write all messages to a file, as lines of JSON.

    The parameters are those of :class:`FileDestination`.

    :returns: the destination that was added, for :func:`remove_destination`.
    :raises RuntimeError: if the file cannot be written to; the message names it.
    """
    destination = FileDestination(output_file, encoder, json_default)
    add_destinations(destination)
    return destination


def _name(file: object) -> str:
    return repr(getattr(file, "name", file))


def _way_into(file: IO[bytes] | IO[str]) -> _Put:
    """
    Choose how lines get into a file, and see that they can.
    """
    is_text = isinstance(file, io.TextIOBase)
    try:
        if not is_text:
            try:
                file.write(b"")  # type: ignore[arg-type]  # that is the question
            except TypeError:
                is_text = True
        if is_text:
            file.write("")  # type: ignore[arg-type]  # likewise
            if isinstance(file, io.TextIOBase) and not file.writable():
                raise io.UnsupportedOperation("not writable")
        file.flush()
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise RuntimeError(f"The file {_name(file)} cannot be written to: {error}.") from error
    if is_text:
        return _TextWay(file)  # type: ignore[arg-type]  # known by now
    if type(file) is io.BufferedWriter and type(file.raw) is io.FileIO:
        # Its buffer is empty, and bypassing it makes one call out of two.
        return file.raw.write
    return _FlushedWay(file)  # type: ignore[arg-type]  # known by now


class _FlushedWay:
    """
    Into a binary file with a buffer of some kind.
    """

    __slots__ = ("_flush", "_write")

    def __init__(self, file: IO[bytes]) -> None:
        self._write = file.write
        self._flush = file.flush

    def __call__(self, lines: bytes) -> int:
        self._write(lines)
        self._flush()
        return len(lines)


class _TextWay:
    """
    Into a text file, whatever characters it can hold.
    """

    __slots__ = ("_flush", "_write")

    def __init__(self, file: IO[str]) -> None:
        self._write = file.write
        self._flush = file.flush

    def __call__(self, lines: bytes) -> int:
        try:
            self._write(lines.decode())
        except UnicodeEncodeError:
            for line in lines.splitlines():
                self._write(json.dumps(json.loads(line)) + "\n")
        self._flush()
        return len(lines)
