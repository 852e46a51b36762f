"""
The processes of the demo: that they neither fail in silence nor stay behind.
"""

from __future__ import annotations

import os

from twisted.trial.unittest import SynchronousTestCase

from examples.demo.processes import ProcessFailed, TwistdProcess
from tests.helpers import scratch

#: Tells its process id, and then does nothing.
IDLE = """
import os, sys
from twisted.application.service import Application
print(os.getpid(), file=sys.__stdout__, flush=True)
application = Application("idle")
"""

#: Does nothing, and tells nothing.
SILENT = """
from twisted.application.service import Application
application = Application("silent")
"""


class TwistdProcessTests(SynchronousTestCase):
    """
    A process that does not do its part.
    """

    def start(self, source: str) -> TwistdProcess:
        """
        Start an application named "program".
        """
        folder = scratch(self)
        tac = folder / "program.tac"
        tac.write_text(source, encoding="utf-8")
        return TwistdProcess(tac, folder)

    def test_does_not_start(self) -> None:
        """
        A process that ends with an error instead of starting is named, with the end of its log.
        """
        with self.start("raise LookupError('no luck')") as process:
            raised = self.assertRaises(ProcessFailed, process.read_line, timeout=30)
        self.assertIn("The program has ended before it was of any use.", str(raised))
        self.assertIn("no luck", str(raised))

    def test_silent(self) -> None:
        """
        A process that says nothing is not waited for any longer than was said.
        """
        with self.start(SILENT) as process:
            raised = self.assertRaises(ProcessFailed, process.read_line, timeout=0.1)
        self.assertIn("The program has said nothing for 0.1 seconds.", str(raised))

    def test_does_not_end(self) -> None:
        """
        Nor is one that does not end by itself.
        """
        with self.start(IDLE) as process:
            process.read_line(timeout=30)
            raised = self.assertRaises(ProcessFailed, process.wait, timeout=0.1)
        self.assertIn("The program has not ended within 0.1 seconds.", str(raised))

    def test_ends_with_error(self) -> None:
        """
        A process that ends by itself, but not well, is named with its exit status.
        """
        with self.start("raise LookupError('no luck')") as process:
            raised = self.assertRaises(ProcessFailed, process.wait, timeout=30)
        self.assertIn("The program has ended with status 1, not 0.", str(raised))

    def test_terminated(self) -> None:
        """
        A process that is asked to end does so.
        """
        with self.start(IDLE) as process:
            process.read_line(timeout=30)
            process.terminate(timeout=30)

    def test_terminated_too_late(self) -> None:
        """
        A process that has ended before it was asked to is named.
        """
        with self.start("raise LookupError('no luck')") as process:
            self.assertRaises(ProcessFailed, process.wait, timeout=30)
            raised = self.assertRaises(ProcessFailed, process.terminate, timeout=30)
        self.assertIn("The program has ended with status 1, not -15.", str(raised))

    def test_none_left(self) -> None:
        """
        Whatever happens in the block, the process is gone after it.
        """
        with self.start(IDLE) as process:
            pid = int(process.read_line(timeout=30))
            os.kill(pid, 0)
        self.assertRaises(ProcessLookupError, os.kill, pid, 0)
