"""
The figures about a log, as tables.

What a row is about, a type or an error, stands in its last column: names of any length then leave
the numbers where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from shutil import get_terminal_size
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eliot.read import (
    PLAIN,
    ActionFigures,
    ErrorFigures,
    MessageFigures,
    Role,
    SlowTask,
    Summary,
    TextOptions,
    TotalFigures,
    printable,
)
from eliot.read._times import format_duration, format_time

#: How wide the tables are where the output has no width, as a pipe.
_WIDTH: Final = 100

#: How many characters of a reason are shown.
_LONGEST_REASON: Final = 200

#: How many types of actions are named beside an error.
_NAMED: Final = 3

#: How many characters of a task's identifier are shown at least.
_SHORTEST_PREFIX: Final = 8

_STATUSES: Final[dict[str, tuple[Role, str]]] = {
    "started": ("unfinished", "unfinished"),
    "succeeded": ("succeeded", "succeeded"),
    "failed": ("failed", "FAILED"),
}


def draw_summary(summary: Summary, options: TextOptions) -> Iterator[str]:
    """
    Draw all figures.

    :param summary: the figures.
    :param options: how to draw them.
    :returns: printable lines.
    """
    return _Drawing(options).lines(summary)


class _Drawing:
    """
    Draws tables in one way.
    """

    def __init__(self, options: TextOptions) -> None:
        self._options = options
        self._paint = options.paint
        self._buffer = StringIO()
        colored = options.styles is not PLAIN
        self._console = Console(
            file=self._buffer,
            width=get_terminal_size((_WIDTH, 24)).columns,
            color_system="standard" if colored else None,
            force_terminal=colored,
            no_color=not colored,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
        )

    def lines(self, summary: Summary) -> Iterator[str]:
        yield from self._totals(summary["totals"])
        left_out = summary["left_out"]
        if summary["actions"]:
            heads = [
                "count",
                "failed",
                "share",
                "rate",
                "p50",
                "p95",
                "p99",
                "max",
                "total",
                "action",
            ]
            rows = [self._action(each) for each in summary["actions"]]
            yield from self._table(heads, rows, left_out["actions"])
        if summary["slowest_tasks"]:
            prefixes = _prefixes([each["task_uuid"] for each in summary["slowest_tasks"]])
            rows = [
                self._slow_task(each, prefix)
                for each, prefix in zip(summary["slowest_tasks"], prefixes, strict=True)
            ]
            yield from self._table(["duration", "status", "started", "task", "slowest"], rows, 0)
        if summary["errors"]:
            rows = [self._error(each) for each in summary["errors"]]
            yield from self._table(["count", "error"], rows, left_out["errors"])
        if summary["messages"]:
            rows = [self._message(each) for each in summary["messages"]]
            yield from self._table(["count", "rate", "message"], rows, left_out["messages"])

    def _totals(self, totals: TotalFigures) -> Iterator[str]:
        parts = [_count(totals["tasks"], "task")]
        if totals["incomplete"]:
            parts.append(self._mark(f"{totals['incomplete']:,} incomplete"))
        if totals["failed"]:
            parts.append(self._paint("failed", f"{totals['failed']:,} failed"))
        yield ", ".join(parts)
        yield f"{_count(totals['messages'], 'message')}, {_count(totals['actions'], 'action')}"
        span = totals["span"]
        if span is not None:
            first, last = self._moment(span["first"]["epoch"]), self._moment(span["last"]["epoch"])
            yield f"{first} to {last}, {format_duration(span['seconds'])}"
        odd = [
            f"{number:,} {one if number == 1 else several}"
            for number, one, several in [
                (totals["late"], "late message", "late messages"),
                (totals["duplicates"], "duplicate", "duplicates"),
                (totals["out_of_place"], "message out of place", "messages out of place"),
                (totals["rests"], "rest of a complete task", "rests of complete tasks"),
                (totals["gaps"], "gap", "gaps"),
                (totals["unknown_actions"], "unknown action", "unknown actions"),
            ]
            if number
        ]
        if odd:
            yield self._mark(", ".join(odd))

    def _table(self, heads: list[str], rows: Iterable[list[str]], left_out: int) -> Iterator[str]:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
        for head in heads[:-1]:
            table.add_column(
                self._text(self._paint("heading", head)), justify="right", no_wrap=True
            )
        table.add_column(self._text(self._paint("heading", heads[-1])), overflow="fold")
        for row in rows:
            table.add_row(*map(self._text, row))
        self._console.print(table)
        yield ""
        for line in self._buffer.getvalue().splitlines():
            yield line.rstrip()
        self._buffer.seek(0)
        self._buffer.truncate()
        if left_out:
            yield self._mark(f"({left_out:,} more; --top 0 shows all)")

    def _action(self, each: ActionFigures) -> list[str]:
        duration = each["duration"]
        failures = self._paint("failed", f"{each['failures']:,}") if each["failures"] else ""
        odd = []
        if each["unfinished"]:
            odd.append(f"{each['unfinished']:,} unfinished")
        unmeasured = each["unknown_durations"] - each["unfinished"]
        if unmeasured:
            odd.append(f"{unmeasured:,} of unknown duration")
        if duration["negative"]:
            odd.append(f"{duration['negative']:,} of negative duration")
        return [
            f"{each['count']:,}",
            failures,
            _share(each["failure_share"]) if each["failures"] else "",
            _rate(each["rate"]),
            *(
                "" if value is None else format_duration(value)
                for value in (
                    duration["p50"],
                    duration["p95"],
                    duration["p99"],
                    duration["max"],
                    duration["total"],
                )
            ),
            self._name(each["type"]) + ("\n" + self._mark(f"({', '.join(odd)})") if odd else ""),
        ]

    def _slow_task(self, each: SlowTask, prefix: str) -> list[str]:
        role, status = _STATUSES[each["status"]]
        return [
            format_duration(each["duration"]),
            self._paint(role, status),
            self._moment(each["started"]["epoch"]),
            self._printable(prefix),
            self._name(each["type"]),
        ]

    def _error(self, each: ErrorFigures) -> list[str]:
        name = "(not said)" if each["exception"] == "" else self._printable(each["exception"])
        lines = [self._paint("failed", name)]
        types = each["action_types"]
        if types:
            named = [
                f"{self._printable(name) or '(untyped)'} ({number:,})"
                for name, number in list(types.items())[:_NAMED]
            ]
            more = f" and {len(types) - _NAMED:,} more" if len(types) > _NAMED else ""
            lines.append(f"in {', '.join(named)}{more}")
        if each["reason"]:
            limit = min(self._options.field_limit or _LONGEST_REASON, _LONGEST_REASON)
            cut = "..." if len(each["reason"]) > limit else ""
            lines.append(self._printable(each["reason"][:limit]) + cut)
        return [f"{each['count']:,}", "\n".join(lines)]

    def _message(self, each: MessageFigures) -> list[str]:
        return [f"{each['count']:,}", _rate(each["rate"]), self._name(each["type"])]

    def _name(self, name: str | None) -> str:
        return self._paint("type", "(untyped)" if name == "" else self._printable(name))

    def _printable(self, name: str | None) -> str:
        if name is None:
            return "(other types)"
        return printable(name, ascii_only=self._options.ascii_only)

    def _moment(self, epoch: float) -> str:
        return self._paint("time", format_time(epoch, "", local_time=self._options.local_time))

    def _mark(self, text: str) -> str:
        return self._paint("mark", text)

    def _text(self, painted: str) -> Text:
        return Text("\n").join(Text.from_ansi(line) for line in painted.split("\n"))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _share(share: float | None) -> str:
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "<0.1 %"
    # Never the whole unless it is the whole.
    return f"{min(share * 100, 99.9 if share < 1 else 100):.3g} %"


def _rate(rate: float | None) -> str:
    """
    Show how often something happened in the unit that fits it.
    """
    if rate is None:
        return ""
    for unit, factor in [("s", 1), ("min", 60), ("h", 3600)]:
        if rate * factor >= 1:
            return f"{rate * factor:,.{0 if rate * factor >= 9.95 else 1}f}/{unit}"
    return f"{rate * 86400:.2g}/d"


def _prefixes(task_uuids: list[str]) -> list[str]:
    """
    Cut identifiers to the shortest beginnings by which they can be told apart.
    """
    length = _SHORTEST_PREFIX
    longest = max(map(len, task_uuids))
    while length < longest and len({each[:length] for each in task_uuids}) < len(set(task_uuids)):
        length += 1
    return [each[:length] for each in task_uuids]
