"""
Decorators that capture what a test logs, and look at it once the test has ended.

A test ends when it returns; or when the Deferred that it has returned fires, or
its coroutine has run to the end.  What is to be done then is left to the test
case's own cleanups, so tearing down, and the cleanups of the test, are
captured as well.  Functions that belong to no test case do it themselves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import wraps
from json import JSONEncoder
from typing import Final, ParamSpec, Protocol, TypeVar, cast
from unittest import TestCase

from eliot._direct import TeeLogger, current_logger
from eliot._guests import is_a, is_loaded
from eliot._interfaces import ILogger
from eliot._logger import swap_logger
from eliot._memory import MemoryLogger
from eliot._text import safe_str, type_name
from eliot.testing._checks import check_for_errors
from eliot.testing._recording import (
    Recording,
    add_note,
    add_to_text,
    is_failure,
    is_twisted_failure,
    log_as_note,
)

# What unittest leaves out of the tracebacks that it shows.
__unittest = True

_R = TypeVar("_R")
_P = ParamSpec("_P")


class _Deferred(Protocol):
    def addBoth(self, callback: Callable[[object], object], /) -> object: ...


@dataclass(frozen=True, slots=True)
class _Plan:
    """
    What a decorator was told.

    :ivar assertion: is called after the test, or nothing is.
    :ivar args: what it is called with, after the test case and the logger.
    :ivar kwargs: likewise, by name.
    :ivar encoder: the encoder of the logger.
    :ivar swap: whether the logger becomes the default one.
    :ivar tee: whether messages go their usual way, too.
    """

    assertion: Callable[..., object] | None
    args: tuple[object, ...]
    kwargs: dict[str, object]
    encoder: type[JSONEncoder] | None
    swap: bool
    tee: bool

    def decorate(self, test: Callable[..., _R]) -> Callable[..., _R]:
        """
        Make the test that is run instead of ``test``.
        """
        if inspect.iscoroutinefunction(test):

            @wraps(test)
            async def run_async(*args: object, **kwargs: object) -> object:
                __tracebackhide__ = True  # for pytest
                capture = _Capture(self, args)
                kwargs["logger"] = capture.logger
                return await capture.awaited(test(*args, **kwargs))

            run = cast("Callable[..., _R]", run_async)
        else:

            @wraps(test)
            def run(*args: object, **kwargs: object) -> _R:
                __tracebackhide__ = True  # for pytest
                capture = _Capture(self, args)
                kwargs["logger"] = capture.logger
                try:
                    result = test(*args, **kwargs)
                except BaseException as error:
                    capture.failed(error)
                    raise
                return cast("_R", capture.follow(result))

        # Whoever asks, as pytest does for its fixtures, need not give a logger.
        signature = inspect.signature(test)
        parameters = [each for each in signature.parameters.values() if each.name != "logger"]
        run.__signature__ = signature.replace(  # type: ignore[attr-defined]  # see inspect
            parameters=parameters
        )
        return run


class _Capture:
    """
    One run of a test.

    :param plan: what the decorator was told.
    :param args: what the test is called with.
    """

    def __init__(self, plan: _Plan, args: tuple[object, ...]) -> None:
        self.logger = MemoryLogger(encoder=plan.encoder)
        self._plan = plan
        self._case = args[0] if args else TestCase()
        # Whether it has ended by itself, and well: trial may come to the cleanups of a
        # test that has not.
        self._has_passed = False
        # For functions that belong to no test case, and so to nobody who does it for them.
        self._cleanups: list[Callable[[], object]] = []
        add: Callable[[Callable[[], object]], object] | None
        add = getattr(self._case, "addCleanup", None) if args else None
        if add is None:
            add = self._cleanups.append
        # The last comes first.
        add(self.check_logging)
        if inspect.iscoroutinefunction(plan.assertion) and hasattr(self._case, "addAsyncCleanup"):
            self._case.addAsyncCleanup(self.await_assertion)
        elif plan.assertion is not None:
            add(self.assert_logging)
        while _swapped and getattr(_swapped[-1]._case, "_timedOut", False):
            _swapped[-1].give_up()
        self._previous = current_logger()
        self._substitute = self._find_substitute()
        if plan.swap:
            add(self.restore_logger)
            _swapped.append(self)
            swap_logger(self._substitute)

    def _find_substitute(self) -> ILogger:
        if self._plan.tee:
            return TeeLogger(self.logger, self._previous)
        if isinstance(self._previous, Recording):
            return TeeLogger(self.logger, self._previous.keepers)
        return self.logger

    def restore_logger(self) -> None:
        """
        Put back the logger that was the default one before the test.
        """
        # Trial may still come to the cleanups of a test on which it has given up.
        if self in _swapped:
            _swapped.remove(self)
            swap_logger(self._previous)

    def give_up(self) -> None:
        """
        Put back the logger, for a test whose runner has given up on it.
        """
        _swapped.remove(self)
        if current_logger() is self._substitute:
            swap_logger(self._previous)

    def assert_logging(self) -> object:
        """
        Make the assertion about what was logged, unless the test has failed or
        was skipped.

        :returns: what the assertion does, which trial waits for.
        """
        __tracebackhide__ = True
        result = self._assert()
        if isinstance(result, Coroutine) and not is_a(
            self._case, "twisted.trial._asynctest", "TestCase"
        ):
            result.close()
            raise TypeError("Nobody would await the assertion here, which is a coroutine.")
        return result

    async def await_assertion(self) -> None:
        """
        Make an assertion that is a coroutine.
        """
        __tracebackhide__ = True
        coroutine = self._assert()
        if isinstance(coroutine, Coroutine):
            await coroutine

    def _assert(self) -> object:
        __tracebackhide__ = True
        if not self._has_passed or self._plan.assertion is None:
            return None
        return self._showing(
            self._plan.assertion, self._case, self.logger, *self._plan.args, **self._plan.kwargs
        )

    def check_logging(self) -> None:
        """
        Check what was logged, unless the test has failed or was skipped.
        """
        __tracebackhide__ = True
        if self._has_passed:
            self._showing(check_for_errors, self.logger)

    def failed(self, error: BaseException) -> None:
        """
        The test has raised something: that is to be seen, and nothing else.
        """
        self._show(error)
        self._clean_up()

    def follow(self, result: object) -> object:
        """
        The test has returned something, which may tell when it really ends.

        :returns: what is returned instead.
        """
        if is_a(result, "twisted.internet.defer", "Deferred"):
            cast("_Deferred", result).addBoth(self._fired)
            return result
        if isinstance(result, Coroutine):
            return self.awaited(result)
        if isinstance(result, Generator):
            return self._exhausted(result)
        self._passed()
        return result

    async def awaited(self, coroutine: Coroutine[object, object, _R]) -> _R:
        """
        Await the test.
        """
        __tracebackhide__ = True
        try:
            result = await coroutine
        except BaseException as error:
            self.failed(error)
            raise
        self._passed()
        return result

    def _exhausted(self, generator: Generator[object, object, _R]) -> Generator[object, object, _R]:
        """
        Pass on what a generator gives to inlineCallbacks, which may have been
        put around the decorator.
        """
        try:
            result = yield from generator
        except BaseException as error:
            self.failed(error)
            raise
        self._passed()
        return result

    def _fired(self, result: object) -> object:
        if is_twisted_failure(result):
            self.failed(result.value)
        else:
            self._passed()
        return result

    def _passed(self) -> None:
        __tracebackhide__ = True
        self._has_passed = True
        self._clean_up()

    def _clean_up(self) -> None:
        __tracebackhide__ = True
        errors = []
        while self._cleanups:
            try:
                self._cleanups.pop()()
            except BaseException as raised:
                errors.append(raised)
        for error in errors[1:]:
            errors[0].add_note(f"Besides, {type_name(error)}: {safe_str(error)}")
        if errors:
            raise errors[0]

    def _showing(
        self, function: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs
    ) -> object:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            self._show(error)
            raise

    def _show(self, error: BaseException) -> None:
        """
        Show what was logged with a failure, unless somebody else does.
        """
        if isinstance(self._previous, Recording) or not is_failure(error):
            return
        note = log_as_note(self.logger)
        if not note:
            return
        if is_loaded("twisted.trial.runner"):
            add_to_text(error, note)
        else:
            add_note(error, note)


# Those whose logger is the default one, the innermost last.  Trial leaves out the
# cleanups of a test that it could not even cancel when its time was over.
_swapped: Final[list[_Capture]] = []


def capture_logging(
    assertion: Callable[..., object] | None,
    *assertionArgs: object,  # noqa: N803 - as documented
    encoder_: type[JSONEncoder] | None = None,
    tee_: bool = False,
    **assertionKwargs: object,  # noqa: N803 - as documented
) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """
    Decorate a test, so that all that it logs is captured and checked.

    The test is given what was captured, a :class:`eliot.MemoryLogger`, by the name
    ``logger``.  When it has ended (its Deferred has fired, its coroutine has run to
    the end), the assertion is called, and :func:`check_for_errors` after it.  If the
    test itself has failed or was skipped, neither is; and what was logged is shown
    with the failure.

    :param assertion: called as ``assertion(test_case, logger, *args, **kwargs)``;
        nothing is for ``None``.
    :param assertionArgs: the further arguments.
    :param encoder_: the subclass of :class:`json.JSONEncoder` that messages will be
        encoded with.
    :param tee_: whether messages go to the destinations as well.
    :param assertionKwargs: the further arguments that have names.
    :returns: the decorator, for methods of test cases of unittest, trial and pytest,
        and for functions that pytest calls.
    """
    return _Plan(assertion, assertionArgs, assertionKwargs, encoder_, True, tee_).decorate


def validate_logging(
    assertion: Callable[..., object] | None,
    *assertionArgs: object,  # noqa: N803 - as documented
    encoder_: type[JSONEncoder] | None = None,
    **assertionKwargs: object,  # noqa: N803 - as documented
) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """
    Decorate a test, so that what it writes to the logger that it is given is
    checked.  It does as :func:`capture_logging`, but captures nothing else.

    :param assertion: called as ``assertion(test_case, logger, *args, **kwargs)``;
        nothing is for ``None``.
    :param assertionArgs: the further arguments.
    :param encoder_: the subclass of :class:`json.JSONEncoder` that messages will be
        encoded with.
    :param assertionKwargs: the further arguments that have names.
    :returns: the decorator.
    """
    return _Plan(assertion, assertionArgs, assertionKwargs, encoder_, False, False).decorate
