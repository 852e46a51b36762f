"""
Streams that stand in the place of standard output and error, and log what is
written to them.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from io import BufferedIOBase, TextIOBase, UnsupportedOperation
from types import FrameType
from typing import Final, TextIO

from twisted.logger import LoggingFile
from twisted.python.log import StdioOnnaStick

from eliot import _destinations
from eliot._message import log_message
from eliot._text import decode, scrub
from eliot.twisted import _run
from eliot.twisted._destination import Crossing
from eliot.twisted._halves import Halves

#: The type of messages that were written to a stream.
OUTPUT: Final = "eliot:output"

_TWISTEDS: Final = frozenset([LoggingFile, StdioOnnaStick])

# Is a message being made in this thread of what was written?
_emitting: Final = Crossing()

# What destinations are called by: in the thread that logs, and in those of writers.
_CALLERS: Final = frozenset([id(vars(_destinations)), id(vars(_run))])


class CapturedStream(TextIOBase):
    """
    A text file of which each line becomes a message, until it is released; then
    all that is written goes where it went before.

    What destinations write while they get a message goes there at any time, so there
    are no loops.  May be used in any thread, and by signal handlers.

    :param stream: ``"stdout"`` or ``"stderr"``.
    :param original: what is there now; ``None`` where a program has no such stream.
    :ivar original: the same.
    :ivar released: whether lines become messages no more.
    """

    def __init__(self, stream: str, original: TextIO | None) -> None:
        self._stream = stream
        self.original = original
        self.released = False
        self._halves = Halves(self._emit)
        self._buffer = _Bytes(self)
        # What Twisted has put there would hand to its log what destinations write,
        # and that comes back to them.
        is_twisteds = type(original) in _TWISTEDS
        self._outside: TextIO | None = (
            getattr(sys, f"__{stream}__", None) if is_twisteds else original
        )

    def release(self) -> None:
        """
        Log the halves of lines, and no lines any more.
        """
        self.released = True
        self.end_lines()

    def end_lines(self) -> None:
        """
        Log the halves of lines.
        """
        self._halves.end()

    def write(self, text: str | bytes) -> int:
        """
        Write text; bytes, too, as what Twisted puts there takes them.

        :returns: how much was written.
        :raises TypeError: if it is neither.
        :raises Exception: what the original raises, if it goes there.
        """
        if isinstance(text, bytes):
            return self.write_bytes(text)
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        exact = str.__str__(text)
        if self.released or _is_called_by_destination():
            target = self.original if self.released else self._outside
            if target is not None:
                target.write(exact)
        else:
            self._halves.write(exact)
        return len(exact)

    def write_bytes(self, data: bytes) -> int:
        """
        Write text in UTF-8.

        :returns: how many bytes were written.
        :raises Exception: what the original raises, if it goes there.
        """
        if self.released or _is_called_by_destination():
            target = self.original if self.released else self._outside
            if target is not None:
                buffer = getattr(target, "buffer", None)
                if buffer is None:
                    target.write(decode(data))
                else:
                    # What was written as text comes before.
                    target.flush()
                    buffer.write(data)
        else:
            self._halves.write_bytes(data)
        return len(data)

    def flush(self) -> None:
        """
        Have the original write what it holds.  Half a line stays half a line.
        """
        for each in (self.original, self._outside):
            if each is not None:
                with suppress(Exception):
                    each.flush()

    def close(self) -> None:
        """
        Do nothing: who closes standard output does not mean the log.
        """

    def reconfigure(self, **options: object) -> None:
        """
        Do nothing: all text is taken as it is.
        """

    def fileno(self) -> int:
        """
        Get the descriptor of the original, as for a child process.

        :raises io.UnsupportedOperation: if it has none.
        """
        if self.original is None:
            raise UnsupportedOperation("fileno")
        return self.original.fileno()

    def isatty(self) -> bool:
        """
        Tell that this is no terminal, also where the original is one.
        """
        return False

    def writable(self) -> bool:
        """
        Tell that this is written to.
        """
        return True

    @property
    def buffer(self) -> BufferedIOBase:
        """
        The same stream, for bytes in UTF-8.
        """
        return self._buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]  # never written
        """
        How bytes are read.
        """
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]  # never written
        """
        What becomes of those that cannot be read, and of lone surrogates.
        """
        return "backslashreplace"

    @property
    def line_buffering(self) -> bool:
        """
        Whether lines are written when they end.
        """
        return True

    @property
    def name(self) -> str:
        """
        What the stream is called.
        """
        return f"<{self._stream}>"

    @property
    def mode(self) -> str:
        """
        What it is open for.
        """
        return "w"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._stream}>"

    def _emit(self, text: str, whole: bool) -> None:
        before = _emitting.now
        _emitting.now = True
        try:
            text = scrub(text)
            if whole:
                log_message(OUTPUT, stream=self._stream, text=text)
            else:
                log_message(OUTPUT, stream=self._stream, text=text, unfinished=True)
        finally:
            _emitting.now = before


class _Bytes(BufferedIOBase):
    """
    The side of a stream that takes bytes.
    """

    def __init__(self, text: CapturedStream) -> None:
        self._text = text

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer
        return self._text.write_bytes(bytes(memoryview(data)))

    def flush(self) -> None:
        self._text.flush()

    def close(self) -> None:
        pass

    def fileno(self) -> int:
        return self._text.fileno()

    def writable(self) -> bool:
        return True


def _is_called_by_destination() -> bool:
    """
    Tell whether this thread is about to give a message to a destination.
    """
    if _emitting.now:
        return True
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if id(frame.f_globals) in _CALLERS:
            return True
        frame = frame.f_back
    return False
