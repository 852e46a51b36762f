"""
Where messages come from: files, and standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import chain
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from typing import Final

from eliot import read
from eliot.cli._progress import Progress
from eliot.cli._waiting import Waiting
from eliot.read import LogFile, Message, Problem, merge_messages, read_messages
from eliot.read._problems import Problems

_STANDARD_INPUT: Final = "standard input"


@contextmanager
def open_sources(
    names: Sequence[str], problems: Problems, progress: Progress | None, *, rotated: bool
) -> Iterator[Iterator[Message]]:
    """
    Open logs, for as long as the context lasts.

    :param names: paths of files, and patterns of them; ``-`` is standard input, and so is no
        name at all.
    :param problems: where to tell about files that cannot be opened, and lines
        that are no messages.
    :param progress: shows how far reading has come.
    :param rotated: whether the older files of each log belong to it.
    :returns: the messages of all of them, as one log.
    """
    with ExitStack() as stack:
        stack.enter_context(_many_files())
        logs = []
        if paths := _paths(names):
            # What finds files is loaded where it is used: not for standard input alone.
            found = read.find_logs(paths, problems.tell, rotated=rotated)
            logs = [each.open(problems.tell) for each in found]
        if "-" in names or not names:
            logs += _standard_input(problems)
        for file in chain.from_iterable(logs):
            stack.enter_context(file)
        if progress is not None:
            progress.watch([*chain.from_iterable(logs)])
        sources = [_read(each, problems, progress) for each in logs]
        yield sources[0] if len(sources) == 1 else merge_messages(sources)


@contextmanager
def follow_sources(
    names: Sequence[str], problems: Problems, waiting: Waiting, *, rotated: bool, from_end: bool
) -> Iterator[Iterator[Message]]:
    """
    Follow logs, for as long as the context lasts.

    :param names: paths of files, and patterns of them.
    :param problems: where to tell what could not be read.
    :param waiting: waits for more, and ends it.
    :param rotated: whether the older files of each log are read first.
    :param from_end: whether what is there already is left out.
    :returns: the messages of all of them, as they come.
    """
    logs = read.find_logs(_paths(names), problems.tell, rotated=rotated)
    messages = read.follow_messages(logs, problems.tell, waiting.go_on, from_end=from_end)
    with _many_files(), closing(messages):
        yield messages


def _paths(names: Sequence[str]) -> list[str]:
    return [name for name in names if name != "-"]


def _standard_input(problems: Problems) -> list[list[LogFile]]:
    # Python has none if it was closed.
    if sys.stdin is None:
        problems.tell(Problem(_STANDARD_INPUT, None, "is closed"))
        return []
    return [[LogFile(sys.stdin.buffer, _STANDARD_INPUT)]]


def _read(
    files: Sequence[LogFile], problems: Problems, progress: Progress | None
) -> Iterator[Message]:
    def before_piece() -> None:
        # Not after each message: that would take as long as to show it.
        sys.stdout.flush()
        if progress is not None:
            progress.advance()

    for file in files:
        with file:
            yield from read_messages(file, file.name, problems.tell, before_piece)


@contextmanager
def _many_files() -> Iterator[None]:
    """
    Have as many files open as may be: all of them are, so that none is missed that is rotated
    while others are read.
    """
    soft, hard = getrlimit(RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        setrlimit(RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            setrlimit(RLIMIT_NOFILE, (soft, hard))
