"""``eliot-prettyprint``: each message of a log, laid out for people."""

from __future__ import annotations

from _command import command, measure
from _timing import arguments


def main() -> None:
    measure(arguments(__doc__), [command("eliot-prettyprint")], b"  status: 200\n")


if __name__ == "__main__":
    main()
