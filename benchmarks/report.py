"""What people and programs get to see: a table as text, or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.results import Result, Spread

_COLUMNS = "{:>3}  {:<52} {:<22} {:>10} {:>10}  {:>7}  {:<15} {:>8} {:>6}  {}"


def _microseconds(spread: Spread) -> float:
    return spread.median / 1000


def _lines(result: Result) -> list[str]:
    row = result.row
    lines = [
        _COLUMNS.format(
            row.number,
            row.work,
            row.peer.name,
            f"{_microseconds(result.ours):.2f}",
            f"{_microseconds(result.theirs):.2f}",
            f"{result.ratio.median:.2f} x",
            f"({result.ratio.lowest:.2f} - {result.ratio.highest:.2f})",
            f"{row.at_least:g} x",
            f"{row.goal:g} x",
            result.verdict.value,
        )
    ]
    if row.context and result.context and result.context_ratio and result.peer_context_ratio:
        goal = f" (goal: at most {row.context.goal:g})" if row.context.goal else ""
        lines.append(
            f"     {row.context.name}: {_microseconds(result.context):.2f} us;"
            f" ours takes {result.context_ratio.median:.2f} times as long{goal},"
            f" the peer's {result.peer_context_ratio.median:.2f} times"
        )
    return lines


def as_text(results: Sequence[Result], floor: Spread | None) -> str:
    """
    Make the table.

    :param results: The rows, in the order in which they are to be shown.
    :param floor: The times of the floor, in nanoseconds, if it was measured.
    :returns: Lines of text, with a newline at the end of each.
    """
    headings = (
        "row",
        "work",
        "peer",
        "ours us",
        "peer us",
        "ratio",
        "(rounds)",
        "at least",
        "goal",
    )
    lines = [_COLUMNS.format(*headings, "verdict")]
    if floor:
        work = "the floor: what no logging can avoid"
        time = f"{_microseconds(floor):.2f}"
        lines.append(_COLUMNS.format("-", work, "", time, "", "", "", "", "", "").rstrip())
    for result in results:
        lines += _lines(result)
    return "".join(f"{line}\n" for line in lines)


def _spread(spread: Spread) -> dict[str, object]:
    return {
        "median": spread.median,
        "lowest": spread.lowest,
        "highest": spread.highest,
        "rounds": list(spread.values),
    }


def as_json(
    results: Sequence[Result], floor: Spread | None, machine: Mapping[str, object]
) -> dict[str, object]:
    """
    Make what ``--json`` writes: everything that was found, each round of it.

    :param results: The rows.
    :param floor: The times of the floor, in nanoseconds, if it was measured.
    :param machine: What the figures were measured on.
    :returns: A dictionary that ``json`` can write; times are in nanoseconds per operation.
    """
    return {
        "machine": dict(machine),
        "floor": _spread(floor) if floor else None,
        "rows": [
            {
                "number": result.row.number,
                "work": result.row.work,
                "peer": result.row.peer.name,
                "ours": _spread(result.ours),
                "theirs": _spread(result.theirs),
                "ratio": _spread(result.ratio),
                "at_least": result.row.at_least,
                "goal": result.row.goal,
                "context": result.row.context.name if result.row.context else None,
                "context_time": _spread(result.context) if result.context else None,
                "context_ratio": _spread(result.context_ratio) if result.context_ratio else None,
                "peer_context_ratio": (
                    _spread(result.peer_context_ratio) if result.peer_context_ratio else None
                ),
                "context_goal": result.row.context.goal if result.row.context else None,
                "verdict": result.verdict.value,
            }
            for result in results
        ],
    }
