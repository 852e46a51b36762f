"""
Two programs whose logs join into one tree: a web site, and a link checker that visits it.

Run both with ``python -m examples.demo``. Each of them is a Twisted application: ``site.tac`` and
``checker.tac`` say what it consists of; ``site.py`` and ``checker.py`` are what it does.
"""

#: The HTTP header in which the checker tells the site which task it works on.
TASK_ID_HEADER = b"X-Eliot-Task-Id"
