"""The trees of a log as text: ``eliot tree``, beside ``eliot-tree``."""

from __future__ import annotations

from _command import command, is_ours, measure
from _timing import arguments

#: The last field of each task.
_LAST = b"status: 200"


def main() -> None:
    ours, theirs = [command("eliot"), "tree"], [command("eliot-tree"), "--color=never"]
    measure(arguments(__doc__), ours if is_ours() else theirs, _LAST)


if __name__ == "__main__":
    main()
