"""
Make tea, and write down how it went: ``python tea.py | eliot tree``.
"""

import sys
from contextlib import suppress

from eliot import log_message, start_action, to_file

to_file(sys.stdout)

with start_action(action_type="make_tea", cups=2):
    with start_action(action_type="boil_water") as boiling:
        boiling.add_success_fields(celsius=100)
    log_message("brewing", minutes=4)
    with suppress(LookupError), start_action(action_type="find_biscuits"):
        raise LookupError("the tin is empty")
