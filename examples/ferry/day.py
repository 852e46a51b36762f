"""
One action around all that a process does: ``python day.py | eliot tree``.
"""

import sys
from threading import Thread

from eliot import log_message, start_action, start_root_action, to_file


def cross(ferry: str) -> None:
    """
    Sail, as the whole of what a thread does.
    """
    with start_action(action_type="ferry:cross", ferry=ferry):
        log_message("ferry:half_way")


if __name__ == "__main__":
    to_file(sys.stdout)
    with start_root_action("ferry:day", timetable="summer"):
        thread = Thread(target=cross, args=["Gull"])
        thread.start()
        thread.join()
        log_message("harbour:lamps_lit")
