"""The trees of a log as text: ``eliot tree``, beside ``eliot-tree``."""

from __future__ import annotations

from _command import command, measure
from _timing import arguments

#: The last field of each task.
_LAST = b"status: 200"


def main() -> None:
    words = command("eliot-tree", "eliot.cli")
    ours = ["tree"] if len(words) > 1 else ["--color=never"]
    measure(arguments(__doc__), [*words, *ours], _LAST)


if __name__ == "__main__":
    main()
