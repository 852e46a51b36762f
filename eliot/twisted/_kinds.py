"""
The kinds of destinations that come with this package.
"""

from __future__ import annotations

import os
from typing import Final

from zope.interface import implementer

from eliot._console import wants_colour
from eliot._interfaces import Destination
from eliot._openable import reason_against
from eliot._rotating import RotatingFile
from eliot.twisted._descriptor import NAMES, Descriptor, reason_against_descriptor
from eliot.twisted._destination import TwistedDestination
from eliot.twisted._grammar import DescriptionError
from eliot.twisted._parser import IDestinationParser, Surroundings, converted
from eliot.twisted._units import choice, count, mode, period, size

# What stands for standard output, where a path is expected.
_STANDARD_OUTPUT: Final = "-"


@implementer(IDestinationParser)
class File:
    """
    A file, which may be rotated.
    """

    kind = "file"
    usage = (
        "file:PATH[:rotate=SIZE][:every=PERIOD][:keep=NUMBER][:total=SIZE][:compress=gzip]"
        "[:mode=PERMISSIONS]"
    )
    summary = "A file, rotated by size or by time.  file:- is standard output."
    threaded = True

    def parse(
        self,
        surroundings: Surroundings,
        path: str,
        /,
        *,
        rotate: str | None = None,
        every: str | None = None,
        keep: str | None = None,
        total: str | None = None,
        compress: str | None = None,
        mode: str | None = None,
    ) -> Destination:
        """
        Make a :class:`~eliot.RotatingFile`.

        :param surroundings: where it will be.
        :param path: where the file is.
        :param rotate: begin a new file rather than exceed this size.
        :param every: begin a new file that often.
        :param keep: how many old files stay.
        :param total: how large all of them together may be.
        :param compress: how old files are compressed.
        :param mode: the permissions of new files.
        :raises DescriptionError: if something is wrong with that.
        """
        if path == _STANDARD_OUTPUT:
            given = {"rotate": rotate, "every": every, "keep": keep, "total": total}
            given |= {"compress": compress, "mode": mode}
            for name, value in given.items():
                if value is not None:
                    raise DescriptionError(
                        f"standard output is no file that has {name}=", option=name
                    )
            return _standard(1, surroundings)
        if not path or "\0" in path:
            raise DescriptionError("there is no path; write file:PATH", argument=0)
        path = surroundings.path(path)
        # Where a relative path leads to may change until the file is opened.
        if surroundings.visible and os.path.isabs(path):
            reason = reason_against(path, rotated=(rotate or every) is not None)
            if reason is not None:
                raise DescriptionError(reason, argument=0)
        # Contradictions among these are its own to find.
        return RotatingFile(
            path,
            rotate=converted("rotate", size, rotate),
            every=converted("every", period, every),
            keep=converted("keep", count, keep),
            total=converted("total", size, total),
            compress=converted("compress", _gzip, compress) is not None,
            mode=converted("mode", _permissions, mode),
            owner=surroundings.owner,
            encoder=surroundings.encoder,
        )


def _gzip(text: str) -> str:
    return choice(text, "gzip")


_permissions = mode


@implementer(IDestinationParser)
class Standard:
    """
    Standard output, or standard error: the descriptor, whatever ``sys.stdout``
    has become.

    :param kind: what it is called.
    :param number: the descriptor.
    """

    threaded = True

    def __init__(self, kind: str, number: int) -> None:
        self.kind = kind
        self.usage = kind
        self.summary = f"{NAMES[number].capitalize()}, in the foreground."
        self._number = number

    def parse(self, surroundings: Surroundings, /) -> Destination:
        """
        Make a destination.

        :param surroundings: where it will be.
        :raises DescriptionError: if the process will be a daemon.
        """
        return _standard(self._number, surroundings)


@implementer(IDestinationParser)
class Inherited:
    """
    A file descriptor that the process was given open.
    """

    kind = "fd"
    usage = "fd:NUMBER"
    summary = "A file descriptor that whoever starts the process has opened for writing."
    threaded = True

    def parse(self, surroundings: Surroundings, number: str, /) -> Destination:
        """
        Make a destination.

        :param surroundings: where it will be.
        :param number: the descriptor.
        :raises DescriptionError: if there is none that is open for writing.
        """
        try:
            descriptor = count(number)
        except ValueError as error:
            raise DescriptionError(str(error), argument=0) from error
        if descriptor in NAMES:
            return _standard(descriptor, surroundings)
        return _descriptor(descriptor, surroundings, 0)


def _standard(number: int, surroundings: Surroundings) -> Destination:
    if surroundings.daemon:
        raise DescriptionError(
            f"{NAMES[number]} leads nowhere in a daemon; write to a file, or stay in the foreground"
        )
    return _descriptor(number, surroundings)


def _descriptor(
    number: int, surroundings: Surroundings, argument: int | None = None
) -> Destination:
    reason = reason_against_descriptor(number)
    if reason is not None:
        name = NAMES.get(number, f"file descriptor {number}")
        raise DescriptionError(f"{name} {reason}", argument=argument)
    encoder = surroundings.terminal_encoder if wants_colour(number) else surroundings.encoder
    return Descriptor(number, encoder)


@implementer(IDestinationParser)
class Twisted:
    """
    Twisted's own log.
    """

    kind = "twisted"
    usage = "twisted"
    summary = "Twisted's own log, to be written by those who observe it."
    threaded = False

    def parse(self, surroundings: Surroundings, /) -> Destination:
        """
        Make a :class:`TwistedDestination`.

        :param surroundings: where it will be.
        """
        return TwistedDestination()


@implementer(IDestinationParser)
class Null:
    """
    Nowhere.
    """

    kind = "null"
    usage = "null"
    summary = "Nowhere: messages are thrown away, instead of waiting for a destination."
    threaded = False

    def parse(self, surroundings: Surroundings, /) -> Destination:
        """
        Make a destination.

        :param surroundings: where it will be.
        """
        return _forget


def _forget(message: dict[str, object]) -> None:
    pass
