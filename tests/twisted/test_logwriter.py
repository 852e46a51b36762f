"""
Tests of :mod:`eliot.logwriter`.
"""

from __future__ import annotations

from io import BytesIO, StringIO

from twisted.trial.unittest import SynchronousTestCase

import eliot.twisted
from eliot import log_message, logwriter
from tests.helpers import fresh_destinations
from tests.twisted.helpers import FakeReactor, messages_in


class LogwriterTests(SynchronousTestCase):
    """
    The documented place of the writers.
    """

    def setUp(self) -> None:
        """
        Start without destinations.
        """
        fresh_destinations(self)

    def test_same(self) -> None:
        """
        The writer that is found here is the one of :mod:`eliot.twisted`.
        """
        self.assertIs(logwriter.ThreadedWriter, eliot.twisted.ThreadedWriter)

    def test_file_writer(self) -> None:
        """
        ``ThreadedFileWriter`` takes an open file, binary or text, and is a ``ThreadedWriter`` in
        all else.
        """
        binary, text = BytesIO(), StringIO()
        for file in (binary, text):
            reactor = FakeReactor()
            writer = logwriter.ThreadedFileWriter(file, reactor)
            self.assertIsInstance(writer, logwriter.ThreadedWriter)
            writer.startService()
            log_message("greeting", text="Grüße")
            stopped = writer.stopService()
            reactor.turn_until(stopped)
            self.assertIsNone(self.successResultOf(stopped))
        for written in (binary.getvalue(), text.getvalue().encode()):
            (message,) = messages_in(written)
            self.assertEqual(message["text"], "Grüße")
