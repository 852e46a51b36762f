"""
Loggers: what messages are written to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zope.interface import implementer

from eliot._context import current_action
from eliot._destinations import all_destinations
from eliot._errors import TRACEBACK, describe_with_traceback
from eliot._fields import make_names_exact
from eliot._interfaces import ILogger, MessageSerializer
from eliot._plain import SCALARS
from eliot._public import show_in
from eliot._stamp import stamp


@implementer(ILogger)
class Logger:
    """
    Writes messages to the destinations of the process.

    There is seldom a reason for one of one's own: everything that logs uses
    the default logger unless it is given another.  May be used in any thread.
    """

    __slots__ = ("__weakref__",)

    def write(
        self, dictionary: dict[str, object], serializer: MessageSerializer | None = None
    ) -> None:
        """
        Write a message.  Never raises.

        :param dictionary: the fields of the message; they get the global
            fields.
        :param serializer: how to serialize the fields, for a typed message.
            Where that fails, what could be serialized is written, and two
            messages after it tell of the failure.
        """
        all_destinations.write(dictionary, serializer)


# As what others see, so that it can be told from what they provide.
_OURS: Final[ILogger] = all_destinations


def short_way(
    logger: ILogger, kind: object, fields: dict[str, object]
) -> Callable[[dict[str, object]], None] | None:
    """
    Look whether a message can be written in less time than by its logger: if
    that is the destinations of the process, and what the user gave are scalars.

    :param logger: the logger.
    :param kind: the type of the message or the action.
    :param fields: what the user gave, and nothing else.
    :returns: what to call with the complete message, and never raises; or ``None``.
    """
    write = all_destinations.write_plain if logger is _OURS else None
    if write is None or type(kind) is not str:
        return None
    try:
        # Every message comes this way; a loop takes less time here than any call.
        for value in fields.values():
            if type(value) not in SCALARS:
                return None
    except Exception:
        # A class that cannot even be looked up.
        return None
    return write


def rescue(message: dict[str, object], error: Exception) -> None:
    """
    Send a message whose logger has raised to the destinations after all, and
    tell of it.

    :param message: what the logger was given.
    :param error: what it raised.
    """
    make_names_exact(message)
    all_destinations.write(message)
    tell_of(error)


def tell_of(error: Exception) -> None:
    """
    Send a message about a logger that has raised to the destinations.

    :param error: what it raised.
    """
    report = describe_with_traceback(error)
    stamp(report, current_action(), TRACEBACK)
    all_destinations.write(report)


#: The logger of everything that was given no other.
default_logger: ILogger = _OURS


def swap_logger(logger: ILogger | None) -> ILogger:
    """
    Make ``logger`` the one of everything that is given no other from now on;
    an action that has been made keeps the one it has.

    :param logger: the new default logger; ``None`` changes nothing.
    :returns: the one that was the default until now.
    """
    global default_logger  # noqa: PLW0603 (a setting of the process, read for every message)
    previous = default_logger
    if logger is not None:
        default_logger = logger
    return previous


show_in("eliot", Logger)
