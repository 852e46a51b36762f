"""
``python -m eliot.cli`` is the ``eliot`` command.
"""

from eliot.cli import main

if __name__ == "__main__":
    main()
