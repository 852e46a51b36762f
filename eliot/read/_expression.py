"""
The program ``python -m eliot.filter``: what a Python expression makes of each message.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from json import JSONEncoder
from typing import Final, Protocol

from eliot.read._blocks import decode_line
from eliot.read._message import JSON, MalformedMessage
from eliot.read._printable import printable
from eliot.read._standard import FileProblems, read_files, run

_USAGE: Final = """\
Usage: python -m eliot.filter EXPRESSION [FILE...]

Evaluate a Python expression for each line of JSON, and write what it gives as
a line of JSON. FILEs are logs; "-" or none is standard input.

The expression knows these names:

  J                    the message: a dictionary
  datetime, timedelta  the classes; a datetime is written in the ISO format
  SKIP                 give this, and nothing is written for the message

For example, keep the messages of failed actions:
  python -m eliot.filter "J if J.get('action_status') == 'failed' else SKIP" app.log

or write when each message was logged:
  python -m eliot.filter "datetime.fromtimestamp(J['timestamp'])" < app.log

Lines that are no JSON, and those for which the expression raises, are told on
standard error and left out; the exit status is then 1.

The expression is run as Python code, and can do whatever you can: delete your
files, for example. Write it yourself. Never put text into it that comes from
elsewhere, from a log, a web form or a chat; "eliot filter" selects messages
without running code.
"""

#: How many characters of an error are shown.
_LONGEST_ERROR: Final = 300


class Writable(Protocol):
    """
    Where text is written to.
    """

    def write(self, text: str, /) -> object:
        """
        Write a text.
        """


class EliotFilter:
    """
    Evaluates an expression for each line.

    The expression is run as Python code: it must come from somebody who may do whatever this
    process may.

    :param expr: the expression.
    :param incoming: lines of JSON, such as a file of text.
    :param output: where the lines go.
    :raises SyntaxError: if it is no expression.
    """

    # Where people find it.
    __module__ = "eliot.filter"

    _SKIP: Final = object()

    def __init__(self, expr: str, incoming: Iterable[str], output: Writable) -> None:
        self._code = compile(expr, "<expression>", "eval")
        self._incoming = incoming
        self._output = output

    def run(self) -> None:
        """
        Evaluate the expression for all lines.

        :raises MalformedMessage: for a line that is not JSON.
        :raises TypeError: for a value that JSON cannot hold.
        :raises Exception: whatever the expression raises.
        """
        for line in self._incoming:
            self._output.write(self.evaluate(decode_line(line.rstrip("\r\n"))))

    def evaluate(self, message: JSON) -> str:
        """
        Evaluate the expression for a message.

        :returns: a line of JSON, or nothing if the message is to be left out.
        :raises TypeError: for a value that JSON cannot hold.
        :raises Exception: whatever the expression raises.
        """
        # All of it is global, so that it is known in functions and comprehensions as well; and
        # made each time, so that nothing is left behind by another message.
        names = {"J": message, "SKIP": self._SKIP, "datetime": datetime, "timedelta": timedelta}
        value = eval(self._code, names)
        return "" if value is self._SKIP else f"{_encode(value)}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run ``python -m eliot.filter``.

    :param arguments: what stands on the command line after its name; those of this process if
        they are not given.
    :returns: the exit status.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        print(_USAGE, file=sys.stderr, end="")
        return 2
    # Not by argparse: an expression may begin with a minus sign.
    expression, *files = arguments
    if expression in {"-h", "--help"}:
        print(_USAGE, end="")
        return 0
    try:
        evaluation = EliotFilter(expression, [], sys.stdout)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        print(f"The expression is not one of Python: {_describe(error)}", file=sys.stderr)
        _point(error)
        return 2

    def work(problems: FileProblems) -> None:
        output = sys.stdout
        for number, lines in read_files(files, problems):
            output.writelines(_evaluate_all(evaluation, number, lines, problems))
            output.flush()

    return run(work)


# Where people find it.
main.__module__ = "eliot.filter"


def _evaluate_all(
    evaluation: EliotFilter, number: int, lines: list[str], problems: FileProblems
) -> Iterable[str]:
    for line in lines:
        try:
            if line and not line.isspace():
                yield evaluation.evaluate(decode_line(line))
        except MalformedMessage as error:
            problems.tell_line(number, str(error), line)
        except Exception as error:
            problems.tell_line(number, _describe(error), line)
        number += 1


def _describe(error: Exception) -> str:
    try:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        reason = ""
    name = type(error).__name__
    return printable(f"{name}: {reason}" if reason else name)[:_LONGEST_ERROR]


def _point(error: Exception) -> None:
    """
    Show where in the expression the error is.
    """
    if isinstance(error, SyntaxError) and error.text and error.offset:
        text = error.text.rstrip("\n")
        print(f"  {printable(text)}\n  {' ' * (error.offset - 1)}^", file=sys.stderr)


def _to_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_encode: Final = JSONEncoder(default=_to_json).encode
