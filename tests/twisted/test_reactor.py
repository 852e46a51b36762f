"""
Tests of :mod:`eliot.twisted._reactor`.
"""

from __future__ import annotations

from twisted.internet import reactor
from twisted.internet.interfaces import IReactorCore, IReactorFromThreads, IReactorTime
from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted._reactor import ILoggingReactor, reactor_of_program
from tests.helpers import run_child


class ReactorTests(SynchronousTestCase):
    """
    The reactor of the program.
    """

    def test_same(self) -> None:
        """
        It is the one that the program has chosen, which has all that services need.
        """
        self.assertIs(reactor_of_program(), reactor)
        for interface in (IReactorCore, IReactorTime, IReactorFromThreads):
            self.assertIn(interface, ILoggingReactor.__bases__)
            self.assertTrue(interface.providedBy(reactor), interface)

    def test_not_installed(self) -> None:
        """
        To import the package chooses none.
        """
        program = "import eliot.twisted, sys\nprint('twisted.internet.reactor' in sys.modules)"
        self.assertEqual(run_child(program).stdout, "False\n")
