"""
Messages about exceptions that nobody expected.
"""

from __future__ import annotations

import sys
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from twisted.internet.defer import Deferred, fail
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

import eliot
from eliot import Logger, start_action, write_failure, write_traceback
from eliot.twisted import DeferredContext
from tests.helpers import identity_of, of_type, record, text_of
from tests.hostile import Hostile, Mute


def failing(error: Exception) -> None:
    """
    Raise an exception.
    """
    raise error


def failure_of(error: Exception) -> Failure:
    """
    Make a Failure the way that Twisted does, of an exception that was raised.
    """
    try:
        failing(error)
    except Exception:
        return Failure()
    raise AssertionError("It was raised.")


class WriteTracebackTests(SynchronousTestCase):
    """
    Tracebacks of exceptions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def caught(
        self, error: Exception
    ) -> tuple[type[BaseException], BaseException, TracebackType | None]:
        """
        Raise an exception, and catch it.
        """
        try:
            failing(error)
        except Exception as caught:
            return type(caught), caught, caught.__traceback__
        raise AssertionError("It was raised.")

    def test_handled(self) -> None:
        """
        The exception that is being handled is logged, inside the current action.
        """
        with start_action(action_type="around") as action:
            try:
                failing(ValueError("no"))
            except ValueError:
                write_traceback()
        [message] = of_type(self.messages, "eliot:traceback")
        self.assertEqual((message["exception"], message["reason"]), ("builtins.ValueError", "no"))
        self.assertIn(", in failing\n", text_of(message, "traceback"))
        self.assertEqual(identity_of(message), (action.task_uuid, (2,)))

    def test_given(self) -> None:
        """
        An exception that is given is logged, whatever is being handled.
        """
        exc_info = self.caught(ValueError("no"))
        try:
            failing(KeyError("other"))
        except KeyError:
            write_traceback(exc_info=exc_info)
        [message] = self.messages
        self.assertEqual(message["reason"], "no")
        self.assertEqual(message["task_level"], [1])

    def test_given_traceback(self) -> None:
        """
        The traceback that is given is the one that is shown, also where the exception has lost
        its own.
        """
        cls, error, traceback = self.caught(ValueError("no"))
        write_traceback(exc_info=(cls, error.with_traceback(None), traceback))
        self.assertIn(", in failing\n", text_of(self.messages[0], "traceback"))

    def test_no_exception(self) -> None:
        """
        Where there is no exception, nothing is logged.
        """
        write_traceback()
        write_traceback(exc_info=(None, None, None))
        write_traceback(exc_info=sys.exc_info())
        self.assertEqual(self.messages, [])

    def test_wrong(self) -> None:
        """
        What is not an ``exc_info`` does no harm; an exception says all that there is to say.
        """
        write_traceback(exc_info=())  # type: ignore[arg-type]  # wrong
        write_traceback(exc_info=True)  # type: ignore[arg-type]  # as for stdlib logging
        write_traceback(exc_info=self.caught(ValueError("no"))[1])  # type: ignore[arg-type]  # too
        self.assertIn("no", [each.get("reason") for each in self.messages])

    def test_logger(self) -> None:
        """
        A logger may be given as first positional argument.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            write_traceback(Logger())
        self.assertEqual(len(self.messages), 1)

    def test_broken_logger(self) -> None:
        """
        One that does not work costs nothing: the traceback gets to the destinations.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            write_traceback(object())  # type: ignore[arg-type]  # wrong
        first, second = self.messages
        self.assertEqual(first["reason"], "no")
        self.assertEqual(second["exception"], "builtins.AttributeError")

    def test_mute(self) -> None:
        """
        An exception whose text raises is logged all the same.
        """
        try:
            failing(Mute())
        except Mute:
            write_traceback()
        [message] = self.messages
        self.assertEqual(message["exception"], "tests.hostile.Mute")
        self.assertIn(", in failing\n", text_of(message, "traceback"))

    def test_failure(self) -> None:
        """
        A Failure in place of the exception shows what it holds, also where that has lost its
        traceback.
        """
        failure = failure_of(ValueError("no"))
        failure.cleanFailure()
        write_traceback(exc_info=(ValueError, failure, None))
        write_traceback(exc_info=failure)  # type: ignore[arg-type]  # as well
        for message in self.messages:
            self.assertEqual(message["exception"], "builtins.ValueError")
            self.assertIn("in failing", text_of(message, "traceback"))

    def test_wrong_traceback(self) -> None:
        """
        What is no traceback is left out.
        """
        _, error, _ = self.caught(ValueError("no"))
        for wrong in ("text", 3, Hostile("")):
            write_traceback(exc_info=(ValueError, error, wrong))  # type: ignore[arg-type]  # wrong
        for message in self.messages:
            self.assertIn(", in failing\n", text_of(message, "traceback"))


class WriteFailureTests(SynchronousTestCase):
    """
    Tracebacks of Twisted's Failures.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_failure(self) -> None:
        """
        The exception in the Failure is logged, not the Failure, inside the current action.
        """
        with start_action(action_type="around") as action:
            write_failure(failure_of(ValueError("no")))
        [message] = of_type(self.messages, "eliot:traceback")
        self.assertEqual((message["exception"], message["reason"]), ("builtins.ValueError", "no"))
        self.assertIn("in failing", text_of(message, "traceback"))
        self.assertIn("no", text_of(message, "traceback"))
        self.assertEqual(identity_of(message), (action.task_uuid, (2,)))

    def test_extracted(self) -> None:
        """
        Extractors see the exception as well.
        """
        write_failure(failure_of(FileNotFoundError(2, "missing")))
        self.assertEqual(self.messages[0]["errno"], 2)

    def test_errback(self) -> None:
        """
        As an errback it handles the failure.
        """
        deferred: Deferred[None] = fail(ValueError("no"))
        deferred.addErrback(write_failure)
        self.assertIsNone(self.successResultOf(deferred))
        self.assertEqual(self.messages[0]["reason"], "no")

    def test_logger(self) -> None:
        """
        A logger can be given after the failure, as errbacks get theirs.
        """
        deferred: Deferred[None] = fail(ValueError("no"))
        deferred.addErrback(write_failure, Logger())
        self.assertIsNone(self.successResultOf(deferred))
        self.assertEqual(len(self.messages), 1)

    def test_cleaned(self) -> None:
        """
        A Failure whose frames have been let go is still told.
        """
        failure = failure_of(ValueError("no"))
        failure.cleanFailure()
        write_failure(failure)
        self.assertEqual(self.messages[0]["exception"], "builtins.ValueError")

    def test_mute(self) -> None:
        """
        So is one of an exception whose text raises.
        """
        write_failure(failure_of(Mute()))
        self.assertEqual(self.messages[0]["exception"], "tests.hostile.Mute")

    def test_exception(self) -> None:
        """
        An exception may be given in place of a Failure.
        """
        write_failure(failure_of(ValueError("no")).value)
        self.assertEqual(self.messages[0]["reason"], "no")
        self.assertIn(", in failing\n", text_of(self.messages[0], "traceback"))

    def test_neither(self) -> None:
        """
        Anything else is told as what it is, and does no harm.
        """
        write_failure("no")
        write_failure(Hostile(""))
        self.assertEqual([each["exception"] for each in self.messages], ["builtins.TypeError"] * 2)
        self.assertIn("str", text_of(self.messages[0], "reason"))
        self.assertIn("Hostile", text_of(self.messages[1], "reason"))


