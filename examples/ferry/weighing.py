"""
Another program does a part of the work: ``python weighing.py 14 | eliot tree``.
"""

import os
import subprocess
import sys

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone
from twisted.internet.interfaces import IReactorProcess
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react

from eliot import log_message, start_action, task_environment, to_file
from eliot.twisted import spawn_logged


async def load(reactor: IReactorProcess, cars: str) -> None:
    """
    Load cars, if they are not too heavy.
    """
    with start_action(action_type="ferry:load"):
        command = [sys.executable, "-m", "examples.ferry.scales", cars]
        scales = spawn_logged(reactor, sys.executable, command)
        end = await scales.ended
        log_message("ferry:cleared", may_sail=isinstance(end, ProcessDone))


class Counting(ProcessProtocol):
    """
    Counts what the scales say.
    """

    def __init__(self) -> None:
        self.lines = 0

    def outReceived(self, data: bytes) -> None:
        """
        Count lines.
        """
        self.lines += data.count(b"\n")

    def processEnded(self, reason: object) -> None:
        """
        Tell how many there were.
        """
        log_message("ferry:counted", lines=self.lines)


async def count(reactor: IReactorProcess) -> None:
    """
    Let a protocol look at what others do, which know nothing of this framework.
    """
    with start_action(action_type="ferry:count"):
        lines = spawn_logged(
            reactor,
            "/bin/sh",
            ["sh", "-c", "echo one; echo two >&2; echo three"],
            protocol=Counting(),
            continued=False,
            output=[2],
            log_descriptor=None,
        )
        await lines.ended


def load_and_wait(cars: str) -> None:
    """
    Do it without Twisted.
    """
    with start_action(action_type="ferry:load"):
        command = [sys.executable, "-m", "examples.ferry.scales", cars]
        subprocess.run(command, check=True, env={**os.environ, **task_environment()})


def main(reactor: IReactorProcess, what: str) -> Deferred[None]:
    """
    Load as many cars as are wanted, or count.
    """
    to_file(sys.stdout)
    return Deferred.fromCoroutine(count(reactor) if what == "count" else load(reactor, what))


if __name__ == "__main__":
    if sys.argv[1] == "wait":
        to_file(sys.stdout)
        load_and_wait(sys.argv[2])
    else:
        react(main, sys.argv[1:])
