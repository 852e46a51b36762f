"""
A light that turns.
"""

from __future__ import annotations

from eliot import start_action


class Light:
    """
    A light that can be seen in four directions, one after the other.

    :param name: where it stands.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._turns = 0

    def turn(self) -> None:
        """
        Turn by a quarter.
        """
        with start_action(action_type="lights:turn", light=self._name) as action:
            self._turns += 1
            action.add_success_fields(direction="NESW"[self._turns % 4])
