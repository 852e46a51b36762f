"""
``eliot grep``: tasks in which some text is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final

import click

from eliot.cli._display_options import display_options, tree_options
from eliot.cli._inputs import Inputs, input_options
from eliot.cli._output import Output
from eliot.cli._selection_options import selection_options
from eliot.read import PLAIN, Selection, Task, TaskDrawer, TextOptions, printable

#: What the command exits with if nothing was found: 1 and 2 have other meanings.
_NOTHING_FOUND: Final = 3

_ESCAPE: Final = re.compile("(\x1b\\[[0-9;]*m)")

_EXAMPLES: Final = """\b
Examples:
  eliot grep 'connection (lost|refused)' client.log server.log
  eliot grep -i timeout --failed --prune server.log
  eliot grep -F '[::1]:8080' server.log
  eliot filter --failed server.log | eliot grep refused
  eliot grep -q timeout server.log || echo none
"""


@click.command(epilog=_EXAMPLES)
@click.argument("pattern")
@input_options
@click.option("-i", "--ignore-case", is_flag=True, help="Upper and lower case are the same.")
@click.option("-F", "--fixed-strings", is_flag=True, help="PATTERN is the very text.")
@click.option("-v", "--invert-match", is_flag=True, help="Show the other tasks.")
@click.option("-c", "--count", is_flag=True, help="Show only how many tasks they are.")
@click.option("-l", "--list", "only_list", is_flag=True, help="Show only their identifiers.")
@click.option("-q", "--no-output", "no_output", is_flag=True, help="Show nothing.")
@selection_options
@display_options
@tree_options
def grep(
    *,
    inputs: Inputs,
    selection: Selection,
    output: Output,
    options: TextOptions,
    pattern: str,
    ignore_case: bool,
    fixed_strings: bool,
    invert_match: bool,
    count: bool,
    only_list: bool,
    no_output: bool,
) -> None:
    """
    Show the tasks in which PATTERN is found, as trees.

    PATTERN is a regular expression of Python, and is looked for in types, in
    the names of fields and in values, also within lists and objects, as people
    see them: an umlaut or a line break is not an escape. ^ and $ are the
    beginning and the end of a line.

    Whatever else is asked for must hold of the same action or message as the
    pattern. -v shows those tasks that would be shown without PATTERN and not
    with it.

    FILES are logs, and are read as one; "-" or none is standard input. The
    exit status is 0 if something was found, and 3 if nothing was. What could not
    be read is told on standard error; the exit status is then 1.
    """
    try:
        regex = selection.search(
            pattern, ignore_case=ignore_case, fixed=fixed_strings, invert=invert_match
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="PATTERN") from None
    show: Callable[[Task], Iterable[str]]
    if count or no_output:
        show = _nothing
    elif only_list:
        show = _identifier
    elif options.styles is PLAIN or invert_match:
        show = _Trees(options, None)
    else:
        show = _Trees(options, regex)
    found = 0
    with inputs.messages() as messages:
        for task in selection.tasks(messages, inputs.patience):
            found += 1
            output.write_lines(show(task))
        if count:
            output.write_lines([str(found)])
    if not found:
        raise click.exceptions.Exit(_NOTHING_FOUND)


def _nothing(task: Task) -> Iterable[str]:
    return []


def _identifier(task: Task) -> Iterable[str]:
    return [printable(task.task_uuid)]


class _Trees:
    """
    Draws one task after the other.

    :param regex: what is to stand out, if anything.
    """

    def __init__(self, options: TextOptions, regex: re.Pattern[str] | None) -> None:
        self._draw = TaskDrawer(options).draw
        self._regex = regex
        self._separator: list[str] = []

    def __call__(self, task: Task) -> Iterator[str]:
        """
        :returns: the lines.
        """
        lines = self._draw(task)
        if self._regex is not None:
            lines = (_marked(line, self._regex) for line in lines)
        separator, self._separator = self._separator, [""]
        return chain(separator, lines)


def _marked(line: str, regex: re.Pattern[str]) -> str:
    """
    Have what was found stand out in a line that is painted: by other colours than those that
    may be there already, which go on behind it.
    """
    # All escapes are ours: what was logged has none when it is drawn.
    parts = _ESCAPE.split(line)
    for index in range(0, len(parts), 2):
        parts[index] = regex.sub(_mark, parts[index])
    return "".join(parts)


def _mark(match: re.Match[str]) -> str:
    return f"\x1b[7m{match[0]}\x1b[27m" if match[0] else ""
