"""
Tests that look at one logger only: ``trial examples.ferry.test_lighthouse``.
"""

from twisted.trial.unittest import SynchronousTestCase

from eliot import MemoryLogger, log_message
from eliot.testing import LoggedMessage, assertHasAction, assertHasMessage, validate_logging
from examples.ferry.lighthouse import FLASH, WATCH, Lighthouse


class LighthouseTests(SynchronousTestCase):
    """
    The lighthouse.
    """

    @validate_logging(assertHasMessage, FLASH, {"seconds": 3})
    def test_watch(self, logger: MemoryLogger) -> None:
        """
        What others log goes its usual way, and is none of our business.
        """
        lighthouse = Lighthouse()
        lighthouse.logger = logger
        log_message("sea:fog")
        lighthouse.watch("Ida")
        watch = assertHasAction(self, logger, WATCH, True, {"keeper": "Ida"})
        (flash,) = LoggedMessage.of_type(logger.messages, FLASH)
        self.assertEqual(logger.messages, [watch.start_message, flash.message, watch.end_message])
