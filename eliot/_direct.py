"""
Beside the usual way of a message: the logger at hand, several loggers at once,
and messages that somebody else has made.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import time

from zope.interface import implementer

from eliot import _logger
from eliot._context import current_action
from eliot._destinations import all_destinations
from eliot._fields import make_names_exact
from eliot._interfaces import ILogger, MessageSerializer
from eliot._public import show_in
from eliot._serialize import AS_IT_IS
from eliot._stamp import stamp
from eliot._text import safe_repr


def current_logger() -> ILogger:
    """
    Find the logger that everything is written to which is given no other.

    :returns: what writes to the destinations; in a test, what has been put in
        its place.
    """
    return _logger.default_logger


@implementer(ILogger)
class TeeLogger:
    """
    Writes each message to several loggers.  May be used in any thread, if they
    may.

    :param loggers: the first gets the dictionary itself, each other one a copy.
    """

    __slots__ = ("__weakref__", "_loggers")

    def __init__(self, *loggers: ILogger) -> None:
        self._loggers = loggers

    def write(
        self, dictionary: dict[str, object], serializer: MessageSerializer | None = None
    ) -> None:
        """
        Write a message to each logger.  Of one that raises, the destinations
        are told; the others get the message all the same.

        :param dictionary: the fields of the message.
        :param serializer: how to serialize the fields, for a typed message.
        :raises Exception: what the first has raised, if all have.
        """
        errors = []
        # Made before any is written, since a logger may change what it gets.
        dictionaries = [dictionary, *(dictionary.copy() for _ in self._loggers[1:])]
        for logger, each in zip(self._loggers, dictionaries, strict=False):
            try:
                logger.write(each, serializer)
            except Exception as raised:
                errors.append(raised)
        if errors and len(errors) == len(self._loggers):
            # Nobody has it: whoever logs sends it to the destinations.
            raise errors[0]
        for error in errors:
            _logger.tell_of(error)


def write_message(message: Mapping[str, object], logger: ILogger | None = None) -> None:
    """
    Write a message that is complete already, such as one that another process
    has logged: it keeps its place and its time.  Never raises; may be called in
    any thread.

    What has no place in a task (``task_uuid`` and ``task_level``) gets one in the
    current action, and the time; what has no ``timestamp`` gets that.  What is
    not a mapping at all is shown by a message of the type
    ``eliot:malformed_message``.

    :param message: the fields; they are copied, and names may be bytes in UTF-8.
    :param logger: what to write it to; the default logger for ``None``.
    """
    try:
        fields: dict[str, object] = dict(message)
        make_names_exact(fields)
    except Exception:
        # It may come from anywhere, and is to be seen rather than to be lost.
        fields = {"message": safe_repr(message), "message_type": "eliot:malformed_message"}
    if "task_uuid" not in fields or "task_level" not in fields:
        stamp(fields, current_action(), fields.get("message_type", ""))
    elif "timestamp" not in fields:
        fields["timestamp"] = time()
    try:
        (_logger.default_logger if logger is None else logger).write(fields)
    except Exception as error:
        _logger.rescue(fields, error)


def pass_on(message: dict[str, object]) -> None:
    """
    Write a message that another process has logged, as it is: unlike what
    :func:`write_message` writes, it does not even get the global fields of this
    process, which may be wrong for that one.  Never raises; may be called in any
    thread.

    :param message: the fields, which have a place in a task, and a time.
    """
    try:
        _logger.default_logger.write(message, AS_IT_IS)
    except Exception as error:
        all_destinations.write(message, AS_IT_IS)
        _logger.tell_of(error)


show_in("eliot", TeeLogger, current_logger, write_message)
