"""
Recording what is logged, while it goes its usual way, and showing it where a
test has failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, Protocol, TypeGuard
from unittest import SkipTest

from zope.interface import implementer

from eliot._direct import TeeLogger, current_logger
from eliot._guests import is_a
from eliot._interfaces import ILogger, MessageSerializer
from eliot._logger import swap_logger
from eliot._memory import MemoryLogger
from eliot.testing._drawing import draw_log

_P = ParamSpec("_P")

_HEADING: Final = "What was logged:"


class TwistedFailure(Protocol):
    """
    What is asked of a :class:`twisted.python.failure.Failure`.
    """

    value: BaseException

    def getErrorMessage(self) -> str:  # noqa: N802 - as Twisted spells it
        """
        Get the text of the exception.
        """

    def getTraceback(self, *args: object, **kwargs: object) -> str:  # noqa: N802 - likewise
        """
        Get the text of the traceback.
        """


def is_twisted_failure(value: object) -> TypeGuard[TwistedFailure]:
    """
    Tell whether a value is a Twisted Failure.
    """
    return is_a(value, "twisted.python.failure", "Failure")


@implementer(ILogger)
class Recording:
    """
    Keeps what is written to the default logger, and passes it on.  It stands in
    the place of the default logger from when it is made until :meth:`stop`.
    """

    def __init__(self) -> None:
        #: What was logged.
        self.memory = MemoryLogger()
        self._previous = current_logger()
        #: What keeps messages that do not go their usual way: this, and the
        #: recordings that were under way before.
        self.keepers: ILogger = self.memory
        if isinstance(self._previous, Recording):
            self.keepers = TeeLogger(self.memory, self._previous.keepers)
        # Bound once: every message comes this way.
        self._tee = TeeLogger(self.memory, self._previous)
        swap_logger(self)

    def write(
        self, dictionary: dict[str, object], serializer: MessageSerializer | None = None
    ) -> None:
        """
        Keep a message, and pass it on.
        """
        self._tee.write(dictionary, serializer)

    def stop(self) -> None:
        """
        Put back the logger that was the default one before.
        """
        swap_logger(self._previous)


def is_failure(error: object) -> bool:
    """
    Tell whether an exception that a test has raised means that it failed.
    """
    if isinstance(error, Exception):
        return not isinstance(error, SkipTest)
    # That of pytest is no Exception.
    return is_a(error, "_pytest.outcomes", "Failed")


def log_as_note(logger: MemoryLogger) -> str:
    """
    Draw a log for showing it below the text of an exception.

    :returns: nothing if nothing was logged.
    """
    log = draw_log(logger)
    return f"{_HEADING}\n{log}" if log else ""


def add_note(error: BaseException, note: str) -> None:
    """
    Have a note shown with an exception by whatever shows notes, as Python's own
    tracebacks do, and so unittest and pytest; unless its text shows it already.
    """
    try:
        if note in str(error):
            return
        # Some exceptions are raised more than once, by more than one test.
        notes = getattr(error, "__notes__", [])
        notes[:] = [each for each in notes if not each.startswith(_HEADING)]
        error.add_note(note)
    except Exception:
        # Whatever an exception does about its notes, it is what has to be seen.
        return


def add_to_text(error: BaseException, note: str) -> None:
    """
    Have a note shown with an exception by what shows its text and no notes, as
    trial does; if the exception is one that shows its only argument.
    """
    if type(error).__str__ is BaseException.__str__ and len(error.args) == 1:
        [text] = error.args
        # The assertion may have shown it already.
        if isinstance(text, str) and note not in text:
            error.args = (f"{text}\n{note}",)


def add_to_failure(failure: TwistedFailure, note: str) -> None:
    """
    Have a note shown with a Twisted Failure by trial, whatever its exception is.
    """
    failure.getErrorMessage = _with_note(failure.getErrorMessage, note)  # type: ignore[method-assign]
    failure.getTraceback = _with_note(failure.getTraceback, note)  # type: ignore[method-assign]


def _with_note(get_text: Callable[_P, str], note: str) -> Callable[_P, str]:
    def get(*args: _P.args, **kwargs: _P.kwargs) -> str:
        text = get_text(*args, **kwargs)
        return text if note in text else f"{text.rstrip()}\n{note}\n"

    return get
