"""How much memory it takes to stream messages through the parser: the peak of the whole process."""

from __future__ import annotations

import resource
import sys

import orjson
from _forest import MESSAGES_OF_A_TASK, lines
from _timing import arguments, elapsed, expect, report_with_memory

from eliot.parse import Parser


def main() -> None:
    asked = arguments(__doc__)
    tasks = max(1, asked.operations // MESSAGES_OF_A_TASK)
    found: list[int] = []

    def parse(_: int) -> None:
        parsed = Parser.parse_stream(map(orjson.loads, lines(tasks)))
        found.append(sum(task.is_complete() for task in parsed))

    time = elapsed(parse, asked.operations)
    expect("tasks", tasks, found[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes, but for macOS.
    peak *= 1 if sys.platform == "darwin" else 1024
    report_with_memory(asked.operations, {"peak": peak}, {"operation": time / asked.operations})


if __name__ == "__main__":
    main()
