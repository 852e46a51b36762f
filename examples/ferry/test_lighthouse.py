"""
Tests that look at one logger only: ``trial examples.ferry.test_lighthouse``.
"""

from unittest import TestCase

from eliot import MemoryLogger, log_message
from eliot.testing import (
    LoggedAction,
    LoggedMessage,
    assertHasAction,
    assertHasMessage,
    validate_logging,
)
from examples.ferry.lighthouse import FLASH, WATCH, Lighthouse


class LighthouseTests(TestCase):
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

    @validate_logging(assertHasMessage, "lighthouse:polished", {"panes": 12})
    def test_clean(self, logger: MemoryLogger) -> None:
        """
        What is logged without types is found by name.
        """
        lighthouse = Lighthouse()
        lighthouse.logger = logger
        lighthouse.clean()
        (clean,) = LoggedAction.of_type(logger.messages, "lighthouse:clean")
        self.assertEqual(clean.type_tree(), {"lighthouse:clean": ["lighthouse:polished"]})
