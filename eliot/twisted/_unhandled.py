"""
Errors that nobody has handled, in Twisted's log: where in a task they belong.

Twisted says that a Deferred has failed, and that nobody looks at it any more, when
the interpreter forgets the Deferred.  It says so by two events: an announcement, and
the failure.  Here they become one message, in the innermost action that the exception
has crossed.

The announcement is held back until the other event comes.  An observer in between
may keep that one for itself, so what is held hangs on the helper object
of the Deferred, which dies as soon as both have been logged: if the other event has
not come by then, the announcement is taken in as any other event.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from twisted.internet import defer
from twisted.internet.defer import FirstError
from twisted.logger import LogEvent

from eliot._action import Action
from eliot._context import current_action, scope
from eliot._crossed import innermost
from eliot._guests import exception_of
from eliot._text import safe_str
from eliot.twisted._destination import Crossing
from eliot.twisted._last_words import calls
from eliot.twisted._patch import has_noted, noted_action

_NAMESPACE: Final = "twisted.internet.defer"
_ANNOUNCEMENT: Final = "Unhandled error in Deferred:"
_HELD: Final = "_eliot_held"

# Not public, but nothing else knows that the second event will follow.  Without it,
# announcements are held back until any other event comes.
_REPORTING: Final[object] = getattr(
    getattr(getattr(defer, "DebugInfo", None), "__del__", None), "__code__", None
)

# As many errors of gatherResults and the like are looked into, one inside the other.
_DEEPEST: Final = 20

_current_scope = scope.get


class _Here(threading.local):
    """
    What goes on in a thread.

    :ivar collecting: whether the interpreter is looking for what is not used any more.
    :ivar interrupted: whether it does so while an event is taken in.
    :ivar held: an announcement whose Deferred is not known, since it is replayed.
    :ivar alone: one that the other event does not follow.
    """

    collecting = False
    interrupted = False
    held: _Held | None = None
    alone: LogEvent | None = None


_here: Final = _Here()

#: Is an event of this thread being taken in?  What destinations log to Twisted meanwhile is
#: not taken in.
taking_in: Final = Crossing()


# The last arguments keep working while the interpreter ends.
def _collecting(
    phase: str, _: object, here: _Here = _here, taking_in: Crossing = taking_in
) -> None:
    if phase == "start":
        here.collecting = True
        # What is found did not come about by the message that is written just now.
        here.interrupted, taking_in.now = taking_in.now, False
    else:
        here.collecting = False
        taking_in.now = here.interrupted


def notice_collections() -> None:
    """
    Have it noticed when the interpreter collects what is not used any more.  Only programs
    that take in Twisted's log pay for that.  Again, this does nothing.
    """
    if _collecting not in gc.callbacks:
        gc.callbacks.append(_collecting)


class _Held:
    """
    An announcement, as long as the other event may follow.

    :param event: the announcement.
    :param take_in: called with it if the other event does not follow.
    """

    __slots__ = ("_event", "_take_in")

    def __init__(self, event: LogEvent, take_in: Callable[[LogEvent], object]) -> None:
        self._event: LogEvent | None = event
        self._take_in = take_in

    def followed(self) -> None:
        """
        The other event is there.
        """
        self._event = None

    def __del__(self) -> None:
        event = self._event
        if event is not None:
            _here.alone = event
            try:
                self._take_in(event)
            finally:
                _here.alone = None


def hold_back(event: LogEvent, take_in: Callable[[LogEvent], object]) -> bool:
    """
    Tell whether an event is left out, since the one that says it all will follow.
    To be called for every event, since this may be that one.

    :param event: a dictionary of its own.
    :param take_in: called with the event later on if nothing follows.
    """
    if _here.held is not None:
        held, _here.held = _here.held, None
        if is_unhandled(event):
            held.followed()
        del held
    if not _is_of_deferreds(event):
        return False
    if is_unhandled(event):
        waiting = _reporter().pop(_HELD, None)
        if type(waiting) is _Held:
            waiting.followed()
        return False
    if event is _here.alone or not _is_announcement(event):
        return False
    reporter = _reporter()
    if not reporter:
        _here.held = _Held(event, take_in)
    elif _HELD not in reporter:
        # Otherwise another observer has it.
        reporter[_HELD] = _Held(event, take_in)
    return True


def is_unhandled(event: LogEvent) -> bool:
    """
    Tell whether an event is the failure of a Deferred that nobody has handled.
    """
    return "debugInfo" in event and "log_failure" in event and _is_of_deferreds(event)


def text_of_unhandled(event: LogEvent) -> str:
    """
    Make the text of such an event, which has the one of its announcement, too.
    """
    text = _ANNOUNCEMENT.removesuffix(":")
    info = event["debugInfo"]
    # Where Deferreds are debugged, it is known who has made and fired it.
    return f"{text} (debug:\n{safe_str(info)})" if info else text


def place_of(event: LogEvent, failure: object) -> tuple[Action | None, bool]:
    """
    Find the action that an event belongs into.

    :param event: the event.
    :param failure: its failure, if it has one.
    :returns: the action, or ``None``; and whether somebody is to blame if the
        action has ended.
    """
    if failure is None:
        return current_action(), True
    unhandled = is_unhandled(event)
    if unhandled or _current_scope()[0] is None:
        crossed = _crossed_by(exception_of(failure))
        if crossed is not None:
            return crossed, False
        if unhandled:
            reporter = _reporter()
            if has_noted(reporter):
                return noted_action(reporter), False
            if _here.collecting:
                # Whatever is current has nothing to do with what is collected.
                return None, True
    return current_action(), True


def _crossed_by(error: BaseException) -> Action | None:
    with suppress(Exception):
        for _ in range(_DEEPEST):
            found = innermost(error)
            if found is not None or not issubclass(type(error), FirstError):
                return found
            # It stands for the one that it holds, and crosses nothing on its way.
            error = exception_of(cast("FirstError", error).subFailure)
    return None


def _is_of_deferreds(event: LogEvent) -> bool:
    namespace = event.get("log_namespace")
    return type(namespace) is str and namespace == _NAMESPACE


def _is_announcement(event: LogEvent) -> bool:
    text = event.get("log_format")
    return type(text) is str and text == _ANNOUNCEMENT and event.get("log_failure") is None


def _reporter() -> dict[str, object]:
    """
    Find the helper object of a Deferred that is logging just now: there is none
    where events are replayed.

    :returns: its attributes.
    """
    for frame in calls():
        if frame.f_code is _REPORTING:
            attributes: dict[str, object] = vars(frame.f_locals["self"])
            return attributes
    return {}
