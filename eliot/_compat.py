"""
Older spellings of public names.
"""

from eliot._tracebacks import write_failure

writeFailure = write_failure


def use_asyncio_context() -> None:
    """
    Do nothing: every coroutine keeps its own current action by itself.  It had
    to be asked for once, so there are programs that do.
    """
