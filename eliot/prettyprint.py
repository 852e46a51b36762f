"""
Messages for people, one by one.

This is what the program ``eliot-prettyprint`` does; ``python -m eliot.prettyprint`` is the same.
"""

import sys

from eliot.read._compact import compact_format
from eliot.read._pretty import pretty_format
from eliot.read._prettyprint import main

__all__ = ["compact_format", "main", "pretty_format"]

if __name__ == "__main__":
    sys.exit(main())
