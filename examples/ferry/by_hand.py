"""
An action that is begun in one function and ended in another: ``python by_hand.py | eliot tree``.
"""

import sys

from eliot import log_message, start_action, to_file


class Crossing:
    """
    A ferry on its way.
    """

    def __init__(self, ferry: str) -> None:
        self._action = start_action(action_type="ferry:cross", ferry=ferry)

    def steer(self, degrees: int) -> None:
        """
        Change the course; whatever is logged meanwhile is a part of the crossing.
        """
        with self._action.context():
            turn_rudder(degrees)

    def sound_horn(self) -> None:
        """
        The same, for a single call.
        """
        self._action.run(blow, blasts=2)

    def pass_buoy(self, number: int) -> None:
        """
        The same, for a single message.
        """
        self._action.log("ferry:buoy_passed", number=number)

    def arrive(self, passengers: int) -> None:
        """
        End well.
        """
        self._action.add_success_fields(passengers=passengers)
        self._action.finish()

    def turn_back(self, reason: Exception) -> None:
        """
        End badly.
        """
        self._action.finish(reason)


def turn_rudder(degrees: int) -> None:
    """
    Knows nothing of crossings.
    """
    log_message("ferry:rudder_turned", degrees=degrees)


def blow(blasts: int) -> None:
    """
    Nor does this.
    """
    log_message("ferry:horn", blasts=blasts)


if __name__ == "__main__":
    to_file(sys.stdout)
    gull, tern = Crossing("Gull"), Crossing("Tern")
    gull.steer(20)
    tern.sound_horn()
    gull.pass_buoy(7)
    tern.turn_back(RuntimeError("the tide is out"))
    gull.arrive(passengers=31)
