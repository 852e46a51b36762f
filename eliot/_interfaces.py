"""
What others provide to, and get from, the framework.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from zope.interface import Attribute, Interface

from eliot._encode import Encoder
from eliot._public import show_in

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


class IOpenedDestination(IEncodedDestination):
    """
    An encoded destination that holds something open while it is in use, such as
    a file.  A service opens it, and closes it in the end.

    The methods below are never called by two threads at once, nor during a
    :meth:`write` of the same service.
    """

    def open() -> None:
        """
        Open it.  Where the process will give up privileges, this happens
        before.  Does nothing if it is open.

        :raises OSError: if that fails; the message begins with what it is
            about, and says why.
        """

    def settle() -> None:
        """
        Look, once it is open and the process has the rights with which it
        goes on, whether all that was asked for can be done, and log it where
        something cannot.  Never raises.
        """

    def reopen() -> None:
        """
        Open anew what others may have moved away, as ``logrotate`` does.

        :raises OSError: if that fails; what was open stays so then.
        """

    def close() -> None:
        """
        Close it; it may be opened again.  Does nothing if it is closed.
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


show_in("eliot", NotWritten)
