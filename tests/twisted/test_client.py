"""
The module of HTTP's clients.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.twisted import client
from tests.helpers import run_child


class ClientTests(SynchronousTestCase):
    """
    What is loaded when.
    """

    def test_names(self) -> None:
        """
        It shows an agent and a client.
        """
        self.assertEqual(client.__all__, ["LoggedAgent", "LoggedHTTPClient"])

    def test_light(self) -> None:
        """
        Programs that make no requests load nothing for that.
        """
        child = run_child(
            "import sys, eliot.twisted\n"
            "print({'treq', 'twisted.web', 'twisted.web.client'} & set(sys.modules))"
        )
        self.assertEqual((child.stdout, child.stderr), ("set()\n", ""))
