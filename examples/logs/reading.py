"""
Count what failed, in a log with all of its older files.

::

    python examples/logs/reading.py app.log
"""

from __future__ import annotations

import sys
from collections import Counter

from eliot.read import Problem, find_logs, read_messages


def complain(problem: Problem) -> None:
    """
    Tell what could not be read.
    """
    print(problem, file=sys.stderr)


def failures(path: str) -> Counter[str]:
    """
    Count the actions that failed, by their types.
    """
    found: Counter[str] = Counter()
    for log in find_logs([path], complain, rotated=True):
        for file in log.open(complain):
            with file:
                for message in read_messages(file, file.name, complain):
                    if message.status == "failed":
                        found[message.type] += 1
    return found


if __name__ == "__main__":
    for action_type, count in failures(sys.argv[1]).most_common():
        print(count, action_type)
