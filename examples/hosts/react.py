"""
A command that runs under ``task.react``: ``python react.py``.
"""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater, react

from eliot import start_action
from eliot.twisted import start_logging


async def main(reactor: IReactorTime) -> None:
    """
    Wait for the tide, twice.
    """
    start_logging("file:react.json", reactor=reactor)
    for tide in ("low", "high"):
        with start_action(action_type="react:wait", tide=tide):
            await deferLater(reactor, 0.05)


if __name__ == "__main__":
    react(main)
