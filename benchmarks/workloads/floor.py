"""
The floor: only what no logging can avoid.

Build the dictionary, read the clock, encode with a newline, write, flush.
"""

from __future__ import annotations

from time import time

import orjson
from _timing import arguments, expect_lines, report, warm_and_measure


def main() -> None:
    asked = arguments(__doc__)
    dumps = orjson.dumps
    newline = orjson.OPT_APPEND_NEWLINE
    with asked.path.open("wb") as file:
        write = file.write
        flush = file.flush

        def write_lines(operations: int) -> None:
            for number in range(operations):
                message = {
                    "number": number,
                    "text": "a short text",
                    "part": 0.25,
                    "task_uuid": "2c2a5c2b-6a29-4b2f-a1f6-5f3f5d2f8a10",
                    "task_level": [number],
                    "timestamp": time(),
                    "message_type": "bench:message",
                }
                write(dumps(message, option=newline))
                flush()

        nanoseconds = warm_and_measure(write_lines, asked)
        expect_lines(asked.path, asked.total)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
