"""
Older spellings of public names.
"""

from eliot._tracebacks import write_failure

writeFailure = write_failure
