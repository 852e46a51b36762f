"""
A field that cannot be serialized: ``python -m examples.ferry.misprint``.
"""

import sys

from eliot import to_file
from examples.ferry.tickets import TICKET_SOLD

if __name__ == "__main__":
    to_file(sys.stdout)
    # A ferry should be a Ferry, of which the name is written.
    TICKET_SOLD.log(ferry="Gull", price=450, passenger="Ada")
