"""
How fast this package is, beside other ways to log: ``python -m benchmarks``.

``rows`` says what is compared and what is to be reached, ``workloads/`` holds the work itself,
``peers`` makes the environments of the others, ``programs`` runs one piece of work in a process,
``rounds`` interleaves them, ``results`` compares, and ``report`` prints. See ``README.rst`` beside
this file.
"""
