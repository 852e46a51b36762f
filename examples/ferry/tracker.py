"""
Exceptions for a tracker of errors: ``python tracker.py``.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from eliot import ExceptionDestination, add_destinations, start_action


class Scope(Protocol):
    """
    What is said about an error besides; ``sentry_sdk`` has such scopes.
    """

    def set_tag(self, key: str, value: object) -> None:
        """
        Say something by which errors can be looked up.
        """

    def set_context(self, key: str, value: dict[str, object]) -> None:
        """
        Say something in detail.
        """


class Tracker(Protocol):
    """
    The interface of ``sentry_sdk``, as far as it is used here.
    """

    def new_scope(self) -> AbstractContextManager[Scope]:
        """
        Open a scope for one error.
        """

    def capture_exception(self, error: BaseException) -> object:
        """
        Take an error.
        """


def tracked_by(tracker: Tracker) -> ExceptionDestination:
    """
    Hand exceptions to a tracker, each with its place in the log.
    """

    def capture(error: BaseException, message: dict[str, object]) -> None:
        with tracker.new_scope() as scope:
            scope.set_tag("task_uuid", message["task_uuid"])
            scope.set_context("eliot", message)
            tracker.capture_exception(error)

    return ExceptionDestination(capture)


class Paper:
    """
    Prints what a tracker would be told.
    """

    def new_scope(self) -> AbstractContextManager[Scope]:
        """
        Stay here.
        """
        return nullcontext(self)

    def set_tag(self, key: str, value: object) -> None:
        """
        Print what errors would be looked up by.
        """
        print(f"{key}: {value}")

    def set_context(self, key: str, value: Mapping[str, object]) -> None:
        """
        Print where it happened.
        """
        print(f"{key}: {value['action_type']} {value['action_status']}")

    def capture_exception(self, error: BaseException) -> None:
        """
        Print the error.
        """
        print(repr(error))


def cross() -> None:
    """
    Fail, in an action within an action.
    """
    with start_action(action_type="ferry:cross"), start_action(action_type="ferry:cast_off"):
        raise RuntimeError("a rope is stuck")


if __name__ == "__main__":
    # The real one finds out from the environment where errors go.
    if find_spec("sentry_sdk"):
        sentry = import_module("sentry_sdk")
        sentry.init()
        tracker = cast("Tracker", sentry)
    else:
        tracker = Paper()
    add_destinations(tracked_by(tracker))
    with suppress(RuntimeError):
        cross()
