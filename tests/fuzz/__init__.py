"""
Coverage-guided fuzzing of the reading side: ``python -m tests.fuzz lines --seconds 60``.

What was found to be worth keeping is in ``corpus``, and is tried again by each run of the tests.
"""
