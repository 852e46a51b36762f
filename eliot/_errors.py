"""
Describing exceptions: their class, their text, and what extractors find.
"""

from __future__ import annotations

from collections.abc import Callable
from traceback import format_exception
from types import TracebackType
from typing import Final, TypeVar

from eliot._text import qualified_name, safe_str, scrub, type_name

_E = TypeVar("_E", bound=BaseException)

#: The type of messages that show an exception with its traceback.
TRACEBACK: Final = "eliot:traceback"

Extractor = Callable[[BaseException], "dict[str, object]"]

_extractors: dict[type[BaseException], Extractor] = {}


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
        that raises adds ``eliot:extractor_failure`` instead, which says what it raised.
    """
    _extractors[exception_class] = extractor  # type: ignore[assignment]  # kept by class


def describe(error: BaseException) -> dict[str, object]:
    """
    Make the fields that tell of an exception.

    :param error: any exception, however badly it behaves.
    :returns: a new dictionary: ``exception``, ``reason``, and what the
        extractor of its class finds.
    """
    cls = type(error)
    fields: dict[str, object] = {}
    try:
        extractor = _find_extractor(cls)
        if extractor is not None:
            fields.update(extractor(error))
    except Exception as failure:
        fields["eliot:extractor_failure"] = f"{type_name(failure)}: {safe_str(failure)}"
    fields["exception"] = qualified_name(cls)
    fields["reason"] = safe_str(error)
    return fields


def _find_extractor(cls: type[BaseException]) -> Extractor | None:
    for base in cls.__mro__:
        if base in _extractors:
            return _extractors[base]
    return None


def _format(error: BaseException, traceback: TracebackType | None) -> str:
    try:
        return "".join(format_exception(type(error), error, traceback or error.__traceback__))
    except Exception as failure:
        return f"<formatting the traceback raises {type_name(failure)}>"


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
    fields["traceback"] = scrub(
        traceback if isinstance(traceback, str) else _format(error, traceback)
    )
    return fields


register_exception_extractor(OSError, lambda error: {"errno": error.errno})
