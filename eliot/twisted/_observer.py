"""
From Twisted's own log to here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from math import isfinite
from typing import Final, cast

from twisted.logger import (
    ILogObserver,
    LogEvent,
    LogLevel,
    formatEvent,
    globalLogBeginner,
    globalLogPublisher,
)
from zope.interface import implementer

from eliot._action import Action
from eliot._context import current_action
from eliot._direct import write_message
from eliot._errors import describe_with_traceback
from eliot._guests import exception_of, traceback_of
from eliot._live import telling
from eliot._stamp import stamp
from eliot._text import decode, safe_repr, safe_str, type_name
from eliot._tracebacks import write_traceback
from eliot.twisted._destination import crossing, was_message
from eliot.twisted._extra import extra_fields
from eliot.twisted._last_words import is_last
from eliot.twisted._selection import Selection, choose
from eliot.twisted._unhandled import (
    hold_back,
    is_unhandled,
    notice_collections,
    place_of,
    taking_in,
    text_of_unhandled,
)

#: The type of messages that were events.
EVENT: Final = "twisted:log"

# By identity, since an event may have anything in the place of its level.
_LEVELS: Final = {id(level): level.name for level in LogLevel.iterconstants()}

# As many as Twisted keeps, and replays to all its observers when somebody begins to log.
_EARLY_EVENTS: Final = 200


@implementer(ILogObserver)
class TwistedLogObserver:
    """
    Makes a message of each event of Twisted's log, inside the current action.

    The message is of the type ``twisted:log``, and has the time of the event,
    which may have happened long before it comes here.  Its fields are ``text``,
    ``log_level`` (the level's name), ``log_namespace``, and ``log_system`` where that
    says more than the namespace.  Where the event has a failure, there are
    ``exception``, ``reason`` and ``traceback`` too, as in other messages about exceptions.
    The two events of an unhandled error in a Deferred are one message.
    An event with a failure that comes outside of all actions, or tells of an
    unhandled error, is placed in the innermost action that the exception has crossed.
    Where the text cannot be put together, ``text`` is the template, ``values`` shows
    the event's values, and ``eliot:formatting_failure`` says what was raised.

    What :class:`~eliot.twisted.TwistedDestination` has handed to Twisted's log
    is not taken in again, and neither is what destinations log there while
    they get such a message; and such a message is not handed back: there are
    no loops.  Never raises; may be called in any thread.

    It is to be given all events, of which all become messages, unless :meth:`select` has
    said which.
    """

    def __init__(self) -> None:
        # Replaced whole, since events come in all threads.
        self._selections: tuple[Selection, ...] = ()
        # By identity.
        self._early: dict[int, LogEvent] = {}
        self._after_last_words: list[Callable[[], object]] = []

    def __call__(self, event: LogEvent) -> None:
        """
        Take in an event.
        """
        if not self._was_here(event):
            _take_in(event, self._selections)
        if self._after_last_words and is_last(event):
            functions, self._after_last_words = self._after_last_words, []
            for function in functions:
                try:
                    function()
                except Exception:
                    write_traceback()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def select(self, selection: Selection) -> None:
        """
        Have only those events become messages that this selection, or another one
        which is in force, wants.
        """
        self._selections = (*self._selections, selection)

    def deselect(self, selection: Selection) -> bool:
        """
        Take a selection back.

        :returns: whether another one is in force.
        """
        self._selections = tuple(each for each in self._selections if each is not selection)
        return bool(self._selections)

    def call_after_last_words(self, function: Callable[[], object]) -> None:
        """
        Have a function called, once, when the last event that Twisted logs in
        the life of the process has been written: that the main loop has ended,
        or, where ``twistd`` follows, that the server has been shut down.  This
        is the last chance to do anything, since ``twistd`` and ``twist`` may kill
        their process then, by the signal that has ended the reactor.

        It is not called where no last word comes: when this observer is not
        given Twisted's events, when the process dies, and, other than under
        ``twistd``, where the reactor leaves its loop to somebody else, as the
        one for asyncio does, and says nothing in the end.

        :param function: called in the reactor's thread; what it raises is logged.
        """
        self._after_last_words.append(function)

    def _was_here(self, event: LogEvent) -> bool:
        """
        Tell whether an event has come when it was logged, and is now replayed.
        """
        # Not public, but nothing else tells.  Without it, early events come twice.
        if getattr(globalLogBeginner, "_temporaryObserver", None) is None:
            if self._early:
                self._early = {}
            return False
        early = self._early
        if id(event) in early:
            return True
        early[id(event)] = event
        if len(early) > _EARLY_EVENTS:
            # Another thread may be at it, too.
            with suppress(Exception):
                del early[next(iter(early))]
        return False


_observer: Final = TwistedLogObserver()


def log_observer() -> TwistedLogObserver:
    """
    Get the observer that makes messages of the events of Twisted's log: always
    the same one, so that wherever it is added, each event becomes one message.

    It is good for ``twistd --logger=eliot.twisted.log_observer``, as the component
    ``ILogObserver`` of an Application, and for
    ``globalLogPublisher.addObserver``.
    """
    notice_collections()
    return _observer


def is_attached() -> bool:
    """
    Tell whether Twisted's events come here, whoever has seen to that.
    """
    # Not public, but nothing else tells.  Without it, who attaches it twice may
    # remove it too early.
    return _observer in getattr(globalLogPublisher, "_observers", ())


def _take_in(event: LogEvent, selections: tuple[Selection, ...]) -> None:
    if taking_in.now:
        return
    before = crossing.now
    try:
        if type(event) is not dict:
            # Others may lie.
            event = dict(dict.items(event))
        if was_message(event):
            return
        if hold_back(event, lambda held: _take_in(held, selections)):
            return
        choice = choose(selections, event)
        if choice is None:
            return
        crossing.now = taking_in.now = True
        failure = _failure_in(event)
        place = place_of(event, failure)
        fields = _fields_of(event, failure)
        if choice.failure is not None:
            fields["eliot:selection_failure"] = choice.failure
        # What an unhandled error has beside its failure is in its text.
        if choice.extra_fields and not is_unhandled(event):
            fields |= extra_fields(event, fields)
        _write(fields, failure, event.get("log_time"), *place)
    except Exception as error:
        # An event that is none.
        crossing.now = taking_in.now = True
        fields = {"text": safe_repr(event), **_formatting_failure(error)}
        _write(fields, None, None, current_action())
    finally:
        crossing.now = before
        taking_in.now = False


def _write(
    fields: dict[str, object],
    failure: object,
    when: object,
    action: Action | None,
    blame: bool = True,
) -> None:
    stamp(fields, action, EVENT, blame)
    if type(when) is float and isfinite(when):
        fields["timestamp"] = when
    telling(failure, write_message, fields)


def _failure_in(event: LogEvent) -> object:
    """
    Find the failure of an event, also of one of :mod:`twisted.python.log`.
    """
    failure: object = event.get("log_failure")
    if failure is None and _is_error(event):
        failure = event.get("failure")
    return failure


def _is_error(event: LogEvent) -> bool:
    said: object = event.get("isError")
    return type(said) in {bool, int} and bool(said)


def _fields_of(event: LogEvent, failure: object) -> dict[str, object]:
    fields = _text_fields(event, failure)
    level = event.get("log_level")
    if level is not None:
        fields["log_level"] = _LEVELS.get(id(level)) or _text(level)
    namespace = event.get("log_namespace")
    if namespace is not None:
        namespace = fields["log_namespace"] = _text(namespace)
    system = event.get("log_system")
    if system is not None and (system := _text(system)) not in {"-", namespace}:
        fields["log_system"] = system
    if failure is not None:
        told = describe_with_traceback(exception_of(failure), traceback_of(failure))
        # An extractor may give anything, but this is what the event says.
        fields = {**fields, **told, **fields}
    return fields


def _text_fields(event: LogEvent, failure: object) -> dict[str, object]:
    try:
        return {"text": _format(event, failure)}
    except Exception as error:
        template = event.get("log_format")
        values = [(key, value) for key, value in event.items() if not _is_twisteds(key)]
        return {
            "text": _text(template),
            "values": {safe_str(key): safe_repr(value) for key, value in values},
            **_formatting_failure(error),
        }


def _is_empty(value: object) -> bool:
    return type(value) is tuple and not value


def _format(event: LogEvent, failure: object) -> str:
    if is_unhandled(event):
        return text_of_unhandled(event)
    if failure is not None and "log_failure" not in event and _is_empty(event.get("message")):
        # Twisted has put the traceback into the text.
        why = event.get("why")
        return "Unhandled Error" if why is None else _text(why)
    shown = _Shown(event)
    text = formatEvent(shown)
    if shown.failure is not None:
        raise shown.failure
    return text


class _Shown(dict[str, object]):
    """
    An event that notices when it cannot be formatted: Twisted does not raise
    then, but shows all of the event.

    :ivar failure: what was raised.
    """

    failure: BaseException | None = None

    def __repr__(self) -> str:
        self.failure = sys.exception()
        return "<event>"


def _formatting_failure(error: Exception) -> dict[str, object]:
    return {"eliot:formatting_failure": f"{type_name(error)}: {safe_str(error)}"}


def _is_twisteds(key: object) -> bool:
    return type(key) is str and key.startswith("log_")


def _text(value: object) -> str:
    kind = type(value)
    if kind is str:
        return cast("str", value)
    return decode(cast("bytes", value)) if kind is bytes else safe_str(value)
