"""
A method that waits for Deferreds, and one that does not: ``python berthing.py | eliot tree``.
"""

import sys
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred

from eliot import log_message, start_action, to_file
from eliot.twisted import inline_callbacks


class Ferry:
    """
    A ferry, which needs a berth.
    """

    @inline_callbacks
    def moor(self, answer: Deferred[str]) -> Generator[Deferred[Any], Any, str]:
        """
        Ask for a berth, and make fast there.
        """
        with start_action(action_type="ferry:moor"):
            berth: str = yield answer
            lines: int = yield self.lines(berth)
            log_message("ferry:moored", berth=berth, lines=lines)
        return berth

    @inline_callbacks
    def lines(self, berth: str) -> int:
        """
        Find out how many lines it takes.
        """
        return 2 if berth.startswith("B") else 4


if __name__ == "__main__":
    to_file(sys.stdout)
    answer = Deferred[str]()
    Ferry().moor(answer)
    answer.callback("B 3")
