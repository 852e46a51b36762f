"""
The file that a subcommand writes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

import click
from click import format_filename


@contextmanager
def open_target(name: str, inputs: Sequence[str]) -> Iterator[BinaryIO]:
    """
    Open what is to be written, for as long as the context lasts.

    A file is written under another name beside the one that it is to have, which it gets when the
    context is left.  If that is because of an exception, it is removed: no half file ever stands
    under the name that was asked for.  What is no ordinary file, such as a pipe that has a name,
    is written as it is.

    :param name: the path; ``-`` is standard output.
    :param inputs: the paths of what is read.
    :raises click.ClickException: if it cannot be written, or is read at the same time.
    """
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(name))
    exists = path.exists()
    if exists and any(Path(each).exists() and path.samefile(each) for each in inputs):
        raise click.ClickException(f"{format_filename(name)} is read itself")
    ordinary = path.is_file() or not exists
    partial = path.with_name(f".{path.name[:100]}.{token_hex(4)}.partial")
    with ExitStack() as stack:
        try:
            if ordinary:
                file = stack.enter_context(open(partial, "xb"))
            else:
                file = stack.enter_context(open(path, "wb"))
        except OSError as error:
            what = f"{format_filename(name)} cannot be written: {error.strerror}"
            raise click.ClickException(what) from None
        stack.callback(partial.unlink, missing_ok=True)
        yield file
        file.close()
        if ordinary:
            partial.replace(path)
