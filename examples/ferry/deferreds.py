"""
An action and a Deferred, done wrong and done right: ``python deferreds.py | eliot tree``.
"""

import sys

from twisted.internet.defer import Deferred

from eliot import log_message, start_action, to_file
from eliot.twisted import DeferredContext


def wrong(answer: Deferred[str]) -> Deferred[str]:
    """
    Ask for a berth.  The action has ended before there is an answer.
    """
    with start_action(action_type="ferry:ask_for_berth", done="wrong"):
        return answer.addCallback(moor, lines=2)


def right(answer: Deferred[str]) -> Deferred[str]:
    """
    Ask for a berth.  The action ends when the ferry is moored.
    """
    with start_action(action_type="ferry:ask_for_berth", done="right").context():
        context = DeferredContext(answer)
        context.addCallback(moor, lines=2)
        return context.addActionFinish()


def moor(berth: str, lines: int) -> str:
    """
    Make the ferry fast.
    """
    log_message("ferry:moored", berth=berth, lines=lines)
    return berth


if __name__ == "__main__":
    to_file(sys.stdout)
    for ask in (wrong, right):
        answer = Deferred[str]()
        ask(answer)
        answer.callback("B 3")
