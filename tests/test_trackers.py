"""
Live exceptions for trackers of errors.
"""

from __future__ import annotations

import contextlib
import gc
import weakref

from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from eliot import (
    ExceptionDestination,
    add_destinations,
    log_message,
    start_action,
    write_failure,
    write_traceback,
)
from tests.helpers import Fields, in_threads, of_type, record, text_of


class Fault(Exception):
    """
    An exception that can be watched.
    """


class ExceptionDestinationTests(SynchronousTestCase):
    """
    What is handed on.
    """

    def setUp(self) -> None:
        """
        Note what is handed on.
        """
        self.messages = record(self)
        self.captured: list[tuple[BaseException, Fields]] = []
        self.destination = ExceptionDestination(self.capture)
        add_destinations(self.destination)

    def capture(self, error: BaseException, message: Fields) -> None:
        """
        Note it.
        """
        self.captured.append((error, message))

    def errors(self) -> list[BaseException]:
        """
        List the exceptions that were handed on.
        """
        return [error for error, _ in self.captured]

    def test_repr(self) -> None:
        """
        It says whom it hands them to.
        """
        self.assertEqual(repr(ExceptionDestination(print)), f"<ExceptionDestination {print!r}>")

    def test_innermost(self) -> None:
        """
        An exception is handed on once, with the end of the innermost action that it leaves.
        """
        error = ValueError("no")
        with (
            contextlib.suppress(ValueError),
            start_action(action_type="outer"),
            start_action(action_type="middle"),
            start_action(action_type="inner"),
        ):
            raise error
        self.assertEqual(self.errors(), [error])
        [(_, message)] = self.captured
        self.assertEqual((message["action_type"], message["action_status"]), ("inner", "failed"))

    def test_others(self) -> None:
        """
        Other messages hand on nothing.
        """
        with start_action(action_type="deed"):
            log_message("said", exception="builtins.ValueError", reason="no")
        self.assertEqual(self.captured, [])

    def test_tracebacks(self) -> None:
        """
        What is logged with its traceback is handed on, unless it was already; and the actions that
        fail with it afterwards do not do so again.
        """
        error, known = ValueError("no"), Fault("known")
        with contextlib.suppress(ValueError), start_action(action_type="deed"):
            try:
                raise error
            except ValueError:
                write_traceback()
                raise
        with contextlib.suppress(Fault), start_action(action_type="deed"):
            raise known
        write_failure(Failure(known))
        write_failure(Failure(error))
        self.assertEqual(self.errors(), [error, known])
        self.assertEqual(self.captured[0][1]["message_type"], "eliot:traceback")

    def test_each(self) -> None:
        """
        Each destination is handed it, and so is each exception, equal or not.
        """
        captured: list[BaseException] = []
        add_destinations(ExceptionDestination(lambda error, _: captured.append(error)))
        one, other = ValueError("no"), ValueError("no")
        for error in (one, other, one):
            start_action(action_type="deed").finish(error)
        self.assertEqual(captured, [one, other])
        self.assertEqual(self.errors(), captured)

    def test_own_message(self) -> None:
        """
        Whoever gets the message may keep and change it.
        """
        start_action(action_type="deed").finish(ValueError("no"))
        self.captured[0][1].clear()
        self.assertEqual(self.messages[1]["reason"], "no")

    def test_not_kept(self) -> None:
        """
        The exception dies as soon as others forget it, and does not keep the destination.
        """
        error = Fault("no")
        start_action(action_type="deed").finish(error)
        self.captured.clear()
        gone = weakref.ref(error)
        gc.disable()
        self.addCleanup(gc.enable)
        del error
        self.assertIsNone(gone())

    def test_raises(self) -> None:
        """
        What raises is reported as any destination that does, and called the next time.
        """

        def broken(error: BaseException, message: Fields) -> None:
            raise KeyError(error)

        add_destinations(ExceptionDestination(broken))
        error = ValueError("no")
        start_action(action_type="deed").finish(error)
        [report] = of_type(self.messages, "eliot:destination_failure")
        self.assertEqual(report["exception"], "builtins.KeyError")
        self.assertIn(error, self.errors())

    def test_recursion(self) -> None:
        """
        What is logged while an exception is handed on is logged, but not handed on.
        """

        def verbose(error: BaseException, message: Fields) -> None:
            captured.append(error)
            with contextlib.suppress(KeyError), start_action(action_type="send"):
                raise KeyError("no network")

        captured: list[BaseException] = []
        add_destinations(ExceptionDestination(verbose))
        errors = [ValueError("no"), ValueError("again")]
        for error in errors:
            start_action(action_type="deed").finish(error)
        self.assertEqual(captured, errors)
        ends = of_type(self.messages, "send")
        self.assertEqual([each["action_status"] for each in ends], ["started", "failed"] * 2)
        self.assertIn("KeyError", text_of(ends[1], "exception"))

    def test_threads(self) -> None:
        """
        What one thread hands on does not keep another from doing so.
        """

        def waiting(error: BaseException, message: Fields) -> None:
            if error.args == (0,):
                in_threads(1, lambda _: start_action(action_type="deed").finish(ValueError(1)))
            captured.append(error.args[0])

        captured: list[int] = []
        add_destinations(ExceptionDestination(waiting))
        start_action(action_type="deed").finish(ValueError(0))
        self.assertEqual(captured, [1, 0])
