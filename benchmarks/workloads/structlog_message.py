"""
An event of three fields through structlog, written to a file and flushed.

Set up as structlog's documentation on performance advises: orjson renders bytes, ``BytesLogger``
writes and flushes them, the logger is cached on first use and bound to a local name, and levels
are filtered by its own bound logger. Beyond that only what makes it a log line is switched on: a
level and a timestamp, in seconds since the epoch, which is its fastest form. There is no context
for it to merge and no exception to format, so those processors are left out, in its favour.
"""

from __future__ import annotations

import logging

import orjson
import structlog
from _timing import arguments, expect_lines, report, warm_and_measure


def log_events(operations: int) -> None:
    log = structlog.get_logger().bind()
    for number in range(operations):
        log.info("bench:message", number=number, text="a short text", part=0.25)


def main() -> None:
    asked = arguments(__doc__)
    with asked.path.open("wb") as file:
        structlog.configure(
            cache_logger_on_first_use=True,
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt=None),
                structlog.processors.JSONRenderer(serializer=orjson.dumps),
            ],
            logger_factory=structlog.BytesLoggerFactory(file=file),
        )
        nanoseconds = warm_and_measure(log_events, asked)
        expect_lines(asked.path, asked.total)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
