"""
Levels that say who should do something about it: ``python levels.py | eliot tree``.
"""

import sys
from contextlib import suppress
from enum import StrEnum

from eliot import log_message, start_action, to_file


class For(StrEnum):
    """
    Whom a message is for.
    """

    CREW = "for the crew"
    OFFICE = "for the office, in the morning"
    COAST_GUARD = "for the coast guard, at once"


def sail(fog: bool) -> None:
    """
    Cross the sound.
    """
    with start_action(action_type="ferry:cross", log_level=For.CREW):
        log_message("ferry:lamp_broken", lamp="stern", log_level=For.OFFICE)
        if fog:
            log_message("ferry:radar_lost", log_level=For.COAST_GUARD)
            raise RuntimeError("blind")


if __name__ == "__main__":
    to_file(sys.stdout)
    with suppress(RuntimeError):
        sail(fog=True)
