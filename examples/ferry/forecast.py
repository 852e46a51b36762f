"""
Ferries that have asked for the forecast: ``python forecast.py | eliot tree``.
"""

import sys
from collections.abc import Callable

from eliot import log_message, start_action, to_file
from eliot.twisted import bind


class Station:
    """
    Knows the weather, and tells whoever wants to know it.
    """

    def __init__(self) -> None:
        self.listeners: list[Callable[[int], object]] = []

    def forecast(self, knots: int) -> None:
        """
        Tell all how strong the wind will be.
        """
        with start_action(action_type="weather:forecast", knots=knots):
            for tell in self.listeners:
                tell(knots)


def decide(longest_wave: float, knots: int) -> None:
    """
    Decide whether the ferry leaves.
    """
    log_message("ferry:decided", leaves=knots * longest_wave < 100)


if __name__ == "__main__":
    to_file(sys.stdout)
    station = Station()
    with start_action(action_type="ferry:at_berth", ferry="Swan"):
        station.listeners.append(bind(decide, 2.5))
        station.forecast(28)
        station.forecast(41)
