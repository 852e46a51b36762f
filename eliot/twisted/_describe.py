"""
Destinations from their descriptions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from twisted.application.service import IService

from eliot._interfaces import Destination, IEncodedDestination
from eliot.twisted._attachment import Attachment
from eliot.twisted._collect import Kind, collect_kinds
from eliot.twisted._descriptor import Descriptor
from eliot.twisted._grammar import Description, DescriptionError, take_apart
from eliot.twisted._parser import Surroundings
from eliot.twisted._reactor import Reactor
from eliot.twisted._stages import COMMON, Stages, stages_from
from eliot.twisted._units import listed
from eliot.twisted._writer import ThreadedWriter


@dataclass(frozen=True)
class Described:
    """
    A destination that was made from a description.

    :ivar description: the description.
    :ivar kind: its kind.
    :ivar place: what only one destination may write to, in words, if this one
        writes to such.
    :ivar service: adds the destination, and removes it.
    """

    description: Description
    kind: str
    place: str | None
    service: IService


def destination_from_string(
    reactor: Reactor,
    description: str,
    *,
    directory: str | None = None,
    daemon: bool | None = None,
    owner: tuple[int, int] | None = None,
) -> IService:
    """
    Make a destination from a description, as a service: for a
    :class:`LoggingService`, or for any other parent.

    ::

        file:/var/log/app.json:rotate=100MB:keep=10
        stdout:format=console

    The parts are separated by colons; a backslash takes the meaning from the
    colon, equals sign or backslash after it.  Kinds come from plug-ins, see
    :class:`IDestinationParser`.  Nothing is opened yet.

    :param reactor: the reactor of the program.
    :param description: what it is.
    :param directory: the directory that relative paths are in; unless it is given,
        the working directory when the destination starts.
    :param daemon: whether the process will go into the background.
    :param owner: the user and the group that new files are given to.
    :raises DescriptionError: if the description is wrong, or asks for what cannot be.
    :returns: a :class:`ThreadedWriter` where writing may block.
    """
    return describe(Surroundings(reactor, directory, daemon, owner), description).service


def describe(
    surroundings: Surroundings, text: str, kinds: Mapping[str, Kind] | None = None
) -> Described:
    """
    Make a destination from a description.

    :param surroundings: where it will be.
    :param text: the description.
    :param kinds: those that there are, by their names; found if they are not given.
    :raises DescriptionError: if that cannot be.
    """
    description = take_apart(text)
    try:
        return _describe(surroundings, description, collect_kinds() if kinds is None else kinds)
    except DescriptionError as error:
        raise description.error(error) from error.__cause__


def _describe(
    surroundings: Surroundings, description: Description, kinds: Mapping[str, Kind]
) -> Described:
    kind = _kind_of(description, kinds)
    _check_names(description, kind)
    options = {name: part.text for name, part in description.options.items()}
    stages = stages_from(options)
    if stages.queue_option is not None and not kind.threaded:
        raise DescriptionError(f"the kind {kind.name!r} has no queue", option=stages.queue_option)
    surroundings = replace(
        surroundings, encoder=stages.encoder, terminal_encoder=stages.terminal_encoder
    )
    try:
        made = kind.parse(
            surroundings,
            *[part.text for part in description.arguments],
            **{name: value for name, value in options.items() if name not in COMMON},
        )
    except DescriptionError:
        raise
    except ValueError as error:
        # Options that do not go together, for instance; "rotate=: ..." says at which one.
        reason = str(error).rstrip(".") or type(error).__name__
        raise DescriptionError(reason, option=reason.partition("=")[0]) from error
    except Exception as error:
        raise DescriptionError(f"{type(error).__name__}: {error}".rstrip(".")) from error
    service = _service_of(made, kind, stages, surroundings)
    return Described(description, kind.name, _place_of(made), service)


def _kind_of(description: Description, kinds: Mapping[str, Kind]) -> Kind:
    name = description.kind.text
    try:
        return kinds[name]
    except KeyError:
        there_are = f"the kinds are {listed(_close_first(name, kinds))}"
        part = description.kind
        raise DescriptionError(f"there is no kind {name!r}; {there_are}").at(
            description.text, part.source, part.position
        ) from None


def _check_names(description: Description, kind: Kind) -> None:
    """
    See that the kind has all arguments and options which are given, and the
    other way round.

    :raises DescriptionError: if it has not.
    """
    given = len(description.arguments)
    missing = kind.arguments[given:]
    if missing:
        raise DescriptionError(f"{missing[0].upper()} is missing; write {kind.usage}")
    if kind.most_arguments is not None and given > kind.most_arguments:
        surplus = description.arguments[kind.most_arguments]
        raise DescriptionError(
            f"{surplus.text!r} is one argument too many; write {kind.usage}"
            r" (a colon that belongs to an argument is written \:)",
            argument=kind.most_arguments,
        )
    for name in description.options:
        if name not in kind.options and name not in COMMON and not kind.any_option:
            own = listed(_close_first(name, kind.options))
            has = f"it has {own}, and" if own else "it has none of its own;"
            raise DescriptionError(
                f"the kind {kind.name!r} has no option {name!r}; {has}"
                f" all kinds have {listed(_close_first(name, COMMON))}"
                " (an equals sign that belongs to an argument is written \\=)",
                option=name,
            )


def _close_first(name: str, names: Iterable[str]) -> list[str]:
    """
    List names, those first that may have been meant.
    """
    names = list(names)
    close = get_close_matches(name, names)
    return close + [each for each in names if each not in close]


def _service_of(
    made: Destination | IService, kind: Kind, stages: Stages, surroundings: Surroundings
) -> IService:
    if IService.providedBy(made):
        if stages.queue_option is not None:
            raise DescriptionError(
                f"the kind {kind.name!r} has no queue", option=stages.queue_option
            )
        service: IService = made
        return service
    if not callable(made):
        raise DescriptionError(
            f"the kind {kind.name!r} has made {made!r}, which is neither a destination nor a"
            " service"
        )
    if stages.encoding_asked_for:
        encoder = made.encoder if IEncodedDestination.providedBy(made) else None
        if encoder not in {stages.encoder, stages.terminal_encoder}:
            raise DescriptionError(
                f"the kind {kind.name!r} has no other format than its own", option="format"
            )
    if not kind.threaded:
        return Attachment(made)
    return ThreadedWriter(
        made,
        surroundings.reactor,
        queue_bytes=stages.queue_bytes,
        overflow=stages.overflow,
        stop_timeout=stages.timeout,
    )


def _place_of(made: object) -> str | None:
    if isinstance(made, Descriptor):
        return str(made)
    # Not asked by its class, which needs what only some systems have.
    path = getattr(made, "path", None)
    return f"the file {os.path.realpath(path)}" if isinstance(path, str) else None


def check_places(described: Iterable[Described]) -> None:
    """
    See that no two destinations write to the same file.

    :raises DescriptionError: if two do.
    """
    places: dict[str, str] = {}
    for each in described:
        if each.place is None:
            continue
        text = each.description.text
        if each.place in places:
            raise DescriptionError(
                f"{each.place} is written to already, by {places[each.place]!r}"
            ).at(text, text, 0)
        places[each.place] = text
