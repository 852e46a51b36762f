"""
``python -m eliot.cli`` is the ``eliot`` command.
"""

from eliot.cli import main

main()
