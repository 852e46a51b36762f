"""
The documented place of the writers that write in a thread.
"""

from __future__ import annotations

from eliot._file import FileDestination
from eliot._ways import OpenFile
from eliot.twisted import ThreadedWriter
from eliot.twisted._reactor import Reactor

__all__ = ["ThreadedFileWriter", "ThreadedWriter"]


class ThreadedFileWriter(ThreadedWriter):
    """
    A writer to a file: the older way to say
    ``ThreadedWriter(FileDestination(file), reactor)``.

    :param log_file: an open file.
    :param reactor: the reactor of the program.
    """

    def __init__(self, log_file: OpenFile[bytes] | OpenFile[str], reactor: Reactor) -> None:
        super().__init__(FileDestination(log_file), reactor)
