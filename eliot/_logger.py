"""
Loggers: what messages are written to.
"""

from __future__ import annotations

from zope.interface import implementer

from eliot._context import current_action
from eliot._destinations import all_destinations
from eliot._errors import TRACEBACK, describe_with_traceback
from eliot._fields import make_names_exact
from eliot._interfaces import ILogger, MessageSerializer
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
default_logger: ILogger = all_destinations


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
