"""
Tests of :mod:`eliot.twisted.amp`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.helpers import run_child


class ImportTests(SynchronousTestCase):
    """
    What it costs those who do not use it.
    """

    def test_not_loaded(self) -> None:
        """
        Twisted's AMP is loaded by those who use it only.
        """
        process = run_child(
            "import sys, eliot.twisted; print('twisted.protocols.amp' in sys.modules);"
            "import eliot.twisted.amp; print('twisted.protocols.amp' in sys.modules)"
        )
        self.assertEqual((process.stdout, process.stderr), ("False\nTrue\n", ""))
