"""
The options that say which tasks are wanted, the same for each subcommand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Final

import click

from eliot.cli._moments import read_duration, read_time
from eliot.read import Selection

_STATUSES: Final = ("succeeded", "failed", "unfinished")


class _Typed(click.ParamType[object]):
    """
    Something that is typed, and read before the command begins, so that whatever is wrong with
    it is told with the name of its option.
    """

    def __init__(self, metavar: str, read: Callable[[str], object]) -> None:
        self.name = metavar
        self._read = read

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """
        :returns: what was read.
        """
        assert isinstance(value, str)
        try:
            return self._read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        except ModuleNotFoundError:
            self.fail("this needs more: pip install 'eliot[cli]'", param, ctx)


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    """
    Leave a text as it is, once it was seen that it can be used.
    """

    def read(text: str) -> str:
        check(text)
        return text

    return read


_FIELD: Final = _Typed("CONDITION", _checked(lambda text: Selection(fields=[text])))
_LEVEL: Final = _Typed("LEVEL", _checked(lambda text: Selection(level=text)))
_WHERE: Final = _Typed("EXPRESSION", _checked(lambda text: Selection(where=[text])))
_DURATION: Final = _Typed("DURATION", read_duration)
_TIME: Final = _Typed(
    "TIME",
    _checked(lambda text: [read_time(text, 0.0, local_time=local) for local in (False, True)]),
)


def selection_options(command: Callable[..., None]) -> Callable[..., None]:
    """
    Give a subcommand the options of selecting.

    What was left out is told on standard error when the command is through.

    :param command: is called with ``selection``, which is a :class:`~eliot.read.Selection`.
    """

    @click.option(
        "--type",
        "types",
        multiple=True,
        metavar="GLOB",
        help="Of this type, such as 'shop:*'.  Repeatable: any of them.",
    )
    @click.option(
        "--field",
        "fields",
        multiple=True,
        type=_FIELD,
        help="With this field: NAME, NAME=VALUE, NAME!=VALUE, NAME<VALUE (or <=, >, >=), "
        "NAME~REGEX.  Dotted names reach into objects.  Repeatable: all of them.",
    )
    @click.option(
        "--status",
        "statuses",
        multiple=True,
        type=click.Choice(_STATUSES, case_sensitive=False),
        metavar="STATUS",
        help="An action that has succeeded, failed, or is unfinished.  Repeatable: any of them.",
    )
    @click.option("--failed", is_flag=True, help="The same as --status failed.")
    @click.option(
        "--exception",
        "exceptions",
        multiple=True,
        metavar="GLOB",
        help="With this exception, by its full name or the last part of it.  "
        "Repeatable: any of them.",
    )
    @click.option(
        "--min-duration",
        type=_DURATION,
        help="An action that took so long at least: 250ms, 1.5s, 2min, 1h; "
        "a bare number is seconds.",
    )
    @click.option("--max-duration", type=_DURATION, help="An action that took so long at most.")
    @click.option(
        "--since",
        type=_TIME,
        help="Not before this: 2026-11-24, 2026-11-24T08:30+01:00, 08:30 (today), "
        "@1795509000, or 10min (ago).  Without a zone it is in UTC, or local with --local-time.",
    )
    @click.option("--until", type=_TIME, help="Before this.")
    @click.option(
        "--level",
        type=_LEVEL,
        help="With the field log_level at least this: debug, info, warn, error, critical, "
        "or a number.",
    )
    @click.option(
        "--process",
        "processes",
        multiple=True,
        metavar="GLOB",
        help="With this in one of the fields program, process, pid, host, hostname.  "
        "Repeatable: any of them.",
    )
    @click.option(
        "--where",
        multiple=True,
        type=_WHERE,
        help="With fields of which this JMESPath expression is true.  Repeatable: all of them.",
    )
    @click.option(
        "--task-uuid",
        "task_uuids",
        multiple=True,
        metavar="PREFIX",
        help="In a task whose identifier begins so.  Repeatable: any of them.",
    )
    @click.option(
        "--prune",
        is_flag=True,
        help="Of the tasks that are chosen, show only the messages and actions that fit, "
        "what is below them, and the actions that they are in.",
    )
    @click.option(
        "--quiet", is_flag=True, help="Do not say on standard error how much was left out."
    )
    @wraps(command)
    def run(
        *,
        types: Sequence[str],
        fields: Sequence[str],
        statuses: Sequence[str],
        failed: bool,
        exceptions: Sequence[str],
        min_duration: float | None,
        max_duration: float | None,
        since: str | None,
        until: str | None,
        level: str | None,
        processes: Sequence[str],
        where: Sequence[str],
        task_uuids: Sequence[str],
        prune: bool,
        quiet: bool,
        **others: object,
    ) -> None:
        now = time.time()
        local_time = others.get("local_time") is True

        def moment(text: str | None) -> float | None:
            return None if text is None else read_time(text, now, local_time=local_time)

        selection = Selection(
            task_uuids=task_uuids,
            types=types,
            fields=fields,
            statuses={*statuses, "failed"} if failed else statuses,
            exceptions=exceptions,
            min_duration=min_duration,
            max_duration=max_duration,
            since=moment(since),
            until=moment(until),
            level=level,
            processes=processes,
            where=where,
            prune=prune,
        )
        try:
            command(selection=selection, **others)
        except click.exceptions.Exit:
            # Something could not be read, or it was interrupted; what was read was selected.
            if not quiet:
                _tell(selection)
            raise
        # When not all was read, as with ``| head``, the numbers mean nothing.
        if selection.is_through and not quiet:
            _tell(selection)

    return run


def _tell(selection: Selection) -> None:
    """
    Say how much was left out, if something was asked for.
    """
    if selection.is_everything:
        return
    said = f"{selection.tasks_left_out:,} of {selection.tasks_seen:,} tasks left out"
    if selection.messages_left_out:
        count = selection.messages_left_out
        said += f", and {count:,} message{'' if count == 1 else 's'} of the others"
    click.echo(said, err=True)
