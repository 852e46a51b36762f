"""
Two bridges: from the standard library's ``logging`` to here, and back.

What has come over one of them does not go back over the other, and nothing
that is logged on the way crosses either.  A thread remembers that it is on a
bridge, not a context: tasks and callbacks that begin meanwhile log as usual.
Where a queue lies between, and another thread goes on, a record with a message
in it, and a message of the type of records, do not cross again.
"""

from __future__ import annotations

import logging
import threading
from logging import Handler, Logger, LogRecord
from math import isfinite
from typing import Final

from eliot._live import live_exception
from eliot._message import Message
from eliot._severity import number_of_level, tells_of_fault, type_of
from eliot._summary import summary
from eliot._text import safe_repr, safe_str, type_name
from eliot._tracebacks import ExcInfo, write_traceback

#: The type of messages that were records.
RECORD: Final = "eliot:stdlib"

# The attributes that every record has, or gets from formatters.
_USUAL: Final = frozenset(vars(LogRecord("", 0, "", 0, "", (), None))) | {
    "asctime",
    "eliot",
    "message",
    "taskName",
}


class _Crossing(threading.local):
    now = False


_crossing: Final = _Crossing()


class EliotHandler(Handler):
    """
    A handler that makes a message of each record, inside the current action.

    Add it to the loggers whose records you want::

        logging.getLogger().addHandler(EliotHandler())

    The message is of the type ``eliot:stdlib``, and has the fields
    ``log_level`` (the level's name), ``logger`` (the name of the logger) and ``message`` (the
    text), and ``stack_info`` where that was asked for.  Where the text cannot be put
    together, ``message`` is the template, ``args`` shows the arguments, and
    ``eliot:formatting_failure`` says what was raised.  An exception follows,
    as a message of the type ``eliot:traceback``.

    It takes no lock, so it neither waits for another thread nor makes one wait.
    What is logged by destinations while they get such a message is not taken
    in, and neither are records that
    :class:`StdlibDestination` has made: there are no loops.

    :param level: the lowest level of records that are taken in.
    :param include_extra: whether what callers give as ``extra`` becomes fields
        as well.
    """

    def __init__(self, level: int | str = logging.NOTSET, *, include_extra: bool = False) -> None:
        super().__init__(level)
        self._include_extra = include_extra

    def createLock(self) -> None:  # noqa: N802 (the standard library's name)
        """
        Make no lock.
        """
        self.lock = None

    def handle(self, record: LogRecord) -> bool:
        """
        Take in a record, if the filters let it pass.

        :returns: whether they did.
        """
        # Later Pythons give the record, or another one in its place.
        passed: object = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, LogRecord) else record)
        return bool(passed)

    def emit(self, record: LogRecord) -> None:
        """
        Make a message of a record.  Never raises.
        """
        if _crossing.now or _was_message(record):
            return
        _crossing.now = True
        try:
            self._write(record)
        except Exception:
            # A record that is none.
            self.handleError(record)
        finally:
            _crossing.now = False

    def _write(self, record: LogRecord) -> None:
        fields: dict[str, object] = {}
        if self._include_extra:
            fields = {name: vars(record)[name] for name in vars(record).keys() - _USUAL}
        fields["message_type"] = RECORD
        fields["log_level"] = record.levelname
        fields["logger"] = record.name
        try:
            fields["message"] = record.getMessage()
        except Exception as error:
            fields["message"] = safe_str(record.msg)
            fields["args"] = safe_repr(record.args)
            fields["eliot:formatting_failure"] = f"{type_name(error)}: {safe_str(error)}"
        if record.stack_info:
            fields["stack_info"] = record.stack_info
        if not record.exc_info and record.exc_text:
            # The exception has stayed in another process.
            fields["traceback"] = record.exc_text
        Message(fields).write()
        if record.exc_info:
            write_traceback(exc_info=record.exc_info)


class StdlibDestination:
    """
    A destination that makes a record of each message, for the standard
    library's handlers.

    The record's level is what the field ``log_level`` says, a number or a name
    that the standard library knows.  Without that it is ``ERROR`` for failed
    actions, tracebacks and the like, and ``INFO`` otherwise.  Its text is a
    summary in one line; the whole message is its attribute ``eliot``.  Where
    the message tells of an exception, and the logging call has not returned
    yet, the record has the exception itself, as trackers of errors want it.

    Messages that :class:`EliotHandler` has made are left out: there are no
    loops.  May be called in any thread.

    :param logger: the logger that gets the records, or its name.
    :param default_level: the level of ordinary messages that say none, or one
        that is not known.
    :raises ValueError: if there is no level of that name.
    """

    def __init__(
        self, logger: Logger | str = "eliot", default_level: int | str = logging.INFO
    ) -> None:
        self._logger = logging.getLogger(logger) if isinstance(logger, str) else logger
        level = number_of_level(default_level)
        if level is None:
            raise ValueError(f"The standard library knows no level {default_level!r}.")
        self._default_level = level

    def __call__(self, message: dict[str, object]) -> None:
        """
        Hand on a message.

        :raises Exception: what a handler of the standard library raises.
        """
        if _crossing.now or type_of(message) == RECORD:
            return
        level = number_of_level(message.get("log_level"))
        if level is None:
            level = logging.ERROR if tells_of_fault(message) else self._default_level
        if not self._logger.isEnabledFor(level):
            return
        _crossing.now = True
        try:
            self._logger.handle(self._record_of(message, level))
        finally:
            _crossing.now = False

    def __repr__(self) -> str:
        return f"<StdlibDestination {self._logger.name}>"

    def _record_of(self, message: dict[str, object], level: int) -> LogRecord:
        error = live_exception(message)
        exc_info: ExcInfo | None = None
        if error is not None:
            exc_info = (type(error), error, error.__traceback__)
        record = self._logger.makeRecord(
            self._logger.name,
            level,
            "(unknown file)",
            0,
            summary(message),
            (),
            exc_info,
            "(unknown function)",
            # Handlers may keep it.
            {"eliot": message.copy()},
        )
        text = message.get("traceback")
        if isinstance(text, str):
            # A Failure has it where the exception has lost its own.
            record.exc_text = text.removesuffix("\n")
        when = message.get("timestamp")
        if type(when) is float and isfinite(when):
            record.relativeCreated += (when - record.created) * 1000
            record.created = when
            record.msecs = when % 1 * 1000
        return record


def _was_message(record: LogRecord) -> bool:
    message: object = getattr(record, "eliot", None)
    return type(message) is dict and "task_uuid" in message
