"""
Tests that fail, and show what was logged: ``trial examples.ferry.sinking``.
"""

from twisted.internet import reactor
from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from eliot import log_message, start_action
from eliot.testing import ShowsLog


async def cross(ferry: str) -> None:
    """
    Cross the sound, and do not arrive.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        await deferLater(reactor, 0.01)
        log_message("ferry:leak", litres=400)
        raise RuntimeError("she sinks")


class CrossingTests(ShowsLog, TestCase):
    """
    Crossings.
    """

    async def test_cross(self) -> None:
        """
        A ferry arrives.
        """
        await cross("Gull")
