"""
Finding the kinds of destinations that there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import cast

from twisted.logger import Logger
from twisted.plugin import getPlugins
from zope.interface import Interface
from zope.interface.exceptions import Invalid
from zope.interface.verify import verifyObject

from eliot import plugins
from eliot.twisted._parser import IDestinationParser, Parse
from eliot.twisted._stages import TAKEN

_log = Logger("eliot")

_KIND = re.compile("[a-z][a-z0-9-]*")

#: Finds plug-ins: as :func:`twisted.plugin.getPlugins` does, which reports and
#: skips modules that cannot be loaded.
Find = Callable[[], "list[object]"]


@dataclass(frozen=True)
class Kind:
    """
    A kind of destination.

    :ivar name: what descriptions begin with.
    :ivar usage: how they look.
    :ivar summary: what it does.
    :ivar threaded: whether it is put behind a queue and a thread.
    :ivar parse: makes a destination.
    :ivar arguments: the names of the arguments that must be there.
    :ivar most_arguments: how many there may be; ``None`` for any number.
    :ivar options: the names of its own options.
    :ivar any_option: whether it takes options of any name.
    """

    name: str
    usage: str
    summary: str
    threaded: bool
    parse: Parse
    arguments: tuple[str, ...]
    most_arguments: int | None
    options: tuple[str, ...]
    any_option: bool


def find_plugins() -> list[object]:
    """
    Find all plug-ins of the package ``eliot.plugins``.
    """
    return list(getPlugins(cast("type[Interface]", IDestinationParser), plugins))


def collect_kinds(find: Find = find_plugins) -> Mapping[str, Kind]:
    """
    Find all kinds.  Plug-ins that are not what they should be are reported in
    Twisted's log, and skipped.

    :param find: finds the plug-ins.
    :returns: them, by their names, in alphabetical order.
    """
    found: dict[str, Kind] = {}
    # Ours first, so that nobody else's is taken for one of them.
    for plugin in sorted(find(), key=lambda each: not _is_ours(each)):
        try:
            kind = _kind_of(plugin)
            if kind.name in found:
                raise ValueError(f"there is another of the kind {kind.name!r}")
        except Exception as error:
            _log.error(
                "The destination plug-in {plugin} of {module} is skipped: {reason}",
                plugin=plugin,
                module=type(plugin).__module__,
                reason=" ".join(str(error).split()) or repr(error),
            )
        else:
            found[kind.name] = kind
    return dict(sorted(found.items()))


def _is_ours(plugin: object) -> bool:
    return type(plugin).__module__ == "eliot.twisted._kinds"


def _kind_of(plugin: object) -> Kind:
    """
    Look at a plug-in.

    :raises Exception: if it is not what it should be.
    """
    try:
        verifyObject(IDestinationParser, plugin)
    except Invalid as error:
        raise ValueError(str(error)) from error
    parser = cast("IDestinationParser", plugin)
    name, usage, summary = parser.kind, parser.usage, parser.summary
    if type(name) is not str or not _KIND.fullmatch(name):
        raise ValueError(f"its kind is {name!r}; that takes small letters, digits, hyphens")
    if type(usage) is not str or type(summary) is not str:
        raise TypeError("its usage and its summary must be text")
    # The first takes the surroundings.
    parameters = list(signature(parser.parse).parameters.values())
    by_place = [
        each
        for each in parameters
        if each.kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD}
    ]
    kinds = {each.kind for each in parameters}
    any_argument = Parameter.VAR_POSITIONAL in kinds
    if not by_place and not any_argument:
        raise TypeError("its parse() takes no surroundings")
    options = tuple(each.name for each in parameters if each.kind is Parameter.KEYWORD_ONLY)
    taken = sorted(TAKEN.intersection(options))
    if taken:
        raise ValueError(f"it has options whose names all kinds share: {', '.join(taken)}")
    return Kind(
        name=name,
        usage=usage,
        summary=summary,
        threaded=bool(parser.threaded),
        parse=parser.parse,
        arguments=tuple(each.name for each in by_place[1:] if each.default is Parameter.empty),
        most_arguments=None if any_argument else len(by_place) - 1,
        options=options,
        any_option=Parameter.VAR_KEYWORD in kinds,
    )