class FramesTests(SynchronousTestCase):
    """
    How much of this package there is to be seen in the tracebacks of those who use it.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def ours(self, error: BaseException) -> list[str]:
        """
        Find the frames of this package in a traceback as Python prints it.

        :returns: the names of the functions.
        """
        folder = str(Path(eliot.__file__).parent)
        return [
            each.name
            for each in extract_tb(error.__traceback__)
            if each.filename.startswith(folder)
        ]

    def test_block(self) -> None:
        """
        A block adds nothing.
        """
        with self.assertRaises(ValueError) as caught, start_action(action_type="deed"):
            failing(ValueError("no"))
        self.assertEqual(self.ours(caught.exception), [])

    def test_context(self) -> None:
        """
        Neither does one that does not end the action.
        """
        with self.assertRaises(ValueError) as caught, start_action(action_type="deed").context():
            failing(ValueError("no"))
        self.assertEqual(self.ours(caught.exception), [])

    def test_run(self) -> None:
        """
        A function that is run in an action has one frame between it and its caller.
        """
        action = start_action(action_type="deed")
        with self.assertRaises(ValueError) as caught:
            action.run(failing, ValueError("no"))
        self.assertEqual(self.ours(caught.exception), ["run"])

    def test_deferred(self) -> None:
        """
        So has a callback, where Twisted keeps the traceback.
        """
        deferred: Deferred[None] = Deferred()
        with start_action(action_type="deed").context():
            context = DeferredContext(deferred)
            context.addCallback(lambda result: failing(ValueError("no")))
            context.addErrback(lambda failure: failure)
            context.addActionFinish()
        deferred.callback(None)
        error = self.failureResultOf(deferred, ValueError).value
        # Releases before 24.10 take it away on the way from callback to callback.
        self.assertEqual(self.ours(error), ["call_simply"] if error.__traceback__ else [])

    def test_written(self) -> None:
        """
        A traceback that is logged shows nothing of the logging.
        """
        try:
            failing(ValueError("no"))
        except ValueError:
            write_traceback()
        write_failure(failure_of(ValueError("no")))
        folder = str(Path(eliot.__file__).parent)
        for message in self.messages:
            self.assertNotIn(folder, text_of(message, "traceback"))
