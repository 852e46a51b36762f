"""
The documented place of the writers that write in a thread.
"""

from eliot.twisted._writer import ThreadedFileWriter, ThreadedWriter

__all__ = ["ThreadedFileWriter", "ThreadedWriter"]
