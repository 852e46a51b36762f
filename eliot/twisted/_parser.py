"""
What a kind of destination provides, and what it is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from twisted.application.service import IService
from twisted.plugin import IPlugin
from zope.interface import Attribute

from eliot._encode import Encoder, encode
from eliot._interfaces import Destination
from eliot.twisted._grammar import DescriptionError
from eliot.twisted._reactor import Reactor

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Surroundings:
    """
    What is known about the process that a destination will be in, when it is
    described.

    :ivar reactor: the reactor of the program.
    :ivar directory: the working directory that the process will have, if that is known.
    :ivar daemon: whether it will go into the background; ``None`` if that is not known.
    :ivar owner: the user and the group that it will change to, if it is
        privileged now and will give that up.
    :ivar visible: whether what can be seen of the file system now is what the
        process will see, with the same rights: it is not where the user or the root
        directory will change.
    :ivar encoder: turns a message into a line, as the description asks for.
    :ivar terminal_encoder: the same, where the line goes to a terminal that may have colours.
    """

    reactor: Reactor
    directory: str | None = None
    daemon: bool | None = None
    owner: tuple[int, int] | None = None
    visible: bool = True
    encoder: Encoder = encode
    terminal_encoder: Encoder = encode

    def path(self, path: str) -> str:
        """
        Make a path absolute, if the working directory is known.
        """
        return path if self.directory is None else os.path.join(self.directory, path)


#: Makes a destination, or a service that adds and removes one.
Parse: TypeAlias = "Callable[..., Destination | IService]"


class IDestinationParser(IPlugin):
    """
    A kind of destination: understands descriptions that begin with its name.

    A plug-in of the package ``eliot.plugins``, as Twisted understands plug-ins:
    an object at the top of a module there.
    """

    kind: str = Attribute("What descriptions begin with: small letters, digits, hyphens.")

    usage: str = Attribute("How descriptions of this kind look, for people.")

    summary: str = Attribute("What this kind does, in one line, for people.")

    threaded: bool = Attribute(
        """
        Whether writing may block.  What :attr:`parse` makes is put behind a
        queue and a thread then, and the options of the queue may be given.
        """
    )

    parse: Parse = Attribute(
        """
        Make a destination, or a service that adds one when it starts and
        removes it when it stops: ``parse(surroundings, *arguments, **options)``.

        It opens nothing, starts nothing, and logs nothing.  Arguments and
        options are text.  Which there may be is what its signature says:
        positional parameters after the first are arguments, those that can be
        given by name only are options.  The common options
        never get here.

        It is given :class:`Surroundings` first, and raises
        :class:`DescriptionError`, or any other exception, if something is wrong
        with what follows.
        """
    )


def converted(name: str, convert: Callable[[str], _Value], text: str | None) -> _Value | None:
    """
    Convert the value of an option.

    :param name: the option.
    :param convert: raises :class:`ValueError` if that cannot be.
    :param text: what was given, if anything.
    :raises DescriptionError: that names the option.
    """
    if text is None:
        return None
    try:
        return convert(text)
    except ValueError as error:
        raise DescriptionError(str(error), option=name) from error
