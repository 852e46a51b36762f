"""
Tests whose messages are found in trial's log: ``trial examples.ferry.test_mooring``.
"""

from twisted.trial.unittest import SynchronousTestCase

from eliot import log_message, start_action
from eliot.twisted import redirectLogsForTrial

redirectLogsForTrial()


class MooringTests(SynchronousTestCase):
    """
    Mooring.
    """

    def test_moor(self) -> None:
        """
        Two lines are enough.
        """
        with start_action(action_type="ferry:moor"):
            log_message("ferry:moored", lines=2)
