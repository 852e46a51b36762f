"""
What others provide to, and get from, the framework.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from zope.interface import Attribute, Interface

from eliot._encode import Encoder

#: Where messages go: called with each message, as a dictionary, in the thread
#: that logs.  It copies what it keeps, changes nothing, and may raise: that is
#: reported through the other destinations.
Destination: TypeAlias = Callable[[dict[str, object]], object]


class MessageSerializer(Protocol):
    """
    Turns the values of a typed message into ones that can be encoded.
    """

    def serialize(self, message: dict[str, object]) -> None:
        """
        Serialize the fields of ``message``, in place: each that can be, even
        if another cannot, which is replaced by a text that shows it.

        :raises Exception: what the first field that cannot be serialized raises.
        """


class ILogger(Interface):
    """
    Takes messages that are complete but for their serialization.
    """

    def write(dictionary: dict[str, object], serializer: MessageSerializer | None = None) -> None:
        """
        Write a message.

        :param dictionary: the fields of the message; the logger may keep it
            and change it.
        :param serializer: how to serialize the fields, for a typed message.
        """


class IEncodedDestination(Interface):
    """
    A destination that takes encoded messages.

    Destinations with the same encoder share its work: each message is encoded
    once, before the logging call returns.
    """

    encoder: Encoder = Attribute("Turns a message into one line of JSON; never raises.")

    def write(lines: bytes) -> None:
        """
        Write one or more whole lines, each ended by a newline.

        May be called in any thread, and by several at once.

        :raises Exception: if they could not be written; reported through the
            other destinations.
        """

    def __call__(message: dict[str, object]) -> None:
        """
        Encode a message, and write it.
        """


class NotWritten(OSError):
    """
    Lines could not be written now, but it may go on later: the disk is full,
    or nobody reads the other end of a pipe.

    Destinations raise this from ``write``.  Who has time tries again, with
    :attr:`unwritten` instead of what was given; it may begin within a line, and
    more lines may follow it.  It is empty where all was taken, but is still held
    in a buffer of the file: writing nothing tries again then, too.

    :param reason: why they could not be written.
    :param unwritten: the rest, which was not written.
    :ivar unwritten: the same.
    """

    def __init__(self, reason: OSError, unwritten: bytes) -> None:
        if reason.strerror:
            super().__init__(reason.errno, reason.strerror, reason.filename)
        else:
            super().__init__(str(reason))
            self.errno = reason.errno
        self.unwritten = unwritten
