"""
What must not be wrong with a log, whatever the test is about.
"""

from __future__ import annotations

from collections.abc import Sequence

from eliot._memory import MemoryLogger


class UnflushedTracebacks(Exception):
    """
    Tracebacks were logged that nobody expected.

    :param messages: the messages with them.
    :ivar messages: the messages with the tracebacks.
    """

    def __init__(self, messages: Sequence[dict[str, object]]) -> None:
        super().__init__(messages)
        self.messages = messages

    def __str__(self) -> str:
        """
        Show the tracebacks as they were logged.
        """
        count = len(self.messages)
        lines = [f"{count} logged, and not taken out with flush_tracebacks():"]
        for message in self.messages:
            shown = message.get("traceback") or message.get("reason")
            lines.append(str(shown).rstrip("\n"))
        return "\n".join(lines)


def check_for_errors(logger: MemoryLogger) -> None:
    """
    Make sure that nothing was logged that is wrong in any case.

    :param logger: what was logged.
    :raises UnflushedTracebacks: if there are tracebacks that were not taken out
        with :meth:`eliot.MemoryLogger.flush_tracebacks`.
    :raises eliot.ValidationError: if a message is not what its type says, or
        cannot be encoded as it is; says which it is, and where it was logged.
    """
    __tracebackhide__ = True  # for pytest
    if logger.tracebackMessages:
        raise UnflushedTracebacks(logger.tracebackMessages)
    logger.validate()
