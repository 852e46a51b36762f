"""``Parser.parse_stream``: from lines of JSON to tasks, the root of each of which is looked at."""

from __future__ import annotations

from pathlib import Path

import orjson
from _forest import write_log
from _timing import arguments, elapsed, expect, report

from eliot.parse import Parser


def parse(path: Path) -> int:
    """
    Parse a log.

    :returns: How many complete tasks there are.
    """
    with path.open("rb") as log:
        tasks = Parser.parse_stream(map(orjson.loads, log))
        return sum(task.is_complete() and task.root() is not None for task in tasks)


def main() -> None:
    asked = arguments(__doc__)
    expect("tasks", write_log(asked.path, asked.warm_up), parse(asked.path))
    tasks = write_log(asked.path, asked.operations)
    found: list[int] = []
    time = elapsed(lambda _: found.append(parse(asked.path)), asked.operations)
    expect("tasks", tasks, found[0])
    report(asked.operations, operation=time / asked.operations)


if __name__ == "__main__":
    main()
