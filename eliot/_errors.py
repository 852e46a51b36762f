"""
Describing exceptions: their class, their text, and what extractors find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Final, TypeVar, cast

from eliot import _watch
from eliot._fields import RESERVED, STACK_FIELD, make_names_exact
from eliot._guests import FarException, class_name, exception_of
from eliot._public import show_in
from eliot._text import bases_of_class, safe_str, scrub, shorten_middle, type_name

_E = TypeVar("_E", bound=BaseException)

#: The type of messages that show an exception with its traceback.
TRACEBACK: Final = "eliot:traceback"

#: How many characters of a traceback are kept.
MAXIMUM_TRACEBACK: Final = 100_000

Extractor = Callable[[BaseException], "dict[str, object]"]

# By the identity of the class, since a class may refuse to be hashed or compared.
_extractors: dict[int, tuple[type, Extractor]] = {}

# Those that are being asked here.
_asked: ContextVar[tuple[Extractor, ...]] = ContextVar("eliot.asked", default=())

#: Tells of an exception as a structure, where end messages shall carry one.
tell_stack: Callable[[object], dict[str, object]] | None = None

# What an exception's own class cannot redefine.
traceback_of_error = BaseException.__dict__["__traceback__"].__get__


def register_exception_extractor(
    exception_class: type[_E], extractor: Callable[[_E], dict[str, object]]
) -> None:
    """
    Add fields to the messages that tell of exceptions of a class: the end of
    failed actions, and tracebacks.

    For an exception, the extractor of the first of its bases (in method
    resolution order) that has one is used.  May be called from any thread.

    :param exception_class: a class of exceptions.
    :param extractor: called with an exception, gives the fields to add.  One
        that raises adds ``eliot:extractor_failure`` instead, which says what it
        raised.  While it runs, exceptions that are logged are not given to it.
    :raises TypeError: if either is of another kind.
    """
    cls: object = exception_class
    if not issubclass(type(cls), type):
        raise TypeError(f"Extractors are registered for a class, not for {exception_class!r}.")
    if not callable(extractor):
        raise TypeError(f"An extractor is called with an exception; {extractor!r} cannot be.")
    _extractors[id(exception_class)] = (exception_class, cast("Extractor", extractor))


def offer_exception_extractor(
    exception_class: type[_E], extractor: Callable[[_E], dict[str, object]]
) -> None:
    """
    Register an extractor of this package, which stands back where the user has registered
    one for the same class before.  Parameters are those of :func:`register_exception_extractor`.
    """
    if id(exception_class) not in _extractors:
        register_exception_extractor(exception_class, extractor)


def describe(error: BaseException) -> dict[str, object]:
    """
    Make the fields that tell of an exception.

    :param error: any exception, however badly it behaves.
    :returns: a new dictionary: ``exception``, ``reason``, and what the
        extractor of its class finds.
    """
    fields: dict[str, object] = {}
    for base in bases_of_class(type(error)):
        found = _extractors.get(id(base))
        if found is not None:
            fields = _extract(found[1], error)
            break
    fields["exception"] = class_name(error)
    fields["reason"] = safe_str(error)
    return fields


def _extract(extractor: Extractor, error: BaseException) -> dict[str, object]:
    asked = _asked.get()
    if any(each is extractor for each in asked):
        # It logs the exception that it was asked about, or one like it.
        return {}
    token = _asked.set((*asked, extractor))
    try:
        found: object = extractor(error)
        if not isinstance(found, Mapping):
            raise TypeError(f"an extractor gives a dictionary, not {type_name(found)}")
        fields: dict[str, object] = dict(found)
    except Exception as failure:
        return {"eliot:extractor_failure": f"{type_name(failure)}: {safe_str(failure)}"}
    finally:
        _asked.reset(token)
    if any(type(name) is not str for name in fields):
        make_names_exact(fields)
    if not RESERVED.isdisjoint(fields):
        if (watcher := _watch.watcher) is not None:
            watcher.given(fields)
        # An action's end is no message of a type, and the other way round.
        for name in RESERVED.intersection(fields):
            del fields[name]
    return fields


def describe_failure(reason: object) -> dict[str, object]:
    """
    Make the fields of the end message of an action that has failed.

    :param reason: an exception, or a Twisted Failure.
    :returns: a new dictionary: what :func:`describe` gives, and the exception
        as a structure where that is asked for.
    """
    fields = describe(exception_of(reason))
    if tell_stack is not None:
        fields[STACK_FIELD] = tell_stack(reason)
    return fields


def describe_with_traceback(
    error: BaseException, traceback: TracebackType | str | None = None
) -> dict[str, object]:
    """
    Make the fields of a message that shows an exception with its traceback.

    :param error: any exception, however badly it behaves.
    :param traceback: the traceback or its text, where it is not the one that
        the exception carries.
    :returns: a new dictionary: what :func:`describe` gives, and ``traceback``.
    """
    fields = describe(error)
    text = traceback if isinstance(traceback, str) else _format(error, traceback)
    fields["traceback"] = shorten_middle(scrub(text), MAXIMUM_TRACEBACK)
    return fields


def _format(error: BaseException, traceback: TracebackType | None) -> str:
    # Not at the top: importing it takes a tenth of what importing all of this package does, and
    # most processes have no use for it.
    from traceback import format_exception, format_tb  # noqa: PLC0415

    try:
        if traceback is None:
            traceback = traceback_of_error(error)
        try:
            if type(error) is not FarException:
                return "".join(format_exception(type(error), error, traceback))
        except Exception:
            # The exception, or one of its causes, cannot be shown as Python does.
            traceback = traceback_of_error(error)
        frames = "".join(format_tb(traceback))
        last = f"{class_name(error)}: {safe_str(error)}\n"
        return f"Traceback (most recent call last):\n{frames}{last}"
    except Exception as failure:
        return f"<formatting the traceback raises {type_name(failure)}>"


register_exception_extractor(OSError, lambda error: {"errno": error.errno})


show_in("eliot", register_exception_extractor)
