"""
Say something when it is too late: ``python late.py | eliot tree``.
"""

import sys

from eliot import log_message, start_action, to_file

to_file(sys.stdout)

with start_action(action_type="ferry:cross").context() as crossing:
    log_message("ferry:mooring")
    crossing.finish()
    # The crossing is over: this has no place in it.
    log_message("ferry:moored")
