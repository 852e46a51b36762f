"""
What must not be wrong with a log, whatever the test is about.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot import Message, write_traceback
from eliot._field import ValidationError
from eliot._memory import MemoryLogger
from eliot.testing import UnflushedTracebacks, check_for_errors


class CheckForErrorsTests(SynchronousTestCase):
    """
    A log is checked.
    """

    def setUp(self) -> None:
        """
        Make a logger.
        """
        self.logger = MemoryLogger()

    def divide(self) -> None:
        """
        Log a traceback.
        """
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            write_traceback(self.logger)

    def test_right(self) -> None:
        """
        Nothing is wrong with messages that can be written as they are.
        """
        Message.new(message_type="said", text="x").write(self.logger)
        check_for_errors(self.logger)

    def test_invalid(self) -> None:
        """
        A message that cannot be is told of, with the place where it was logged.
        """
        Message.new(message_type="said", text=object()).write(self.logger)
        error = self.assertRaises(ValidationError, check_for_errors, self.logger)
        self.assertIn("'said'", str(error))
        self.assertIn(f"{__file__}:", str(error))

    def test_traceback(self) -> None:
        """
        Tracebacks that are not taken out are told of, before anything else; they are shown as they
        were logged.
        """
        Message.new(message_type="said", text=object()).write(self.logger)
        self.divide()
        self.divide()
        error = self.assertRaises(UnflushedTracebacks, check_for_errors, self.logger)
        self.assertEqual(error.args, (self.logger.tracebackMessages,))
        self.assertEqual(error.messages, self.logger.tracebackMessages)
        self.assertIn("2 logged", str(error))
        self.assertEqual(str(error).count("\nTraceback (most recent call last):\n"), 2)
        self.assertEqual(str(error).count("\nZeroDivisionError: division by zero"), 2)

    def test_flushed(self) -> None:
        """
        Those that are taken out are not told of.
        """
        self.divide()
        self.assertEqual(len(self.logger.flush_tracebacks(ZeroDivisionError)), 1)
        check_for_errors(self.logger)
