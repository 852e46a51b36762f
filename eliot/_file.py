"""
Writing messages to a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from zope.interface import implementer

from eliot._destinations import add_destinations
from eliot._encode import encoder_for
from eliot._interfaces import IEncodedDestination
from eliot._public import show_in
from eliot._represent import Default
from eliot._ways import OpenFile, name_of, way_into


@implementer(IEncodedDestination)
class FileDestination:
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
    :ivar file: the file that was given.
    :ivar encoder: turns a message into a line.
    """

    __slots__ = ("_way", "encoder", "file")

    def __init__(
        self,
        file: OpenFile[bytes] | OpenFile[str],
        encoder: type[json.JSONEncoder] | None = None,
        json_default: Default | None = None,
    ) -> None:
        self.file = file
        self.encoder = encoder_for(encoder, json_default)
        self._way = way_into(file)

    def __call__(self, message: dict[str, object]) -> None:
        """
        Write one message.

        :raises OSError: if it cannot be written.
        """
        self._way.write(self.encoder(message))

    @property
    def write(self) -> Callable[[bytes], None]:
        """
        A function that writes one or more whole lines, in one call to the
        operating system where that takes them all.  It takes them as UTF-8,
        each ended by a newline, and raises :class:`OSError` if they cannot be
        written, or not in full.
        """
        # Not a method: the fan-out fetches this once, then calls it directly.
        return self._way.write

    def __repr__(self) -> str:
        return f"<FileDestination {name_of(self.file)}>"


def to_file(
    output_file: OpenFile[bytes] | OpenFile[str],
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


show_in("eliot", FileDestination, to_file)
