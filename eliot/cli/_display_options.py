"""
The options that say how messages and tasks look, the same for each subcommand that shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps

import click

from eliot.cli._output import Color, Output
from eliot.read import Layout, TextOptions


def display_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand the options of showing.

    :param command: is called with ``output``, which is an :class:`Output`, and with
        ``options``, which are :class:`~eliot.read.TextOptions`.
    """

    @click.option(
        "--ascii/--unicode",
        "ascii_only",
        default=None,
        help="Write ASCII only, or draw with Unicode.  [default: what the output can show]",
    )
    @click.option(
        "--field-limit",
        type=click.IntRange(min=0),
        default=TextOptions().field_limit,
        show_default=True,
        metavar="N",
        help="Show at most about N characters of each field; 0 shows all.",
    )
    @click.option(
        "--hide",
        "hidden",
        multiple=True,
        metavar="NAME",
        help="Do not show the field of this name; may be given more than once.",
    )
    @click.option(
        "--local-time/--utc",
        default=False,
        help="Times in the local time zone, or in UTC (default).",
    )
    @click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="When to use colours; auto means on a terminal.",
    )
    @wraps(command)
    def run(
        *,
        ascii_only: bool | None,
        field_limit: int,
        hidden: Sequence[str],
        local_time: bool,
        color: Color,
        **others: object,
    ) -> None:
        output = Output()
        options = TextOptions(
            ascii_only=output.is_ascii() if ascii_only is None else ascii_only,
            field_limit=field_limit,
            hidden=frozenset(hidden),
            local_time=local_time,
            styles=output.styles(color),
        )
        command(output=output, options=options, **others)

    return run


def tree_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand that draws trees the options of doing so.  It has to stand right below
    :func:`display_options`.

    :param command: is called with ``options``, among which these are as well.
    """

    @click.option(
        "--fields",
        "layout",
        type=click.Choice(["below", "inline", "none"]),
        default=TextOptions().layout,
        show_default=True,
        help="Where fields stand: each on a line below its message, all on the line of the "
        "message, or nowhere.",
    )
    @click.option("--show-levels", is_flag=True, help="Show the place of each message in its task.")
    @wraps(command)
    def run(*, layout: Layout, show_levels: bool, options: TextOptions, **others: object) -> None:
        command(options=replace(options, layout=layout, levels=show_levels), **others)

    return run
