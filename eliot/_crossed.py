"""
What is remembered on an exception itself: the innermost action that it has
crossed on its way out, and who has been handed it already.

An exception is often noticed far from where it was raised, when no action is
current any more, or the wrong one.  Few exceptions can be weakly referenced, so
what is known about one hangs on it, and dies with it.  It is a text that names
the action's place, for those who look at the attributes of their exceptions,
send them elsewhere, or make JSON of them; the action itself does not go along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eliot._guests import exception_of

if TYPE_CHECKING:
    from eliot._action import Action

_NAME: Final = "_eliot_crossed"

# What an exception's own class cannot redefine.
_attributes_of = BaseException.__dict__["__dict__"].__get__


class _Mark(str):
    """
    The text of a place, and what is there.

    :ivar action: the action, if any was crossed.
    :ivar seen: who has been handed the exception.
    """

    __slots__ = ("action", "seen")

    action: Action | None
    seen: dict[object, object]

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        # Where it is copied, or sent to, nothing but the text has a meaning.
        return str, (str.__str__(self),)


def remember(reason: object, action: Action) -> None:
    """
    Note that an exception has crossed an action.  Where it has crossed one
    inside that already, this changes nothing.  Never raises; may be called in
    any thread.

    :param reason: the exception, however badly it behaves, or a Twisted Failure.
    :param action: what it has left.
    """
    try:
        attributes = _attributes_of(exception_of(reason))
        mark = dict.get(attributes, _NAME)
        seen = {}
        if type(mark) is _Mark:
            seen = mark.seen
            before = mark.action
            if before is not None and is_within(before, action):
                return
        place = "/".join(map(str, action._prefix))
        dict.__setitem__(attributes, _NAME, _mark(f"{action.task_uuid}@/{place}", action, seen))
    except Exception:
        # One that cannot be written on is known as those that crossed nothing.
        return


def innermost(error: BaseException) -> Action | None:
    """
    Find the innermost action that an exception has crossed, the last time that
    it was raised.  Never raises.

    :param error: the exception, however badly it behaves.
    :returns: an action that may have ended; ``None`` if there was none.
    """
    try:
        mark = dict.get(_attributes_of(error), _NAME)
    except Exception:
        # Its attributes cannot be had, so nothing was noted there either.
        return None
    return mark.action if type(mark) is _Mark else None


def is_first_time(error: BaseException, who: object) -> bool:
    """
    Tell, to each who asks, ``True`` once for an exception.  Never raises; may be
    called in any thread.

    :param error: the exception; if it cannot be written on, it is always the
        first time.
    :param who: who asks; lives as long as the exception.
    """
    mine = object()
    try:
        attributes = _attributes_of(error)
        mark = dict.get(attributes, _NAME)
        if type(mark) is not _Mark:
            # A text stands there in what came from another process.
            if mark is not None:
                dict.pop(attributes, _NAME, None)
            mark = dict.setdefault(attributes, _NAME, _mark("", None, {}))
        return mark.seen.setdefault(who, mine) is mine
    except Exception:
        # Nothing can be noted there; to be told twice is better than not at all.
        return True


def _mark(text: str, action: Action | None, seen: dict[object, object]) -> _Mark:
    mark = _Mark(text)
    mark.action = action
    mark.seen = seen
    return mark


def is_within(inner: Action, outer: Action) -> bool:
    """
    Tell whether an action is another one, or is inside that.
    """
    prefix = outer._prefix
    return inner.task_uuid == outer.task_uuid and inner._prefix[: len(prefix)] == prefix
