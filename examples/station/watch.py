"""
What the pilots do at night.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from time import monotonic

from twisted.application.service import Service
from twisted.internet.interfaces import IReactorProcess, IReactorTime
from twisted.internet.task import deferLater

from eliot import start_action
from eliot.twisted import DeferredContext, spawn_logged

SOUNDINGS = Path(__file__).with_name("soundings.py")


class NoAnswer(Exception):
    """
    A ship does not answer.
    """


class Reactor(IReactorTime, IReactorProcess):
    """
    What the station needs of a reactor.
    """


class Watch(Service):
    """
    One night at the station.

    :param reactor: the reactor of the program.
    """

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor

    def startService(self) -> None:
        """
        Begin the night.
        """
        Service.startService(self)
        for delay, work in (
            (0.0, self.call_ship),
            (0.0, self.take_soundings),
            (0.5, self.draw_chart),
        ):
            self._reactor.callLater(delay, work)
        # An error that nobody handles is told when Python collects what is not used any more. In
        # a busier program that happens all the time.
        self._reactor.callLater(1, gc.collect)

    def call_ship(self) -> None:
        """
        Call a ship, and forget to do something about it when it does not answer.
        """
        with start_action(action_type="station:call_ship", ship="Tern").context():
            answer: DeferredContext[None] = DeferredContext(deferLater(self._reactor, 0.05))
            answer.addCallback(self._listen)
            answer.addActionFinish()

    def _listen(self, _: object) -> None:
        raise NoAnswer("only static")

    def take_soundings(self) -> None:
        """
        Have another program measure how deep the water is.
        """
        with start_action(action_type="station:take_soundings"):
            spawn_logged(self._reactor, sys.executable, [sys.executable, str(SOUNDINGS), "3"])

    def draw_chart(self) -> None:
        """
        Draw a chart by hand, which takes a while, in which nothing else happens.
        """
        with start_action(action_type="station:draw_chart"):
            ready_at = monotonic() + 0.5
            while monotonic() < ready_at:
                pass
