"""
A Python expression for each message of a log: ``python -m eliot.filter EXPRESSION``.

The expression is run as Python code.  Never let it come from elsewhere.
"""

import sys

from eliot.read._expression import EliotFilter, main

__all__ = ["EliotFilter", "main"]

if __name__ == "__main__":
    sys.exit(main())
