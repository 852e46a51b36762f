"""
A writer around a log file that was made in another way: ``python own_file.py``.
"""

from __future__ import annotations

from twisted.internet.interfaces import IReactorCore
from twisted.internet.task import react
from twisted.python.logfile import LogFile

from eliot import FileDestination, log_message
from eliot.logwriter import ThreadedWriter


async def main(reactor: IReactorCore) -> None:
    """
    Log a message, by way of a service that is started and stopped by hand.
    """
    file = LogFile("own_file.json", ".", rotateLength=1_000_000)
    writer = ThreadedWriter(FileDestination(file=file), reactor, overflow="drop-oldest")
    writer.startService()
    log_message("own_file:said", text="Cast off!")
    await writer.stopService()
    file.close()


if __name__ == "__main__":
    react(main)
