"""
Measures how deep the water is: a program of its own, which logs to its standard output.
"""

import sys

from eliot import continue_task_from_environment, log_message, to_file

to_file(sys.stdout.buffer)

with continue_task_from_environment("soundings:line", length=int(sys.argv[1])):
    for place in range(int(sys.argv[1])):
        log_message("soundings:depth", place=place, fathoms=7 - place)
    # Whoever has written the driver of the echo sounder has left this in.
    print("DEBUG ping=0x3f", flush=True)
