"""
The tests: one module for each module of the package, and some that hold the whole together.

All run under trial and under pytest::

    python -m twisted.trial tests

Hypothesis has one profile for all of them, which is loaded here since every test module is
imported after this one.
"""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile(
    "eliot",
    # In CI the same examples every time: a run that fails there fails again.
    derandomize="CI" in os.environ,
    # How long an example takes says more about the machine than about the code.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("eliot")

# Who was started in the background ignores SIGINT, and so would all those whom tests start and
# interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
