"""
Older spellings of public names.
"""

from eliot.testing._capture import validate_logging

validateLogging = validate_logging  # noqa: N816
