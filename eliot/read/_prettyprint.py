"""
The program ``eliot-prettyprint``.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from typing import Final

from eliot.read._blocks import decode_line, raw_line
from eliot.read._compact import COMPACT, compact_format
from eliot.read._heads import HEAD, has_time
from eliot.read._many import ManyLines
from eliot.read._message import JSON, MalformedMessage, Message
from eliot.read._pretty import PRETTY, pretty_format
from eliot.read._standard import FileProblems, read_files, run

_LONGEST_LINE: Final = 10_000

_DESCRIPTION: Final = """\
Show the messages of logs, one by one. What is no message is shown as it is, and told on standard
error; the exit status is then 1.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run ``eliot-prettyprint``.

    :param arguments: what stands on the command line after its name; those of this process if
        they are not given.
    :returns: the exit status.
    :raises SystemExit: after the help, and with 2 if the arguments make no sense.
    """
    parser = ArgumentParser("eliot-prettyprint", description=_DESCRIPTION)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help='logs, one JSON message a line; "-" or none is standard input',
    )
    parser.add_argument("-c", "--compact", action="store_true", help="one line for each message")
    parser.add_argument(
        "-l",
        "--local-timezone",
        action="store_true",
        help="times in the local time zone instead of UTC",
    )
    options = parser.parse_args(arguments)
    compact: bool = options.compact
    local_timezone: bool = options.local_timezone
    files: list[str] = options.files

    def work(problems: FileProblems) -> None:
        show = compact_format if compact else pretty_format
        lines = _Lines(problems, lambda message: show(message, local_timezone) + "\n")
        layout = COMPACT if compact else PRETTY
        many = ManyLines(layout, lines.format, local_timezone=local_timezone)
        output = sys.stdout
        for number, block in read_files(files, problems):
            lines.number = number
            output.write("".join(many.format(block)))
            output.flush()

    return run(work)


# Where people find it.
main.__module__ = "eliot.prettyprint"


class _Lines:
    """
    Formats lines, whatever they hold.

    :param problems: told of those that are no messages.
    :param show: formats a message.
    :ivar number: the number of the first line of those that are being formatted.
    """

    def __init__(self, problems: FileProblems, show: Callable[[dict[str, JSON]], str]) -> None:
        self._problems = problems
        self._show = show
        self.number = 1

    def format(self, index: int, line: str) -> str:
        """
        Format a line.

        :param index: how many lines stand before it, of those that are being formatted.
        """
        if not line or line.isspace():
            return ""
        try:
            message = decode_line(line)
        except MalformedMessage as error:
            return self._foreign("Not JSON", index, str(error), line)
        wrong = ""
        try:
            if not has_time(Message(message).timestamp):
                wrong = "no calendar has the timestamp"
        except MalformedMessage as error:
            wrong = str(error)
        if type(message) is not dict or HEAD - message.keys():
            return self._foreign("Not an Eliot message", index, wrong, line)
        if wrong:
            self._problems.tell_line(self.number + index, wrong, line)
        return self._show(message)

    def _foreign(self, what: str, index: int, wrong: str, line: str) -> str:
        self._problems.tell_line(self.number + index, wrong, line)
        raw = raw_line(line).rstrip(b"\r")
        more = f" ... ({len(raw):,} bytes)" if len(raw) > _LONGEST_LINE else ""
        return f"{what}: {raw[:_LONGEST_LINE]!r}{more}\n\n"
