"""
Types of other libraries, known without importing them.

A value can only be of a type whose module has been imported by somebody, so
asking what has been imported is enough, and costs nothing to those who never
use the library.  This is the only module that asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeGuard, cast

from eliot._text import (
    bases_of_class,
    decode,
    module_of_class,
    qualified_name,
    safe_str,
    scrub,
    type_name,
)

if TYPE_CHECKING:
    from typing import Protocol

    class _Failure(Protocol):
        """
        A :class:`twisted.python.failure.Failure`.
        """

        type: object
        value: object
        frames: Sequence[Sequence[object]]

        def getTraceback(self) -> str:  # noqa: N802 (Twisted's name)
            """
            Get the text of the traceback.
            """

    class Deferred(Protocol):
        """
        A :class:`twisted.internet.defer.Deferred`.
        """

        def addBoth(self, callback: Callable[..., object], *args: object) -> object:
            """
            Have a function called with the result, or the Failure.
            """

    class Future(Protocol):
        """
        A future of asyncio or :mod:`concurrent.futures`.
        """

        _exception: BaseException | None

        def done(self) -> bool:
            """
            Tell whether it has ended.
            """

        def cancelled(self) -> bool:
            """
            Tell whether it was cancelled.
            """

        def result(self) -> object:
            """
            Get its result.
            """

        def add_done_callback(self, function: Callable[[Future], object], /) -> object:
            """
            Have a function called once it has ended.
            """


class FarException(Exception):
    """
    Stands for an exception that was raised in another process, and is known by
    its texts only.

    :param name: the class of the exception, by its import path.
    :param reason: its text.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def is_a(value: object, module: str, name: str) -> bool:
    """
    Tell whether ``value`` is of a class that may not have been imported.

    :param module: where the class is defined, such as ``"decimal"``.
    :param name: the name of the class there.
    """
    try:
        cls = getattr(sys.modules.get(module), name, None)
    except Exception:
        # A module that imports lazily, and cannot.
        return False
    # What a value says of its class may be a lie.
    return isinstance(cls, type) and issubclass(type(value), cls)


# Modules that have futures, and what those raise when they have been cancelled.
_FUTURES = ("asyncio", "concurrent.futures")


def is_failure(value: object) -> bool:
    """
    Tell whether ``value`` is a :class:`twisted.python.failure.Failure`.
    """
    return is_a(value, "twisted.python.failure", "Failure")


def is_deferred(value: object) -> TypeGuard[Deferred]:
    """
    Tell whether ``value`` is a :class:`twisted.internet.defer.Deferred`.
    """
    return is_a(value, "twisted.internet.defer", "Deferred")


def is_future(value: object) -> TypeGuard[Future]:
    """
    Tell whether ``value`` is a future, or a task, of asyncio, or a future of
    :mod:`concurrent.futures`.
    """
    return any(is_a(value, module, "Future") for module in _FUTURES)


def exception_of_future(future: Future) -> BaseException | None:
    """
    Find the exception that a future ended with.

    :param future: one that is done.
    :returns: ``None`` if it has a result.
    """
    if future.cancelled():
        module = next(each for each in _FUTURES if is_a(future, each, "Future"))
        return cast("BaseException", sys.modules[module].CancelledError())
    # Asked for by its method, it would count as noticed by the program.
    return future._exception


def is_loaded(module: str) -> bool:
    """
    Tell whether a module has been imported by anybody.
    """
    return module in sys.modules


def exception_of(reason: object) -> BaseException:
    """
    Find the exception in what somebody gave as the reason of a failure.

    :param reason: an exception, or a :class:`twisted.python.failure.Failure`.
    :returns: the exception; one that stands for it where a Failure has come
        from another process without it; for anything else a
        :class:`TypeError` that names its class, since whoever logs one failure
        must not meet another.
    """
    # A Failure is an exception too, so it is asked for first.
    if is_failure(reason):
        failure = cast("_Failure", reason)
        try:
            value = failure.value
            if issubclass(type(value), BaseException):
                return cast("BaseException", value)
            return FarException(_text(failure.type), _text(value))
        except Exception:
            # A broken one: what follows names its class.
            pass
    elif issubclass(type(reason), BaseException):
        return cast("BaseException", reason)
    return TypeError(f"neither an exception nor a Failure: {type_name(reason)}")


def _text(value: object) -> str:
    """
    Read what was sent as text, as bytes, or as a class.
    """
    kind = type(value)
    if issubclass(kind, bytes):
        return decode(cast("bytes", value))
    return qualified_name(cast("type", value)) if issubclass(kind, type) else safe_str(value)


def class_name(error: BaseException) -> str:
    """
    Name the class of an exception by its import path, whatever it does.
    """
    return scrub(error.name) if type(error) is FarException else qualified_name(type(error))


def traceback_of(failure: object) -> str | None:
    """
    Get the text of the traceback that a Twisted Failure carries.

    :returns: ``None`` for anything that is not a Failure, or is a broken one.
    """
    if is_failure(failure):
        try:
            return str(cast("_Failure", failure).getTraceback())
        except Exception:
            # Whoever asks shows the exception's own traceback instead.
            return None
    return None


def frames_of(failure: object) -> list[tuple[str, int, str]]:
    """
    Get the frames that a Twisted Failure has noted, which are there also where
    the exception has lost its traceback.

    :returns: file, line and function of each, the outermost first; nothing for
        anything that is not a Failure, or is a broken one.
    """
    if not is_failure(failure):
        return []
    try:
        # The name comes first in Twisted, and what follows are variables.
        return [
            (str(file), int(str(line)), str(name))
            for name, file, line, *_ in cast("_Failure", failure).frames
        ]
    except Exception:
        # Others may have put anything there.
        return []


def is_the(value: object, module: str, name: str) -> bool:
    """
    Tell whether ``value`` is a certain object of a module that may not have
    been imported.

    :param module: where the object is, such as ``"pandas"``.
    :param name: its name there.
    """
    return value is not None and value is getattr(sys.modules.get(module), name, None)


def is_attrs(value: object) -> bool:
    """
    Tell whether the class of ``value`` was made by attrs.

    :raises Exception: what a hostile metaclass raises.
    """
    return "attr" in sys.modules and hasattr(type(value), "__attrs_attrs__")


def packages_of(value: object) -> list[str]:
    """
    Name the packages that define the class of ``value`` and its bases, the
    nearest first.  Each is named once.
    """
    modules = map(module_of_class, bases_of_class(type(value)))
    return list(dict.fromkeys(str(each).partition(".")[0] for each in modules))


def failure_from(error: BaseException) -> object | None:
    """
    Make a Twisted Failure of an exception.

    :returns: ``None`` where Twisted's have not been imported.
    """
    cls = getattr(sys.modules.get("twisted.python.failure"), "Failure", None)
    return None if cls is None else cls(error)
