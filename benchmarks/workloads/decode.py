"""What no parser can avoid: to decode each line."""

from __future__ import annotations

from pathlib import Path

import orjson
from _forest import write_log
from _timing import arguments, report, warm_and_measure


def decode(path: Path) -> None:
    with path.open("rb") as log:
        for line in log:
            orjson.loads(line)


def main() -> None:
    asked = arguments(__doc__)
    write_log(asked.path, asked.operations)
    report(asked.operations, operation=warm_and_measure(lambda _: decode(asked.path), asked))


if __name__ == "__main__":
    main()
