"""``eliot-prettyprint``: each message of a log, laid out for people."""

from __future__ import annotations

from _command import command, measure
from _timing import arguments


def main() -> None:
    words = command("eliot-prettyprint", "eliot.prettyprint")
    measure(arguments(__doc__), words, b"  status: 200\n")


if __name__ == "__main__":
    main()
